/** The distribution's name. */
import { describe, expect, test } from "bun:test";
import { parseOsRelease, readOsRelease } from "../../src/linux/os-release.ts";
import { withRoot } from "./fixture.ts";

describe("parseOsRelease", () => {
  const table: [string, string, string | undefined][] = [
    [
      "in double quotes",
      'NAME="x"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
      "Debian GNU/Linux 12 (bookworm)",
    ],
    ["in single quotes", "PRETTY_NAME='Arch Linux'\n", "Arch Linux"],
    ["without quotes", "PRETTY_NAME=Void\n", "Void"],
    ["with escapes", 'PRETTY_NAME="a \\"b\\" \\$c"\n', 'a "b" $c'],
    ["from name and version", "NAME=Fedora\nVERSION=40\n", "Fedora 40"],
    ["that is empty as none", 'PRETTY_NAME=""\n', undefined],
    ["in an empty file as none", "", undefined],
  ];
  test.each(table)("reads a name %s", (_, text, name) => {
    expect(parseOsRelease(text)).toBe(name as never);
  });

  test("falls back on /usr/lib, where /etc is empty", () =>
    withRoot((root) => {
      root.write("usr/lib/os-release", "PRETTY_NAME=Stateless\n");
      expect(readOsRelease(root.path)).toBe("Stateless");
    }));
});
