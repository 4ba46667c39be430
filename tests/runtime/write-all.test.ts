/** Long output into pipes: a slow reader gets all of it, one that has gone is no fault. A full disk. */
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

const MODULE = join(import.meta.dir, "../../src/runtime/write-all.ts");

/** More than the 64 kB that a pipe holds (pipe(7)), in characters of two bytes. */
const LENGTH = 150_000;

/** Makes the pipe one that does not block, as a shell's job or another program may have done. */
const NO_BLOCKING = `
  const { dlopen } = require("bun:ffi");
  const int = "i32";
  const libc = dlopen("libc.so.6", { fcntl: { args: [int, int, int], returns: int } });
  const [F_SETFL, O_NONBLOCK] = [4, 0o4000];
  libc.symbols.fcntl(1, F_SETFL, O_NONBLOCK);`;

/** Pipes what a program writes by `writeAll` into `reader`, a command of the shell. */
function pipe(options: {
  readonly before?: string;
  readonly call: string;
  readonly reader: string;
}) {
  const { before = "", call, reader } = options;
  const script = `import { writeAll } from ${JSON.stringify(MODULE)};${before}
    ${call};
    process.exit(7);`;
  const command = `"$0" -e "$1" | ${reader}; echo "exit \${PIPESTATUS[0]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", command, process.execPath, script], {
    encoding: "utf8",
    timeout: 10_000,
  });
  return { lines: stdout.trim().split(/\s*\n/), stderr };
}

const WRITE = `writeAll(1, "ü".repeat(${LENGTH}))`;
const SLOW = "(sleep 0.3; wc -c)";

describe("writeAll", () => {
  test.each([
    ["a pipe", ""],
    ["a pipe that does not block", NO_BLOCKING],
  ])("gives a slow reader of %s the whole text", (_, before) => {
    const { lines, stderr } = pipe({ before, call: WRITE, reader: SLOW });
    expect({ lines, stderr }).toEqual({ lines: [String(2 * LENGTH), "exit 7"], stderr: "" });
  });

  test("drops the rest, where it may, for a reader that takes nothing", () => {
    const call = `${WRITE.slice(0, -1)}, { mayDrop: true })`;
    const { lines, stderr } = pipe({ before: NO_BLOCKING, call, reader: SLOW });
    expect({ exit: lines[1], stderr }).toEqual({ exit: "exit 7", stderr: "" });
    expect(Number(lines[0])).toBeWithin(1, 2 * LENGTH);
  });

  test.each([
    ["drops the text, where it may,", ", { mayDrop: true }", 7, ""],
    ["fails, where it may not drop the text,", "", 1, expect.stringContaining("ENOSPC")],
  ])("%s on a full disk", (_, options, exit, stderr) => {
    const script = `import { writeAll } from ${JSON.stringify(MODULE)};
      writeAll(1, "a line"${options});
      process.exit(7);`;
    const full = openSync("/dev/full", "w");
    const ended = spawnSync(process.execPath, ["-e", script], {
      ...{ encoding: "utf8", timeout: 10_000 },
      stdio: ["ignore", full, "pipe"],
    });
    closeSync(full);
    expect({ exit: ended.status, stderr: ended.stderr }).toEqual({ exit, stderr });
  });

  test.each([
    ["a pipe", ""],
    ["a pipe that does not block", NO_BLOCKING],
  ])("goes on without a word when the reader of %s has gone", (_, before) => {
    const { lines, stderr } = pipe({ before, call: WRITE, reader: "(exec <&-; sleep 0.1)" });
    expect({ lines, stderr }).toEqual({ lines: ["exit 7"], stderr: "" });
  });
});
