/** Reading files: caps, things that are no files, and failures in words. */
import { describe, expect, test } from "bun:test";
import { join } from "node:path";
import { failedReading, readBytes, readText } from "../../src/linux/read-text.ts";
import { withRoot } from "./fixture.ts";

describe("readText", () => {
  test.each([0, 1, 100, 16_383, 16_384, 16_385, 70_000])("reads a file of %d bytes", (size) =>
    withRoot((root) => {
      root.write("file", "x".repeat(size));
      expect(readText(root.path, "/file")).toEqual({ ok: true, value: "x".repeat(size) });
    }),
  );

  test.each([1, 10, 20_000])("reads no more than the cap of %d bytes", (cap) =>
    withRoot((root) => {
      root.write("file", "x".repeat(50_000));
      const result = readBytes(root.path, "/file", cap);
      expect(result.ok && result.value.length).toBe(cap);
    }),
  );

  test("is not held up by a FIFO", () =>
    withRoot((root) => {
      Bun.spawnSync(["mkfifo", join(root.path, "fifo")]);
      expect(readText(root.path, "/fifo")).toEqual({ ok: true, value: "" });
    }));

  test("of a folder fails in words", () =>
    withRoot((root) => {
      root.write("folder/file", "");
      expect(readText(root.path, "/folder")).toMatchObject({
        reason: "/folder cannot be read (EISDIR)",
      });
    }));

  test("bytes that are no UTF-8 become the replacement character", () =>
    withRoot((root) => {
      root.write("file", new Uint8Array([0x61, 0xff, 0x62]));
      expect(readText(root.path, "/file")).toEqual({ ok: true, value: "a\ufffdb" });
    }));
});

describe("failedReading", () => {
  const coded = (code: string) => Object.assign(new Error("no"), { code });
  test.each([
    ["/etc/x does not exist", coded("ENOENT")],
    ["permission denied on /etc/x", coded("EACCES")],
    ["permission denied on /etc/x", coded("EPERM")],
    ["/etc/x cannot be read (EIO)", coded("EIO")],
    ["/etc/x cannot be read (EUNKNOWN)", new Error("no code")],
    ["/etc/x cannot be read (EUNKNOWN)", undefined],
  ])("says: %s", (reason, error) => {
    expect(failedReading(error, "/etc/x").reason).toBe(reason);
  });
});
