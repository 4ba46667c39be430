/** How many files a process may open. */
import { describe, expect, test } from "bun:test";
import {
  countOpenFiles,
  parseOpenFilesLimit,
  readOpenFilesLimit,
} from "../../../src/linux/proc/limits.ts";

const LIMITS = `Limit                     Soft Limit           Hard Limit           Units
Max cpu time              unlimited            unlimited            seconds
Max open files            1024                 524288               files
Max locked memory         8388608              8388608              bytes
`;

describe("the limit of open files", () => {
  test.each([
    { title: "a number", text: LIMITS, limit: 1024 },
    {
      title: "any number for unlimited",
      text: LIMITS.replace("1024 ", "unlimited "),
      limit: Number.POSITIVE_INFINITY,
    },
    { title: "unknown without its line", text: "Limit\n" },
    { title: "unknown in an empty file", text: "" },
    { title: "unknown without a number", text: "Max open files            many   9 files\n" },
  ])("is $title", ({ text, limit }) => {
    expect(parseOpenFilesLimit(text)).toBe(limit as number);
  });

  test("of this process is above what it has open", () => {
    const [open, limit] = [countOpenFiles("/"), readOpenFilesLimit("/")];
    expect(open.ok && open.value).toBeGreaterThan(2);
    expect(limit.ok && limit.value).toBeGreaterThan(open.ok ? open.value : Number.NaN);
  });

  test("is unknown, with the reason, where there is no /proc", () => {
    expect(countOpenFiles("/nowhere")).toMatchObject({ reason: "/proc/self/fd does not exist" });
    expect(readOpenFilesLimit("/nowhere")).toMatchObject({ ok: false });
  });
});
