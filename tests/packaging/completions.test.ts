/** Completions as a real bash and fish offer them; zsh and fish only if they are installed. */
import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { renderBash, renderFish, renderZsh } from "../../scripts/deb/completions.ts";
import type { Command } from "../../src/cli/command.ts";
import { COMMANDS as SHIPPED } from "../../src/cli/commands/all-commands.ts";
import { check } from "../../src/cli/commands/check.ts";
import { COMMAND_LINE_OPTIONS, shownName } from "../../src/config/options.ts";

const COMMANDS: readonly Command[] = [
  ...SHIPPED,
  { ...check, name: "chart", description: "draw [it]: all that's there" },
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
    ["an option after an option without a value", ["-d", "--hel"], ["--help"]],
    ["commands as the first word", ["ch"], ["check", "chart"]],
    ["no command later", ["-d", "ch"], []],
    ["no hidden command", ["statfs"], []],
    ["the options of a command", ["check", "--sig"], ["--signature"]],
    ["files to a command that takes one", ["keygen", "/etc/passw"], ["/etc/passwd"]],
    ["no option of the daemon to a command without it", ["keygen", "--sig"], []],
    ["the help of such a command", ["keygen", "--h"], ["--help"]],
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
    const isThere = has(shell);
    test.skipIf(!isThere)(`is valid in ${shell}`, () => {
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

describe("completion in fish", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ["the commands", "unagi ch", ["check", "chart"]],
    ["the words of a range", "unagi -n lan+", ["lan+wireless"]],
    ["the options of a command", "unagi check --sig", ["--signature"]],
    ["files to a command that takes one", "unagi keygen /etc/passw", ["/etc/passwd"]],
    ["no option of the daemon to a command without it", "unagi keygen --sig", []],
  ];
  test.skipIf(!has("fish")).each(cases)("offers %s", (_, line, offered) => {
    const script = `${renderFish(COMMANDS)}\ncomplete -C '${line}'`;
    const { stdout } = spawnSync("fish", ["-c", script], { encoding: "utf8" });
    const words = stdout.split("\n").map((candidate) => candidate.split("\t")[0]);
    for (const word of offered) expect(words).toContain(word);
    if (offered.length === 0) expect(stdout).toBe("");
  });
});

function has(shell: string): boolean {
  return spawnSync(shell, ["-c", "true"]).status === 0;
}
