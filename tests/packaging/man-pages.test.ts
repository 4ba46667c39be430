/** The man pages: complete, and valid roff. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseShippedConfig } from "../../scripts/deb/config-file.ts";
import { renderConfigPage, renderProgramPage, roff } from "../../scripts/deb/man-pages.ts";
import { COMMANDS } from "../../src/cli/commands/all-commands.ts";
import { COMMAND_LINE_OPTIONS, FILE_KEYS } from "../../src/config/options.ts";

const folder = join(import.meta.dir, "..", "..", "packaging", "deb");
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const FACTS = { version: "1.2.3", date: "2027-01-31" };
const program = renderProgramPage(read("unagi.8.in"), FACTS, COMMANDS);
const config = renderConfigPage(
  read("unagi.toml.5.in"),
  FACTS,
  parseShippedConfig(read("unagi.toml")),
);

describe("unagi(8)", () => {
  test.each(COMMAND_LINE_OPTIONS.map(({ long }) => long))("describes --%s", (long) => {
    expect(program).toContain(`\\fB\\-\\-${roff(long)}\\fR`);
  });

  test("describes the commands that users run, and no other", () => {
    expect(program).toContain(
      ".TP\n\\fBunagi keygen FILE\\fR\nWrites a new key to FILE, which only its owner can read",
    );
    expect(program).toContain(".SH SYNOPSIS\n\\fBunagi\\fR [\\fIOPTION\\fR]...\n.br\n");
    expect(program).toContain("\\fBunagi\\fR \\fBforget\\fR \\fIMACHINE\\fR [\\fIOPTION\\fR]...");
    expect(program).not.toContain("statfs");
  });

  test("lists the forms of a range", () => {
    expect(program).toContain("\\fB192.168.1.10\\-20\\fR\n");
  });
});

describe("unagi.toml(5)", () => {
  test.each(FILE_KEYS.map(({ long }) => long))("describes %s", (long) => {
    expect(config).toContain(`.TP\n\\fB${roff(long)}\\fR\n`);
  });

  test("distinguishes defaults, examples and shipped values", () => {
    expect(config).toContain("Default: \\fBupdate = 600\\fR");
    expect(config).toContain('Example: \\fBname = "atlas"\\fR');
    expect(config).toContain('As shipped: \\fBp2p\\-allow = ["lan"]\\fR');
    expect(config).toContain("A whole number from 1 to 65535.");
  });

  test("refuses a key that the program does not know", () => {
    const unknown = parseShippedConfig("#colour = 1\n");
    expect(() => renderConfigPage("@KEYS@", FACTS, unknown)).toThrow("colour");
  });
});

describe("the man pages", () => {
  test.each([
    ["unagi(8)", program],
    ["unagi.toml(5)", config],
  ])("carry version and date, and no empty line or byte beyond ASCII", (_, page) => {
    expect(page).toContain('"2027-01-31" "unagi 1.2.3"');
    expect(page).not.toMatch(/\n\n|@[A-Z]+@|[^\n\x20-\x7e]/);
  });

  const escapes: readonly (readonly [string, string])[] = [
    ["-dd", "\\-dd"],
    [".TH", "\\&.TH"],
    ["'tis", "\\&'tis"],
    ["a\\b", "a\\eb"],
    ["café", "caf\\[u00E9]"],
  ];
  test.each(escapes)("write %s as %s", (text, written) => {
    expect(roff(text)).toBe(written);
  });

  test("refuse a template that asks for something unknown", () => {
    expect(() => renderProgramPage("@COLOUR@", FACTS, [])).toThrow("@COLOUR@");
  });
});
