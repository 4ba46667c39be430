/** CHANGELOG.md as the changelog of a Debian package. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };
import { debianVersion, renderDebianChangelog } from "../../scripts/deb/changelog.ts";

const EPOCH = Date.UTC(2027, 0, 31, 12, 0, 0) / 1000;

describe("the changelog of the package", () => {
  test("has a section with its date for each version", () => {
    const markdown =
      "# Changes\n\nWords.\n\n## 0.2.0, not released yet\n\n- One.\n- Two\n  lines.\n\n" +
      "## 0.1.0, 2026-11-22\n- First.\n";
    expect(
      renderDebianChangelog(markdown, "0.2.0", EPOCH),
    ).toBe(`unagi (0.2.0) unstable; urgency=medium

  * One.
  * Two lines.

 -- The unagi authors <noreply@unagi.invalid>  Sun, 31 Jan 2027 12:00:00 +0000

unagi (0.1.0) unstable; urgency=medium

  * First.

 -- The unagi authors <noreply@unagi.invalid>  Sun, 22 Nov 2026 00:00:00 +0000
`);
  });

  test("breaks long entries below 80 columns", () => {
    const markdown = `## 1.0.0, 2026-11-22\n- ${"seven77 ".repeat(40)}\n`;
    const lines = renderDebianChangelog(markdown, "1.0.0", EPOCH).split("\n");
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.join(" ").match(/seven77/g)?.length).toBe(40);
  });

  const refused: readonly (readonly [string, string])[] = [
    ["a changelog without a section", "# Changes\n"],
    ["a changelog that begins with another version", "## 0.9.0, 2026-11-22\n- A.\n"],
    ["a heading of another form", "## 1.0.0 (2026-11-22)\n- A.\n"],
    ["a section without a change", "## 1.0.0, 2026-11-22\n\nNothing.\n"],
  ];
  test.each(refused)("refuses %s", (_, markdown) => {
    expect(() => renderDebianChangelog(markdown, "1.0.0", EPOCH)).toThrow("CHANGELOG.md");
  });

  test("can be made from CHANGELOG.md", () => {
    const own = readFileSync(join(import.meta.dir, "..", "..", "CHANGELOG.md"), "utf8");
    expect(renderDebianChangelog(own, packageJson.version, EPOCH)).toStartWith(
      `unagi (${debianVersion(packageJson.version)}) unstable`,
    );
  });

  test("makes dpkg sort a pre-release before its release", () => {
    expect(debianVersion("1.0.0-rc.1")).toBe("1.0.0~rc.1");
    expect(debianVersion("1.0.0")).toBe("1.0.0");
  });
});
