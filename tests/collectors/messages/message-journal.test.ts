/** The journal, by journalctl. */
import { describe, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import {
  createMessageJournal,
  findJournalctl,
  type JournalOutput,
  parseJournal,
} from "../../../src/collectors/messages/message-journal.ts";
import { withRoot } from "../../linux/fixture.ts";
import { lines, nothing } from "./found.ts";

describe("the journal", () => {
  const output = (stdout: string, more: Partial<JournalOutput> = {}): JournalOutput => {
    return { stdout, stderr: "", exitCode: 0, ...more };
  };
  const end = output("Nov 22 08:00:00 host old: line\n-- cursor: s=1;i=1\n");

  /** The source after its first reading, and the calls that it made. */
  async function journal(...answers: JournalOutput[]) {
    const calls: string[] = [];
    const source = createMessageJournal(async (args) => {
      calls.push(args.filter((arg) => !arg.startsWith("--no-pager")).join(" "));
      return answers.shift() ?? end;
    });
    return { source, calls, first: await source.read() };
  }

  test("starts at its end and goes on from the cursor", async () => {
    const { source, calls, first } = await journal(
      end,
      output(
        "Nov 22 08:00:01 host a: one\n    more of it\nNov 22 08:00:02 host a: two\n-- cursor: s=1;i=3\n",
      ),
      output(""),
      output("Nov 22 08:00:09 host a: three\n-- cursor: s=1;i=4\n"),
    );
    expect(first).toEqual(nothing);
    expect(await source.read()).toEqual(
      lines("Nov 22 08:00:01 host a: one", "Nov 22 08:00:02 host a: two"),
    );
    expect(await source.read()).toEqual(nothing);
    expect(await source.read()).toEqual(lines("Nov 22 08:00:09 host a: three"));
    expect(calls[0]).toStartWith("--lines 1");
    expect(calls[1]).toStartWith("--quiet --after-cursor s=1;i=1");
    expect(calls[3]).toStartWith("--quiet --after-cursor s=1;i=3");
  });

  test("finds the end again when the entry of the cursor is gone", async () => {
    const { source, calls } = await journal(
      end,
      output("", { exitCode: 1, stderr: "Failed to seek to cursor: Invalid argument\n" }),
    );
    expect(await source.read()).toEqual(nothing);
    expect(calls[2]).toStartWith("--lines 1");
  });

  test("of too much takes the newest lines and a count that is a minimum", async () => {
    const flood = Array.from({ length: 700 }, (_, i) => `Nov 22 host a: ${i}\n`).join("");
    const { source } = await journal(
      end,
      output(flood, { stopped: "size", exitCode: 137 }),
      output("x 1\nx 2\nx 3\nx 4\nx 5\n-- cursor: s=9\n"),
    );
    const newest = ["x 1", "x 2", "x 3", "x 4", "x 5"];
    expect(await source.read()).toEqual({ ok: true, value: { lines: newest, count: 700 } });
  });

  const faults: [string, JournalOutput, string, string][] = [
    [
      "that hides the system's messages",
      output("", {
        stderr: "Hint: You are currently not seeing messages from other users and the system.\n",
      }),
      "permission denied on the journal",
      "EACCES",
    ],
    [
      "that may not be read",
      output("", {
        exitCode: 1,
        stderr: "No journal files were opened due to insufficient permissions.\n",
      }),
      "permission denied on the journal",
      "EACCES",
    ],
    [
      "without files",
      output("-- No entries --\n", { stderr: "No journal files were found.\n" }),
      "the journal holds no files",
      "ENOENT",
    ],
    [
      "that takes too long",
      output("", { stopped: "time", exitCode: 137 }),
      "journalctl took longer than 5 s",
      "ETIMEDOUT",
    ],
    [
      "that fails",
      output("", { exitCode: 1, stderr: "Bad message\nmore\n" }),
      "journalctl failed: Bad message",
      "EIO",
    ],
  ];
  test.each(faults)("%s is a problem", async (_, answer, reason, code) => {
    const { first } = await journal(answer);
    expect(first).toEqual({ ok: false, reason, code });
  });

  test("a refusal is told every time, though our own messages can be read", async () => {
    const hint = "Hint: You are currently not seeing messages from other users and the system.\n";
    const hidden = output("Nov 22 host own: line\n-- cursor: s=1\n", { stderr: hint });
    const { source, first } = await journal(hidden, hidden);
    expect([first, await source.read()]).toMatchObject([{ code: "EACCES" }, { code: "EACCES" }]);
  });

  test("an empty one is no problem, whatever the version exits with", async () => {
    expect((await journal(output("-- No entries --\n", { exitCode: 1 }))).first).toEqual(nothing);
  });

  test("lines of journalctl itself are no messages", () => {
    expect(parseJournal("-- Boot 1234 --\na\n-- No entries --\n\n")).toEqual({ lines: ["a"] });
  });

  test("a machine without journalctl has no such source", async () => {
    expect(await createMessageJournal(undefined).read()).toMatchObject({ code: "ENOENT" });
    expect(findJournalctl("/nowhere")).toBeUndefined();
  });

  const script = (body: string) => `#!/bin/sh\n${body}\n`;
  const programs: [string, string, Partial<JournalOutput>][] = [
    [
      "gives its output and its exit code",
      'echo "$1"; echo no >&2; exit 3',
      { stdout: "--x\n", stderr: "no\n", exitCode: 3 },
    ],
    ["is ended when it writes too much", "exec yes", { stopped: "size" }],
    ["is ended when it takes too long", "exec sleep 20", { stopped: "time", stdout: "" }],
  ];
  test.each(programs)("journalctl %s", (_, body, expected) =>
    withRoot(async (root) => {
      root.write("usr/bin/journalctl", script(body));
      chmodSync(join(root.path, "usr/bin/journalctl"), 0o755);
      const result = await findJournalctl(root.path, 200)?.(["--x"]);
      expect(result).toMatchObject(expected);
      expect(result?.stdout.length ?? 0).toBeLessThanOrEqual(64 * 1024);
    }),
  );

  test("a journalctl that cannot be started is a problem, not an exception", () =>
    withRoot(async (root) => {
      root.write("usr/bin/journalctl", "not executable");
      const result = await createMessageJournal(findJournalctl(root.path)).read();
      expect(result.ok ? "" : result.reason).toContain("cannot be started (EACCES)");
    }));
});
