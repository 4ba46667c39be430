/** One process: its owner, its rights, its name, and who has a socket open. */
import { describe, expect, test } from "bun:test";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  findSocketHolder,
  parseCredentials,
  parseProcPidStatusOwner,
  readProcessArguments,
  readProcessName,
  readProcessOwner,
} from "../../../src/linux/proc/pid.ts";
import { fixture, type Root, withRoot } from "../fixture.ts";

const STATUS = `Name:	unagi
Uid:	65534	65534	65534	65534
Gid:	65534	65534	65534	65534
Groups:	4 65534 
CapInh:	0000000000000000
CapPrm:	0000000000000000
CapEff:	0000000000000000
CapBnd:	000001ffffffffff
`;

describe("the owner of a process", () => {
  test("is the effective one, and none once the process has ended", () => {
    expect(readProcessOwner(fixture("processes"), 4731)).toBe(1001);
    expect(readProcessOwner(fixture("processes"), 9999)).toBeUndefined();
    expect(parseProcPidStatusOwner("Name:\tUid:\nUid:\t5\t6\t7\t8\n")).toBe(6);
    expect(parseProcPidStatusOwner("")).toBeUndefined();
  });
});

describe("parseCredentials", () => {
  const clean = {
    uids: [65534, 65534, 65534, 65534],
    gids: [65534, 65534, 65534, 65534],
    groups: [4, 65534],
    hasCapabilities: false,
  };

  test.each([
    ["a thread without rights", STATUS, clean],
    [
      "one with a capability",
      STATUS.replace("CapPrm:\t0000", "CapPrm:\t0001"),
      { ...clean, hasCapabilities: true },
    ],
    ["one without groups", STATUS.replace("\t4 65534 ", "\t"), { ...clean, groups: [] }],
  ])("reads the ids and capabilities of %s", (_, text, expected) => {
    expect(parseCredentials(text)).toEqual(expected);
  });

  test.each(["Uid", "Gid", "Groups", "CapPrm", "CapEff"])(
    "takes a status without %s for none, not for a harmless one",
    (key) => {
      expect(parseCredentials(STATUS.replace(key, "Else"))).toBeUndefined();
      expect(parseCredentials("")).toBeUndefined();
    },
  );
});

describe("a process with a socket", () => {
  function addProcess(root: Root, pid: number | string, inode: number): void {
    root.write(`proc/${pid}/comm`, "na\x1bmed\n");
    root.write(`proc/${pid}/cmdline`, "/usr/sbin/named\0-f\0");
    mkdirSync(join(root.path, `proc/${pid}/fd`));
    symlinkSync("/dev/null", join(root.path, `proc/${pid}/fd/0`));
    symlinkSync(`socket:[${inode}]`, join(root.path, `proc/${pid}/fd/3`));
  }

  test("is found by the socket's inode, with its name and arguments", () =>
    withRoot((root) => {
      addProcess(root, 41, 52344);
      addProcess(root, 42, 52345);
      expect(findSocketHolder(root.path, new Set([52345, 7]))).toBe(42);
      expect(findSocketHolder(root.path, new Set([5234]))).toBeUndefined();
      expect(readProcessName(root.path, 41)).toBe("na\x1bmed");
      expect(readProcessArguments(root.path, 41)).toEqual(["/usr/sbin/named", "-f", ""]);
    }));

  test("is not looked for in folders that are no processes", () =>
    withRoot((root) => {
      addProcess(root, "notapid", 52344);
      expect(findSocketHolder(root.path, new Set([52344]))).toBeUndefined();
    }));

  test("is unknown where there is no /proc", () => {
    expect(findSocketHolder("/nowhere", new Set([1]))).toBeUndefined();
    expect(readProcessName("/nowhere", 1)).toBeUndefined();
    expect(readProcessArguments("/nowhere", 1)).toEqual([]);
  });
});
