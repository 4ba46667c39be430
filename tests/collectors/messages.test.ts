/** The log's newest lines: files that grow, rotate and shrink; the journal; hostile content. */
import { describe, expect, test } from "bun:test";
import { appendFileSync, chmodSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { createMessageFile } from "../../src/collectors/message-file.ts";
import {
  createMessageJournal,
  findJournalctl,
  type JournalOutput,
  parseJournal,
} from "../../src/collectors/message-journal.ts";
import {
  cleanLine,
  createMessageReader,
  type MessageSource,
  newestLines,
} from "../../src/collectors/messages.ts";
import type { MessagesSection } from "../../src/collectors/sample.ts";
import type { Reading } from "../../src/linux/read-text.ts";
import { type Root, withRoot } from "../linux/fixture.ts";

const LOG = "/var/log/syslog";
const nothing = { ok: true, value: { lines: [], count: 0 } } as const;
const never = () => new Promise<void>(() => undefined);

function lines(...content: string[]) {
  return { ok: true, value: { lines: content, count: content.length } } as const;
}

/** A log file that has been read once, and what happens to it afterwards. */
function withLog(
  content: string | Uint8Array,
  use: (world: { root: Root; file: string; source: MessageSource }) => Promise<void>,
): Promise<void> {
  return withRoot(async (root) => {
    root.write(LOG, content);
    const source = createMessageFile(root.path, LOG);
    expect(await source.read()).toEqual(nothing);
    await use({ root, file: join(root.path, LOG), source });
  });
}

describe("a log file", () => {
  test("tells only what has come since the last reading", () =>
    withLog("old\n", async ({ file, source }) => {
      appendFileSync(file, "one\ntwo\n\n");
      expect(await source.read()).toEqual(lines("one", "two"));
      expect(await source.read()).toEqual(nothing);
    }));

  test("tells the newest 5 and counts all", () =>
    withLog("", async ({ file, source }) => {
      appendFileSync(file, Array.from({ length: 12 }, (_, i) => `line ${i}\n`).join(""));
      expect(await source.read()).toEqual({
        ok: true,
        value: { lines: ["line 7", "line 8", "line 9", "line 10", "line 11"], count: 12 },
      });
    }));

  test("waits for the end of a line that is being written", () =>
    withLog("", async ({ file, source }) => {
      appendFileSync(file, "one\nhal");
      expect(await source.read()).toEqual(lines("one"));
      appendFileSync(file, "f\n");
      expect(await source.read()).toEqual(lines("half"));
    }));

  test("reads the rest of a file that was rotated away, then the new one", () =>
    withLog("old\n", async ({ root, file, source }) => {
      appendFileSync(file, "before\n");
      renameSync(file, `${file}.1`);
      root.write(LOG, "after\n");
      expect(await source.read()).toEqual(lines("before", "after"));
      expect(await source.read()).toEqual(nothing);
    }));

  test("reads the new file alone where the old one is out of reach", () =>
    withLog("old\n", async ({ root, file, source }) => {
      // Kept open under another name, so that the new file gets another inode.
      renameSync(file, `${file}-20240101`);
      root.write(LOG, "after\n");
      expect(await source.read()).toEqual(lines("after"));
    }));

  test("begins again in a file that was truncated", () =>
    withLog("a long old line\n", async ({ file, source }) => {
      truncateSync(file);
      appendFileSync(file, "new\n");
      expect(await source.read()).toEqual(lines("new"));
    }));

  test("of a jump over 64 KB reads the end, and its count is a minimum", () =>
    withLog("", async ({ file, source }) => {
      appendFileSync(file, `${"x".repeat(99)}\n`.repeat(5000));
      const result = await source.read();
      expect(result.ok && result.value.count).toBe(655);
      expect(result.ok && result.value.lines).toHaveLength(5);
      expect(await source.read()).toEqual(nothing);
    }));

  test("skips a line longer than the limit without stopping at it for ever", () =>
    withLog("", async ({ file, source }) => {
      appendFileSync(file, "x".repeat(100_000));
      expect(await source.read()).toEqual(nothing);
      appendFileSync(file, "end\nnext\n");
      const result = await source.read();
      expect(result.ok && result.value.lines.at(-1)).toBe("next");
    }));

  test("takes bytes that are no UTF-8", () =>
    withLog("", async ({ file, source }) => {
      appendFileSync(file, Buffer.from([0x67, 0x72, 0xfc, 0xdf, 0x65, 0x0a]));
      expect(await source.read()).toEqual(lines("gr\ufffd\ufffde"));
    }));

  test("that vanishes and comes back is read from its beginning", () =>
    withLog("old\n", async ({ root, file, source }) => {
      rmSync(file);
      expect(await source.read()).toMatchObject({ ok: false, code: "ENOENT" });
      root.write(`${LOG}-holder`, "takes the inode that has become free\n");
      root.write(LOG, "new\n");
      expect(await source.read()).toEqual(lines("new"));
    }));

  // Root may read everything.
  test.skipIf(process.getuid?.() === 0)("that may not be read says so", () =>
    withRoot(async (root) => {
      root.write(LOG, "secret\n");
      chmodSync(join(root.path, LOG), 0);
      expect(await createMessageFile(root.path, LOG).read()).toEqual({
        ok: false,
        reason: "permission denied on /var/log/syslog",
        code: "EACCES",
      });
    }),
  );

  const share =
    "chgrp log /var/log/syslog; chmod g+r /var/log/syslog; and add the user to group log";
  const remedies: [string, number, string, string][] = [
    ["its group may read it", 0o640, "adm", "add the user to group adm"],
    ["its group may not", 0o600, "adm", share],
    ["its group is root's", 0o640, "root", share],
  ];
  test.each(remedies)("that may not be read has a remedy: %s", (_, mode, group, remedy) =>
    withRoot((root) => {
      root.write(LOG, "");
      chmodSync(join(root.path, LOG), mode);
      root.write("etc/group", `${group}:x:${process.getgid?.()}:\n`);
      expect(createMessageFile(root.path, LOG).remedy()).toBe(remedy);
    }),
  );

  test("is no folder", () =>
    withRoot(async (root) => {
      root.write(`${LOG}/x`, "");
      const result = await createMessageFile(root.path, LOG).read();
      expect(result).toMatchObject({ reason: "/var/log/syslog is not a file" });
    }));
});

describe("cleanLine", () => {
  test.each([
    ["a\u001b[31mred\u0007", "a [31mred"],
    ["tab\tand\u0000nul  ", "tab and nul"],
    ["\u009bcsi\u2028x", " csi x"],
    ["x".repeat(9999), "x".repeat(256)],
    ["😀".repeat(300), "😀".repeat(256)],
    ["", ""],
  ])("%j", (line, expected) => {
    expect(cleanLine(line)).toBe(expected);
  });
});

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

describe("createMessageReader", () => {
  const source = (...readings: Reading<MessagesSection>[]): MessageSource => {
    return { read: async () => readings.shift() ?? nothing, remedy: () => "do this" };
  };
  const missing = (reason: string): Reading<never> => ({ ok: false, reason, code: "ENOENT" });
  const denied: Reading<never> = { ok: false, reason: "permission denied on x", code: "EACCES" };

  async function readOnce(...sources: MessageSource[]) {
    const reader = createMessageReader({ sources, wait: never });
    reader.start();
    await reader.settle(1000);
    return reader.take();
  }

  test("takes the first source that there is", async () => {
    const found = await readOnce(source(missing("no a")), source(lines("b")), source(lines("c")));
    expect(found).toEqual({ messages: lines("b").value });
  });

  test("a refusal is told with its remedy, and the next source is not asked", async () => {
    expect(await readOnce(source(denied), source(lines("b")))).toEqual({
      problem: { subject: "messages", reason: "permission denied on x", remedy: "do this" },
    });
  });

  test("where there is none at all says what was looked for", async () => {
    const { problem } = await readOnce(source(missing("no a")), source(missing("no b")));
    expect(problem?.reason).toBe("no a; no b");
    expect(problem?.remedy).toContain("messages = false");
  });

  test("a reading that came too late for its report is told with the next one, once", async () => {
    let finish: (reading: Reading<MessagesSection>) => void = () => undefined;
    const slow: MessageSource = {
      read: () => new Promise((resolve) => (finish = resolve)),
      remedy: () => "",
    };
    const reader = createMessageReader({ sources: [slow], wait: async () => undefined });
    reader.start();
    await reader.settle(10);
    expect(reader.take()).toEqual({});
    finish(lines("a", "b"));
    for (let i = 0; i < 10; i += 1) {
      await Promise.resolve();
    }
    reader.start();
    finish(lines("c"));
    for (let i = 0; i < 10; i += 1) {
      await Promise.resolve();
    }
    expect(reader.take()).toEqual({ messages: newestLines(["a", "b", "c"]) });
    expect(reader.take()).toEqual({});
  });
});
