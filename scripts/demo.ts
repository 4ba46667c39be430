/**
 * `npm run demo [-- --chaos]`: starts six daemons on loopback addresses, which find each other, for a
 * look in the browser. With --chaos, one is killed and restarted now and then. Ctrl-C ends all.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const ADDRESSES = [2, 3, 4, 5, 6, 7].map((last) => `127.0.8.${last}`);
const NAMES = ["anago", "buri", "chirimen", "dojo", "ebi", "fugu"];
const HTTP_PORT = 8008;
const P2P_PORT = 10088;
/** Short, so that the history strips fill while you watch. */
const UPDATE_SECONDS = 5;
/** Early enough to be seen right after the start. */
const FIRST_KILL_MS = 5_000;
/** Long enough to see a machine fall silent, go down, and come back. */
const CHAOS_PAUSE_MS = 20_000;

const { values } = parseArgs({
  options: {
    chaos: { type: "boolean", default: false },
    /** Ends the demo after so many seconds; without it, Ctrl-C does. */
    seconds: { type: "string" },
  },
});

const top = join(import.meta.dir, "..");
const executable = join(top, "dist", "unagi");
const build = spawnSync(process.execPath, [join(top, "scripts", "build-binary.ts")], {
  stdio: ["ignore", "ignore", "inherit"],
});
if (build.status !== 0) {
  process.exit(1);
}

const scratch = mkdtempSync(join(tmpdir(), "unagi-demo-"));
let isOver = false;
const running = ADDRESSES.map((_, index) => start(index));
const ended = new Promise<void>((resolve) => {
  const end = () => resolve();
  process.once("SIGINT", end);
  process.once("SIGTERM", end);
  if (values.seconds !== undefined) {
    setTimeout(end, Number(values.seconds) * 1000);
  }
});

console.log(
  `${ADDRESSES.length} daemons run on this machine; each of these pages shows all of them:`,
);
for (const [index, address] of ADDRESSES.entries()) {
  console.log(`  ${String(NAMES[index]).padEnd(9)} http://${address}:${HTTP_PORT}/`);
}
console.log("Ctrl-C ends them.");

if (values.chaos) {
  void chaos();
}
await ended;
isOver = true;
await Promise.all(
  running.map(async (child) => {
    child.kill("SIGTERM");
    await child.exited;
  }),
);
rmSync(scratch, { recursive: true, force: true });
console.log("All daemons have ended.");
process.exit(0);

function start(index: number): Bun.Subprocess {
  const name = String(NAMES[index]);
  const child = Bun.spawn(
    [
      executable,
      ...["-c", "/dev/null", "-S", "demo", "-n", "127.0.8.", "-s", "127.0.8.2-7"],
      ...["--bind", String(ADDRESSES[index]), "--name", name],
      ...["-h", String(HTTP_PORT), "-p", String(P2P_PORT), "-u", String(UPDATE_SECONDS)],
      ...["--tag", index < 3 ? "upstairs" : "downstairs"],
      ...["--state", makeStateDirectory(index)],
    ],
    { stdin: "ignore", stdout: "ignore", stderr: "pipe" },
  );
  void tellTrouble(name, child.stderr);
  return child;
}

/** Shows errors and warnings only: six logs would be too much. */
async function tellTrouble(name: string, stderr: ReadableStream<Uint8Array>): Promise<void> {
  const decoder = new TextDecoder();
  for await (const chunk of stderr) {
    for (const line of decoder.decode(chunk, { stream: true }).split("\n")) {
      if (/error:|warning:/.test(line)) console.error(`${name}: ${line}`);
    }
  }
}

function makeStateDirectory(index: number): string {
  const path = join(scratch, String(NAMES[index]));
  mkdirSync(path, { recursive: true });
  return path;
}

/** Until the end, kills one daemon at random, waits, and starts it again. */
async function chaos(): Promise<void> {
  await Bun.sleep(FIRST_KILL_MS);
  while (!isOver) {
    const index = Math.floor(Math.random() * running.length);
    const victim = running[index];
    if (victim === undefined) {
      continue;
    }
    console.log(`killing ${NAMES[index]}`);
    victim.kill("SIGKILL");
    await victim.exited;
    await Bun.sleep(CHAOS_PAUSE_MS);
    if (isOver) {
      return;
    }
    console.log(`restarting ${NAMES[index]}`);
    running[index] = start(index);
    await Bun.sleep(CHAOS_PAUSE_MS);
  }
}
