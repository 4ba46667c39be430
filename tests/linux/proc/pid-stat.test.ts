/** Processes: names that are hard to parse, and those that end meanwhile. */
import { describe, expect, test } from "bun:test";
import {
  emptyStat,
  parseProcPidStat,
  processName,
  readProcesses,
} from "../../../src/linux/proc/pid-stat.ts";
import { fixture } from "../fixture.ts";

const rest =
  "1 4718 4718 34817 4720 4194304 102 0 0 0 5 3 1 1 20 0 1 0 70213 3133440 380 18446744073709551615";

function parse(text: string) {
  const bytes = Buffer.from(text);
  const stat = emptyStat();
  const isParsed = parseProcPidStat(bytes, bytes.length, stat);
  return isParsed
    ? { ...stat, name: bytes.toString("utf8", stat.nameStart, stat.nameEnd) }
    : undefined;
}

describe("parseProcPidStat", () => {
  test("reads the fields by their numbers in proc(5)", () => {
    expect(parse(`4731 (cat) R ${rest}\n`)).toMatchObject({
      name: "cat",
      state: "R".charCodeAt(0),
      processGroup: 4718,
      terminal: 34817,
      foregroundGroup: 4720,
      flags: 4194304,
      cpuTicks: 8,
      startTicks: 70213,
      residentPages: 380,
    });
  });

  test.each(["a) R (b", "a b", "", "(sd-pam)", "))) 1 2 3 (((", "naïve", "\n"])(
    "takes the name %j whole",
    (name) => {
      expect(parse(`1 (${name}) S ${rest}\n`)).toMatchObject({ name, residentPages: 380 });
    },
  );

  test.each([
    ["nothing", ""],
    ["no name", `1 S ${rest}`],
    ["no end of the name", "1 (cat"],
    ["parentheses the wrong way", `1 )cat( S ${rest}`],
    ["cut off in the name's end", "1 (cat)"],
    ["cut off in the numbers", "1 (cat) S 1 4718 4718 348"],
    ["words in place of numbers", `1 (cat) S ${rest.replace("70213", "soon")}`],
  ])("refuses %s", (_, text) => {
    expect(parse(text)).toBeUndefined();
  });

  test("looks no further than the length that was read into the reused buffer", () => {
    const bytes = Buffer.from(`1 (cat) S 1 2 3 4) 5 ${rest}`);
    expect(parseProcPidStat(bytes, 12, emptyStat())).toBe(false);
  });
});

describe("readProcesses", () => {
  const result = readProcesses(fixture("processes"));
  const table = result.ok ? result.value : undefined;
  const rows = [...(table?.pids.subarray(0, table.length) ?? [])].map((pid, row) => {
    return [pid, table === undefined ? "" : processName(table, row)] as const;
  });

  test("skips what has ended since the listing, or could be read only in part", () => {
    expect(table?.count).toBe(8);
    expect(new Map(rows)).toEqual(
      new Map([
        [1, "init"],
        [2, "kthreadd"],
        [4731, "a) R (b"],
        [4732, ""],
        [4733, "(sd-pam)"],
        [4734, "tail"],
        [4735, "defunct"],
        [4736, "bash"],
      ]),
    );
  });

  test("knows the command in the foreground of each terminal, even without its leader", () => {
    expect(table?.foreground).toEqual(
      new Map([
        [34816, "a) R (b"],
        [34817, "tail"],
      ]),
    );
  });

  test("fails in words where there is no /proc", () => {
    expect(readProcesses("/nowhere")).toMatchObject({ reason: "/proc does not exist" });
  });
});
