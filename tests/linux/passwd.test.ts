/** The names of users and groups. */
import { describe, expect, test } from "bun:test";
import { createUserNames, findAccount, namesById, parsePasswd } from "../../src/linux/passwd.ts";
import { withRoot } from "./fixture.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/bash
toor:x:0:0::/:

+::::::
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
negative:x:-1:0
short:x:1000:1000
letters:x:one:1000:::
:x:7:7:::
root:x:1:1:::
`;

describe("parsePasswd", () => {
  test("passes over what names no id, and gives the group of whole lines only", () => {
    expect(parsePasswd(PASSWD)).toEqual([
      { name: "root", id: 0, gid: 0 },
      { name: "toor", id: 0, gid: 0 },
      { name: "nobody", id: 65534, gid: 65534 },
      { name: "short", id: 1000 },
      { name: "root", id: 1, gid: 1 },
    ]);
    expect(parsePasswd("")).toEqual([]);
  });

  test("reads the ids of /etc/group, which stand in the same place", () => {
    expect(parsePasswd("adm:*:4:syslog,alice\n")).toEqual([{ name: "adm", id: 4 }]);
  });
});

describe("namesById", () => {
  test("keeps the first name of an id, as getpwuid does", () => {
    expect(namesById(parsePasswd(PASSWD)).get(0)).toBe("root");
  });
});

describe("findAccount", () => {
  test.each([
    ["root", { name: "root", uid: 0, gid: 0 }],
    ["nobody", { name: "nobody", uid: 65534, gid: 65534 }],
    ["short", undefined],
    ["letters", undefined],
    ["", undefined],
    ["nobod", undefined],
    ["nobody:x", undefined],
  ])("looks for the whole name %j", (name, account) => {
    expect(findAccount(parsePasswd(PASSWD), name)).toEqual(account as never);
  });
});

describe("createUserNames", () => {
  test("shows an id without a name by its number, and sees a new file", () =>
    withRoot((root) => {
      const nameOf = createUserNames(root.path);
      expect(nameOf(1000)).toBe("1000");
      root.write("etc/passwd", "bob:x:1000:1000::/:/bin/sh\n");
      expect(nameOf(1000)).toBe("bob");
      expect(nameOf(1001)).toBe("1001");
    }));
});
