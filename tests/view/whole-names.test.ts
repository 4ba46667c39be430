import { describe, expect, test } from "bun:test";
import { wholeNames } from "../../src/view/whole-names.ts";

function reportOf(users: readonly string[], loggedIn: readonly string[] = []) {
  const processes = users.map((user) => ({ user, command: "make" }));
  return { name: "old", processes, users: loggedIn.map((name) => ({ name })) };
}

describe("a name that ps has cut", () => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ["is the person's whose name begins so", ["verylongname"], "verylongname"],
    ["stays where nobody's name begins so", ["verylo", "ann"], "verylon+"],
    ["stays where the names of two people begin so", ["verylongname", "verylonely"], "verylon+"],
    ["may lack a single character", ["verylong"], "verylong"],
    ["is not made whole by a name that it holds all of", ["verylon"], "verylon+"],
  ];
  for (const [what, others, wanted] of cases) {
    test(what, () => {
      const cut = reportOf(["verylon+", "ann"]);
      for (const other of [reportOf(others), reportOf([], others)]) {
        const whole = wholeNames([cut, undefined, other])(cut);
        expect(whole?.processes?.map(({ user }) => user)).toEqual([wanted, "ann"]);
      }
    });
  }

  test("costs no copy of a report without one", () => {
    const [plain, cut] = [reportOf(["verylongname"]), reportOf(["verylon+"])];
    expect(wholeNames([plain, cut])(plain)).toBe(plain);
  });
});
