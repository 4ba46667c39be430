/** The text of `--help`, made from the commands and the table of options, within 80 columns. */
import { FILE_KEYS, OPTION_GROUPS, type Option } from "../config/options.ts";
import type { Command } from "./command.ts";
import { DEFAULT_COMMAND } from "./commands/list.ts";
import { COLUMNS, wrap } from "./wrap.ts";

const EXAMPLES: readonly (readonly [string, string])[] = [
  ["unagi -s lan", "the machines on this one's private wired network"],
  ["unagi -s lan -a lan", "the same, and browsers there may see the report"],
  ["unagi -s 10.1.0.0/22 -S render", "a range and a signature of your own"],
];

const RANGES: readonly (readonly [string, string])[] = [
  ["192.168.1.7", "one address, IPv4 or IPv6"],
  ["192.168.1.10-20", "from the one to the other"],
  ["192.168.1.", "192.168.1.1-254; the dot at the end is part of it"],
  ["10.1.", "all of 10.1.0.0/16; not in a scan"],
  ["10.1.0.0/22", "CIDR, IPv4 or IPv6; a scan covers at most 65,536 addresses"],
  ["lan", "the private networks of this machine's wired interfaces"],
  ["lan+wireless", "the same, wireless ones too"],
];

/** The help of one of `commands`; ends with a newline. That of the default command is the program's. */
export function renderHelp(command: Command, commands: readonly Command[]): string {
  const paragraphs = command.help.map((text) => wrap(text, COLUMNS));
  const sections =
    command.name === DEFAULT_COMMAND
      ? [
          [`Usage: ${command.usage}`, "       unagi COMMAND ..."],
          ...paragraphs,
          ...programSections(command, listedCommands(commands)),
        ]
      : [[`Usage: ${command.usage}`], ...paragraphs];
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
  return [
    ["Examples:", ...table(EXAMPLES)],
    ["Commands:", ...table(listed.map(({ name, description }) => [name, description]))],
    ...OPTION_GROUPS.map((group) => {
      const rows = options.filter((option) => option.group === group).map(optionRow);
      return [`${group}:`, ...table(rows, widest(options.map(optionRow)))];
    }),
    ["A RANGE is one of:", ...table(RANGES)],
    fileSection(),
  ];
}

function optionRow(option: Option): readonly [string, string] {
  const { long, short, metavar, meaning, defaultText, repeats } = option;
  const letter = short === undefined ? "    " : `-${short}, `;
  const value = metavar === undefined ? "" : `=${metavar}`;
  const again = repeats === true ? "; repeats" : "";
  const otherwise = defaultText === undefined ? "" : ` [${defaultText}]`;
  return [`${letter}--${long}${value}`, `${meaning}${again}${otherwise}`];
}

function fileSection(): readonly string[] {
  const only = FILE_KEYS.filter(({ where }) => where === "file");
  const keys = only.map(({ long, meaning, defaultText }) => `${long}: ${meaning} [${defaultText}]`);
  const text = `Only in the file: ${keys.join("; ")}.`;
  return wrap(text, COLUMNS);
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
