/**
 * Fills the templates of the man pages, unagi.8.in and unagi.toml.5.in. Commands, options, ranges and
 * keys come from the tables of the program, so that the pages are always up to date.
 */
import type { Command } from "../../src/cli/command.ts";
import { DEFAULT_COMMAND } from "../../src/cli/commands/all-commands.ts";
import { listedCommands, RANGE_ROWS } from "../../src/cli/help.ts";
import {
  COMMAND_LINE_OPTIONS,
  defaultWords,
  FILE_KEYS,
  OPTION_GROUPS,
  type Option,
} from "../../src/config/options.ts";
import type { ShippedKey } from "./config-file.ts";

export interface PageFacts {
  readonly version: string;
  /** `2026-11-22`, for the footer of the page. */
  readonly date: string;
}

/** unagi(8). */
export function renderProgramPage(
  template: string,
  facts: PageFacts,
  commands: readonly Command[],
): string {
  const options = OPTION_GROUPS.flatMap((group) => [
    `.SS ${roff(group)}`,
    ...COMMAND_LINE_OPTIONS.filter((option) => option.group === group).flatMap(optionEntry),
  ]);
  return fill(template, facts, {
    OPTIONS: options.join("\n"),
    SYNOPSIS: synopsis(commands).join("\n"),
    COMMANDS: commandSection(commands).join("\n"),
    RANGES: rangeSection().join("\n"),
  });
}

/** unagi.toml(5). */
export function renderConfigPage(
  template: string,
  facts: PageFacts,
  keys: readonly ShippedKey[],
): string {
  const headings = [...new Set(keys.map(({ heading }) => heading))];
  const lines = headings.flatMap((heading) => [
    `.SS ${roff(heading)}`,
    ...keys.filter((key) => key.heading === heading).flatMap(keyEntry),
  ]);
  return fill(template, facts, { KEYS: lines.join("\n") });
}

/** Text as roff source in ASCII (groff_char(7)), escaped so that no line is a request. */
export function roff(text: string): string {
  return text
    .replace(/\\/g, "\\e")
    .replace(/-/g, "\\-")
    .replace(/^([.'])/, "\\&$1")
    .replace(/[^\x20-\x7e]/gu, (character) => {
      const code = character.codePointAt(0) ?? 0;
      return `\\[u${code.toString(16).toUpperCase().padStart(4, "0")}]`;
    });
}

function optionEntry(option: Option): readonly string[] {
  const { long, short, metavar, meaning, repeats } = option;
  const preset = defaultWords(option);
  const letter = short === undefined ? "" : `\\fB\\-${short}\\fR, `;
  const value = metavar === undefined ? "" : `=\\fI${roff(metavar)}\\fR`;
  const again = repeats === true ? " May be given more than once." : "";
  const otherwise = preset === undefined ? "" : ` Default: ${preset}.`;
  return [
    ".TP",
    `${letter}\\fB\\-\\-${roff(long)}\\fR${value}`,
    roff(`${sentence(meaning)}${again}${otherwise}`),
  ];
}

function keyEntry({ key, value, isSet, comment }: ShippedKey): readonly string[] {
  const option = FILE_KEYS.find(({ long }) => long === key);
  if (option === undefined)
    throw new Error(`unagi.toml has a key that unagi does not know: ${key}`);
  const bounds = option.kind.type === "number" ? ` ${range(option.kind)}` : "";
  const shown = isSet ? "As shipped" : isDefault(option, value) ? "Default" : "Example";
  return [
    ".TP",
    `\\fB${roff(key)}\\fR`,
    roff(`${comment}${bounds}`),
    ".br",
    `${shown}: \\fB${roff(`${key} = ${value}`)}\\fR`,
  ];
}

/** A default in words ("the host name") is not a value for the file, which shows an example then. */
function isDefault(option: Option, value: string): boolean {
  return value === defaultWords(option) || (option.kind.type === "count" && value === "0");
}

function range({ min, max }: { readonly min: number; readonly max: number }): string {
  return `A whole number from ${min} to ${max}.`;
}

/** The usage of each command, the daemon first. */
function synopsis(commands: readonly Command[]): readonly string[] {
  const daemon = commands.filter(({ name }) => name === DEFAULT_COMMAND);
  const calls = [...daemon, ...listedCommands(commands)].map(({ usage }) => {
    const [program = "", ...words] = usage.split(" ");
    const shown = words.map((word) => {
      const bold = /^[a-z-]+$/.test(word);
      return bold ? `\\fB${roff(word)}\\fR` : word.replace(/[A-Z]+/, "\\fI$&\\fR");
    });
    return [`\\fB${program}\\fR`, ...shown].join(" ");
  });
  return [calls.join("\n.br\n")];
}

function commandSection(commands: readonly Command[]): readonly string[] {
  return listedCommands(commands).flatMap(({ usage, help }) => [
    ".TP",
    `\\fB${roff(usage)}\\fR`,
    help.map(roff).join("\n.IP\n"),
  ]);
}

function rangeSection(): readonly string[] {
  return RANGE_ROWS.flatMap(([form, meaning]) => [".TP", `\\fB${roff(form)}\\fR`, roff(meaning)]);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}

/** Replaces each `@NAME@` by its text; an unknown name is a mistake in the template. */
function fill(
  template: string,
  { version, date }: PageFacts,
  texts: Readonly<Record<string, string>>,
): string {
  const all: Readonly<Record<string, string>> = { ...texts, VERSION: version, DATE: date };
  return template
    .replace(/@([A-Z]+)@/g, (_, name: string) => {
      const text = all[name];
      if (text === undefined) throw new Error(`the template asks for @${name}@`);
      return text;
    })
    .replace(/\n{2,}/g, "\n");
}
