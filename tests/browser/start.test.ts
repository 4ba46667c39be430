/** What the README promises first: `npm start`, open the page, and there is this machine. */
import { expect } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { totalmem } from "node:os";
import { join } from "node:path";
import { freePort, until } from "../e2e/daemon.ts";
import { browserTests } from "./browser.ts";

const TOP = join(import.meta.dir, "..", "..");
/** The first report comes half a second after the start. */
const REAL_DATA_MS = 2_000;
const { browserTest } = browserTests();

browserTest(
  "npm start shows this machine's own data within 2 s of opening the page",
  async (place) => {
    const [httpPort, p2pPort] = [await freePort(), await freePort()];
    const options = ["-c", "/dev/null", "-h", String(httpPort), "-p", String(p2pPort)];
    // A process group of its own: npm, its shell and the daemon are ended together.
    const npm = spawn("npm", ["start", "--silent", "--", ...options, "--name", "this-one"], {
      cwd: TOP,
      detached: true,
      stdio: "ignore",
    });
    try {
      const url = `http://localhost:${httpPort}/`;
      await until(async () => (await fetch(`${url}healthz`)).ok);
      const { page } = await place.open(url);
      const row = page.getByRole("row", { name: /this-one/ });
      const gigabytes = Math.round(totalmem() / 2 ** 30);
      await row.getByText(`${gigabytes} G`).first().waitFor({ timeout: REAL_DATA_MS });
      expect(await page.title()).toContain("1 up");
      expect((await page.screenshot()).length).toBeGreaterThan(10_000);
      // Before the daemon: a stream that breaks off would be a complaint.
      await page.close();
    } finally {
      await endGroup(npm);
    }
  },
);

async function endGroup(child: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => child.once("exit", resolve));
  if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
  await ended;
}
