/** Completions, asked of a real bash; zsh and fish check theirs where they are installed. */
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { parseCommands } from "../../scripts/deb/commands.ts";
import { renderBash, renderFish, renderZsh } from "../../scripts/deb/completions.ts";
import { COMMAND_LINE_OPTIONS, shownName } from "../../src/config/options.ts";

const COMMANDS = [
  { name: "check", description: "look for what's wrong" },
  { name: "chart", description: "draw [it]: all" },
];

/** What bash offers for the last of `words`. */
function complete(...words: readonly string[]): readonly string[] {
  const script = `${renderBash(COMMANDS)}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")})
COMP_CWORD=${words.length - 1}
compopt() { :; }
_unagi
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["-c", script], { encoding: "utf8" });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("\n").filter((word) => word !== "");
}

describe("completion in bash", () => {
  test("offers every option of the table", () => {
    const offered = complete("unagi", "-");
    for (const option of COMMAND_LINE_OPTIONS) {
      expect(offered).toContain(`--${option.long}`);
      expect(offered).toContain(shownName(option));
    }
  });

  const cases: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["a long name from its beginning", ["--sig"], ["--signature"]],
    ["the words of a range", ["-n", "l"], ["lan", "lan+wireless"]],
    ["the words of a range after =", ["--scan", "=", "lan+"], ["lan+wireless"]],
    ["all words right after the =", ["--scan", "="], ["lan", "lan+wireless"]],
    ["nothing for a number", ["-u", "6"], []],
    ["nothing for a signature that looks like an option", ["-S", "--s"], []],
    ["directories", ["--state", "/us"], ["/usr"]],
    ["files", ["-c", "/etc/passw"], ["/etc/passwd"]],
    ["users", ["-U", "nobo"], ["nobody"]],
    ["an option after one without a value", ["-d", "--hel"], ["--help"]],
    ["commands as the first word", ["ch"], ["check", "chart"]],
    ["no command later", ["-d", "ch"], []],
  ];
  test.each(cases)("offers %s", (_, words, offered) => {
    const found = complete("unagi", ...words);
    for (const word of offered) expect(found).toContain(word);
    if (offered.length === 0) expect(found).toEqual([]);
  });
});

describe("completion in other shells", () => {
  const shells: readonly (readonly [string, string])[] = [
    ["zsh", renderZsh(COMMANDS)],
    ["fish", renderFish(COMMANDS)],
  ];
  for (const [shell, script] of shells) {
    const isThere = spawnSync(shell, ["-c", "true"]).status === 0;
    test.skipIf(!isThere)(`is a script that ${shell} can read`, () => {
      const read = spawnSync(shell, ["-n"], { input: script, encoding: "utf8" });
      expect({ status: read.status, stderr: read.stderr }).toEqual({ status: 0, stderr: "" });
    });
    test(`names every option in ${shell}`, () => {
      for (const { long } of COMMAND_LINE_OPTIONS) {
        expect(script).toMatch(new RegExp(`(--|-l )${long}\\b`));
      }
    });
  }
});

describe("parseCommands", () => {
  test("joins descriptions of several lines and stops at the next section", () => {
    const help =
      "Usage: unagi\n\nCommands:\n  check   look for it\n  status  show it,\n          all of it\n\n" +
      "How it runs:\n  -d  more\n";
    expect(parseCommands(help)).toEqual([
      { name: "check", description: "look for it" },
      { name: "status", description: "show it, all of it" },
    ]);
  });

  test("finds none where there are none", () => {
    expect(parseCommands("Usage: unagi\n\nHow it runs:\n  -d  more\n")).toEqual([]);
  });
});
