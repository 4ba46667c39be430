/** A log file that grows, rotates and shrinks. */
import { describe, expect, test } from "bun:test";
import { appendFileSync, chmodSync, renameSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { createMessageFile } from "../../../src/collectors/messages/message-file.ts";
import type { MessageSource } from "../../../src/collectors/messages/message-source.ts";
import { type Root, withRoot } from "../../linux/fixture.ts";
import { lines, nothing } from "./found.ts";

const LOG = "/var/log/syslog";

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
