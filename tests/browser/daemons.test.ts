/** The page as the executable serves it: three daemons on loopback, one browser. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Daemon, freePort, startDaemon } from "../e2e/daemon.ts";
import { axeViolations, browserTests } from "./browser.ts";

const { browserTest } = browserTests();
const START_MS = 30_000;
/** Two of the quickest questions after the last answer, and a page that follows. */
const NOTICE_MS = 40_000;

let ports: { readonly httpPort: number; readonly p2pPort: number };
const daemons = new Map<string, Daemon>();

async function start(name: string, last: number): Promise<Daemon> {
  const network = ["-S", "browser", "-n", "127.0.11.", "-s", "127.0.11.1-4", "-u", "5"];
  const daemon = await startDaemon({
    ...ports,
    address: `127.0.11.${last}`,
    options: [...network, "--name", name, "--tag", "lab"],
  });
  daemons.set(name, daemon);
  return daemon;
}

function daemonOf(name: string): Daemon {
  const daemon = daemons.get(name);
  if (daemon === undefined) throw new Error(`${name} was not started`);
  return daemon;
}

beforeAll(async () => {
  ports = { httpPort: await freePort(), p2pPort: await freePort() };
  await Promise.all([start("anago", 1), start("buri", 2), start("dojo", 3)]);
}, START_MS);

afterAll(async () => {
  await Promise.all([...daemons.values()].map((daemon) => daemon.stop("SIGKILL")));
}, START_MS);

const BROKEN = /ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|ERR_CONNECTION_RESET|ERR_EMPTY/;

describe("an executable's page", () => {
  test("comes with its script, style and icons from the executable alone", async () => {
    const { url } = daemonOf("anago");
    const html = await (await fetch(url)).text();
    const addresses = [...html.matchAll(/(?:src|href)="(\/[a-z-]+\.(?:js|css|svg)\?v=\w+)"/g)];
    expect(addresses.length).toBe(3);
    for (const [, address = ""] of addresses) {
      const answer = await fetch(url + address);
      expect([address, answer.status]).toEqual([address, 200]);
      expect((await answer.text()).length).toBeGreaterThan(100);
      expect(answer.headers.get("cache-control")).toContain("immutable");
    }
  });

  browserTest(
    "is live: a machine that comes is shown, one that is killed is said to be silent, and when \
the serving one dies the reader goes on elsewhere",
    async ({ open }) => {
      const { page, expectComplaints } = await open(`${daemonOf("anago").url}/?sort=machine`);
      const row = (name: string) =>
        page
          .locator(".machine-table > tbody > tr")
          .filter({ has: page.getByRole("link", { name }) });
      await page.locator("#connection", { hasText: "live" }).waitFor();
      await row("buri").getByText("up", { exact: true }).waitFor({ timeout: NOTICE_MS });
      await row("dojo").getByText("up", { exact: true }).waitFor({ timeout: NOTICE_MS });

      await start("ebi", 4);
      await row("ebi").getByText("up", { exact: true }).waitFor({ timeout: NOTICE_MS });
      expect(await axeViolations(page)).toEqual([]);

      await daemonOf("dojo").stop("SIGKILL");
      await row("dojo")
        .getByText(/silent|down/)
        .waitFor({ timeout: NOTICE_MS });

      expectComplaints(BROKEN);
      await daemonOf("anago").stop("SIGKILL");
      const lost = page.locator(".served-by.is-lost");
      await lost.getByText(/connection to anago lost \ds ago, trying again/).waitFor();
      await lost.getByRole("link", { name: "buri" }).click();
      await page.waitForURL(`${daemonOf("buri").url}/?sort=machine`);
      await page.locator("#connection", { hasText: "live" }).waitFor();
      expect(await page.locator(".served-by").textContent()).toContain("Served by buri");
    },
  );
});
