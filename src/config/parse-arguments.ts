/**
 * Reads the daemon's command line into settings. node:util's parseArgs splits the words, in its loose
 * mode: the strict one stops at the first problem, and the user is to see all of them.
 */
import { type ParseArgsConfig, parseArgs } from "node:util";
import { nearestWord } from "../base/nearest.ts";
import { printable, quoted } from "../base/printable.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import {
  COMMAND_LINE_OPTIONS,
  FILE_KEYS,
  type Option,
  type Setting,
  type Settings,
  shownName,
} from "./options.ts";

export interface ParsedArguments extends Settings {
  /** The first of --help and --version; it is done instead of anything else. */
  readonly action?: "help" | "version";
}

type Token = ReturnType<typeof looselyParsed>[number];
type OptionToken = Extract<Token, { kind: "option" }>;

/** More words than anyone types; in the worst case, the time grows with the square of their number. */
const MOST_ARGUMENTS = 1_000;

/** Messages quote at most so many characters of a value. */
const SHOWN_LENGTH = 60;

const takesValue = (option: Option) =>
  option.kind.type !== "count" && option.kind.type !== "action";

const PARSE_OPTIONS: NonNullable<ParseArgsConfig["options"]> = Object.fromEntries(
  COMMAND_LINE_OPTIONS.map((option) => {
    const type = takesValue(option) ? ("string" as const) : ("boolean" as const);
    return [option.long, withoutUndefined({ type, multiple: true, short: option.short })];
  }),
);

/** `argv` lacks the name of the program. All problems are found at once. */
export function parseArguments(argv: readonly string[]): ParsedArguments {
  if (argv.length > MOST_ARGUMENTS) {
    return { settings: [], problems: [`more than ${MOST_ARGUMENTS} words on the command line`] };
  }
  const settings: Setting[] = [];
  const problems: string[] = [];
  let action: "help" | "version" | undefined;
  let afterUnknown = -1;
  for (const token of tokensOf(argv)) {
    if (token.kind === "option-terminator") continue;
    if (token.kind === "positional") {
      // The word after an unknown option is probably its value, and not a second problem.
      if (token.index !== afterUnknown) problems.push(aboutWord(token.value));
      continue;
    }
    const option = COMMAND_LINE_OPTIONS.find(({ long }) => long === token.name);
    if (option === undefined) {
      problems.push(aboutUnknown(token));
      afterUnknown = token.value === undefined ? token.index + 1 : -1;
      continue;
    }
    if (option.long === "help" || option.long === "version") action ??= option.long;
    const reading = readToken(option, token);
    if (typeof reading === "string") problems.push(reading);
    else settings.push(reading);
  }
  return withoutUndefined({ settings, problems, action });
}

/**
 * The tokens of parseArgs, except that an option is never taken for a value: `-h -d` is an `-h`
 * without a value, and a `-d`. A negative number is a value, so that `-u -5` gets a message about
 * its bounds.
 */
function tokensOf(argv: readonly string[]): readonly Token[] {
  const tokens: Token[] = [];
  let rest = argv;
  let offset = 0;
  while (true) {
    const parsed = looselyParsed(rest);
    const swallowed = parsed.findIndex(
      (token) =>
        token.kind === "option" && token.inlineValue === false && /^-[^\d]/.test(token.value ?? ""),
    );
    const token = parsed[swallowed];
    const whole = token === undefined ? parsed : parsed.slice(0, swallowed);
    tokens.push(...whole.map((found) => ({ ...found, index: found.index + offset })));
    if (token?.kind !== "option") return tokens;
    const index = token.index + offset;
    tokens.push({ ...token, index, value: undefined, inlineValue: undefined });
    rest = rest.slice(token.index + 1);
    offset += token.index + 1;
  }
}

function looselyParsed(argv: readonly string[]) {
  const { tokens } = parseArgs({
    args: [...argv],
    options: PARSE_OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens;
}

function readToken(option: Option, token: OptionToken): Setting | string {
  const { rawName, value } = token;
  const isLong = rawName.startsWith("--");
  if (!takesValue(option)) {
    if (value === undefined) return { option: option.long, value: true, where: rawName };
    if (option.short === undefined) return `${rawName} takes no value`;
    return `${rawName} takes no value; give it again for more, as in -${option.short}${option.short}`;
  }
  if (value === undefined || value === "") {
    const needs = option.needs ?? "a value";
    return `${rawName} needs ${isLong ? needs.replace(` -${option.short} `, ` ${rawName} `) : needs}`;
  }
  // `-u=600`: only long options take an equals sign.
  if (!isLong && token.inlineValue === true && value.startsWith("=")) {
    const given = printable(value.slice(1), SHOWN_LENGTH);
    return `${rawName}=${given}: write ${rawName} ${given} or --${option.long}=${given}`;
  }
  const shown = /^[\w.:/+-]+$/.test(value) ? printable(value, SHOWN_LENGTH) : quoted(value);
  return { option: option.long, value, where: `${rawName}${isLong ? "=" : " "}${shown}` };
}

function aboutUnknown({ name, rawName }: OptionToken): string {
  const shown = printable(rawName, SHOWN_LENGTH);
  if (FILE_KEYS.some(({ long, where }) => long === name && where === "file")) {
    return `${shown} is a key of the configuration file only`;
  }
  if (!rawName.startsWith("--")) {
    const other = COMMAND_LINE_OPTIONS.find(
      ({ short }) => short !== undefined && short.toLowerCase() === name.toLowerCase(),
    );
    if (name === "?") return `unknown option ${shown}; help is --help`;
    if (other === undefined) return `unknown option ${shown}`;
    return `unknown option ${shown}; ${shownName(other)} is --${other.long}`;
  }
  const longs = COMMAND_LINE_OPTIONS.map(({ long }) => long);
  const nearest = nearestWord(name, longs);
  return `unknown option ${shown}${nearest === undefined ? "" : `; did you mean --${nearest}?`}`;
}

function aboutWord(word: string): string {
  return `unexpected word ${quoted(word)}: every value belongs to an option, as in -s 192.168.1.`;
}
