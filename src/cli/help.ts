/** The text of `--help`, made from the commands and the table of options, within 80 columns. */
import { defaultWords, FILE_KEYS, OPTION_GROUPS, type Option } from "../config/options.ts";
import type { Command } from "./command.ts";
import { DEFAULT_COMMAND } from "./commands/all-commands.ts";
import { COLUMNS, wrap } from "./wrap.ts";

const EXAMPLES: readonly (readonly [string, string])[] = [
  ["unagi -s lan", "find machines on the private wired network"],
  ["unagi -s lan -a lan", "the same, and let browsers there see the page"],
  ["unagi -s 10.1.0.0/22 -S render", "choose a range and a signature"],
];

const NOTATION =
  "'unagi COMMAND --help' says more about a command. Below, defaults are in [brackets], and an option that repeats may be given several times.";

/** How a range is written, and what each form stands for. */
export const RANGE_ROWS: readonly (readonly [string, string])[] = [
  ["192.168.1.7", "one address, IPv4 or IPv6"],
  ["192.168.1.10-20", "11 addresses, 192.168.1.10 to 192.168.1.20"],
  ["192.168.1.", "192.168.1.1-254; the dot at the end is part of it"],
  ["10.1. or 10.", "all addresses that begin so; cannot be scanned"],
  ["10.1.0.0/22", "CIDR, IPv4 or IPv6; a scan covers at most 65,536 addresses"],
  ["lan", "the private networks of this machine's wired interfaces"],
  ["lan+wireless", "the same, and those of its wireless interfaces"],
];

/** The help of one of `commands`; ends with a newline. That of the default command is the program's. */
export function renderHelp(command: Command, commands: readonly Command[]): string {
  const paragraphs = command.help.map((text) => wrap(text, COLUMNS));
  const isProgram = command.name === DEFAULT_COMMAND;
  const usage = [`Usage: ${command.usage}`, ...(isProgram ? ["       unagi COMMAND ..."] : [])];
  const more = isProgram ? programSections(command, listedCommands(commands)) : [];
  const sections = [usage, ...paragraphs, ...more];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Those that a user should know. */
export function listedCommands(commands: readonly Command[]): readonly Command[] {
  return commands.filter(({ isHidden }) => isHidden !== true);
}

function programSections(
  { options }: Command,
  listed: readonly Command[],
): readonly (readonly string[])[] {
  const width = widest(options.map(optionRow));
  // The keys that have no option of their own.
  const onlyInFile = FILE_KEYS.filter(({ where }) => where === "file").map(
    (key) => [`    ${key.long}`, textOf(key)] as const,
  );
  return [
    ["Examples:", ...table(EXAMPLES)],
    ["Commands:", ...table(listed.map(({ name, description }) => [name, description]))],
    wrap(NOTATION, COLUMNS),
    ...OPTION_GROUPS.map((group) => {
      const rows = options.filter((option) => option.group === group).map(optionRow);
      return [`${group}:`, ...table(rows, width)];
    }),
    ["Only in the file:", ...table(onlyInFile, width)],
    ["A RANGE is one of:", ...table(RANGE_ROWS)],
  ];
}

function optionRow(option: Option): readonly [string, string] {
  const { long, short, metavar } = option;
  const letter = short === undefined ? "    " : `-${short}, `;
  const value = metavar === undefined ? "" : `=${metavar}`;
  return [`${letter}--${long}${value}`, textOf(option)];
}

function textOf(option: Option): string {
  const preset = defaultWords(option);
  const again = option.repeats === true ? "; repeats" : "";
  return `${option.meaning}${again}${preset === undefined ? "" : ` [${preset}]`}`;
}

function table(
  rows: readonly (readonly [string, string])[],
  leftWidth = widest(rows),
): readonly string[] {
  const indent = 2 + leftWidth + 2;
  return rows.flatMap(([left, right]) => {
    const [first = "", ...rest] = wrap(right, COLUMNS - indent);
    const head = `  ${left.padEnd(leftWidth)}  ${first}`;
    return [head, ...rest.map((line) => `${" ".repeat(indent)}${line}`)];
  });
}

function widest(rows: readonly (readonly [string, string])[]): number {
  return Math.max(...rows.map(([left]) => left.length));
}
