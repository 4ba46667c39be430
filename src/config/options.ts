/**
 * The table of options: what the command line and the configuration file take, what `--help`, the
 * man pages and the completions say about it, and every default.
 */
import type { RangeUse } from "../net/ranges.ts";
import { badBind, badHttpName, badPath, badSignature, badUser, badWord } from "./texts.ts";

/** How a value is written, what it may be, and its default where that is a plain value. */
export type OptionKind =
  /** Counts how often it is given; in the file, the number itself. */
  | { readonly type: "count"; readonly max: number }
  /** A whole number; both bounds are allowed. */
  | {
      readonly type: "number";
      readonly min: number;
      readonly max: number;
      readonly default: number;
    }
  /** `whyBad` gives the reason to refuse a text, or undefined. */
  | {
      readonly type: "text";
      readonly whyBad: (text: string) => string | undefined;
      readonly default?: string;
    }
  | { readonly type: "ranges"; readonly use: RangeUse }
  /** Only in the file. */
  | { readonly type: "boolean"; readonly default: boolean }
  /** Done instead of starting: --help, --version. */
  | { readonly type: "action" };

interface OptionRow {
  readonly short?: string;
  /** Stands for the value in `--help`; absent where the option takes none. */
  readonly metavar?: string;
  /** The value with its article and an example, for "-p needs …". */
  readonly needs?: string;
  readonly kind: OptionKind;
  readonly repeats?: true;
  /** `both` unless said. */
  readonly where?: "command-line" | "file";
  readonly group: OptionGroup;
  /** A line or two of `--help`. */
  readonly meaning: string;
  /** The default in words, where it is not a plain value. */
  readonly otherwise?: string;
}

export type OptionName = keyof typeof OPTION_TABLE;

export interface Option extends OptionRow {
  /** `--long` on the command line, and the key in the file. */
  readonly long: OptionName;
}

/** A value as the command line or the file gives it, not checked yet. */
export interface Setting {
  readonly option: OptionName;
  /** Text from the command line; a value of any TOML type from the file. */
  readonly value: string | number | boolean;
  /** How a message about it begins: "-p 70000", "/etc/unagi/unagi.toml, line 3: p2p-port = 70000". */
  readonly where: string;
}

/** All of a source, with the problems found while reading. */
export interface Settings {
  readonly settings: readonly Setting[];
  /** Sentences for the user, without `unagi: `. */
  readonly problems: readonly string[];
  /** Lists that the file gives as empty; that replaces the default. */
  readonly emptied?: readonly OptionName[];
}

/** Headings of `--help`, in the order of a user's tasks. */
export const OPTION_GROUPS = [
  "Which machines belong together",
  "Who may see the page, and where",
  "What this machine reports and keeps",
  "How it runs",
] as const;

export type OptionGroup = (typeof OPTION_GROUPS)[number];

export const DEFAULT_CONFIG_FILE = "/etc/unagi/unagi.toml";

/** Where the service looks for its key (packaging/deb/unagi.service). */
export const SERVICE_KEY_FILE = "/etc/unagi/key";

/** Every copy of unagi is shipped with it, so it keeps nobody out: the page and the log say so. */
export const SHIPPED_SIGNATURE = "localhost";

const LOWEST_PORT = 1;
const HIGHEST_PORT = 65_535;

/** A day: a longer interval would report nothing about now, and take three days to show a death. */
const LONGEST_UPDATE_SECONDS = 86_400;

/** At the shipped interval of 10 minutes, nearly two years. */
const MOST_HISTORY_ENTRIES = 100_000;

/** The most machines that the table of machines holds. */
export const MOST_PEERS = 4_096;

/** In the order in which `--help` shows the options of a group. */
export const OPTION_TABLE = {
  scan: {
    short: "s",
    metavar: "RANGE",
    needs: "a range of addresses, as in -s 192.168.1. or -s lan",
    kind: { type: "ranges", use: "scan" },
    repeats: true,
    group: "Which machines belong together",
    meaning: "scan this range for machines at the start",
    otherwise: "the -n ranges; without those, 127.0.0.1",
  },
  "p2p-allow": {
    short: "n",
    metavar: "RANGE",
    needs: "a range of addresses, as in -n 192.168.1. or -n lan",
    kind: { type: "ranges", use: "allow" },
    repeats: true,
    group: "Which machines belong together",
    meaning: "accept packets from machines in this range",
    otherwise: "the -s ranges",
  },
  signature: {
    short: "S",
    metavar: "TEXT",
    needs: "a word, as in -S render-corner",
    kind: { type: "text", whyBad: badSignature, default: SHIPPED_SIGNATURE },
    group: "Which machines belong together",
    meaning: "the network's signature; machines with different ones ignore each other",
  },
  "key-file": {
    metavar: "FILE",
    needs: `a key file, as in --key-file ${SERVICE_KEY_FILE}; \`unagi keygen FILE\` makes one`,
    kind: { type: "text", whyBad: badPath },
    repeats: true,
    group: "Which machines belong together",
    meaning:
      "seal all messages with the key in FILE, which all machines share; of several keys the first one seals and all of them open",
    otherwise: "the files key and other-key in $CREDENTIALS_DIRECTORY, if any",
  },
  "p2p-port": {
    short: "p",
    metavar: "PORT",
    needs: "a UDP port, as in -p 10080",
    kind: { type: "number", min: LOWEST_PORT, max: HIGHEST_PORT, default: 10_080 },
    group: "Which machines belong together",
    meaning: "UDP port for messages between machines, the same on all",
  },
  "http-port": {
    short: "h",
    metavar: "PORT",
    needs: "a TCP port, as in -h 8000: it is the HTTP port; help is --help",
    kind: { type: "number", min: LOWEST_PORT, max: HIGHEST_PORT, default: 8_000 },
    group: "Who may see the page, and where",
    meaning: "TCP port of the page (-h is not help; help is --help)",
  },
  "http-allow": {
    short: "a",
    metavar: "RANGE",
    needs: "a range of addresses, as in -a 192.168.1. or -a lan",
    kind: { type: "ranges", use: "allow" },
    repeats: true,
    group: "Who may see the page, and where",
    meaning: "answer browsers in this range",
    otherwise: "this machine only",
  },
  "http-name": {
    metavar: "NAME",
    needs: "a host name, as in --http-name cluster.example.org",
    kind: { type: "text", whyBad: badHttpName },
    repeats: true,
    group: "Who may see the page, and where",
    meaning: "another host name under which browsers may ask for the page",
    otherwise: "none",
  },
  name: {
    metavar: "TEXT",
    needs: "a word, as in --name atlas",
    kind: { type: "text", whyBad: badWord("a machine's name") },
    group: "What this machine reports and keeps",
    meaning: "this machine's name on the page",
    otherwise: "the host name",
  },
  tag: {
    metavar: "TEXT",
    needs: "a word, as in --tag gpu",
    kind: { type: "text", whyBad: badWord("a tag") },
    repeats: true,
    group: "What this machine reports and keeps",
    meaning: "a word to group machines by",
    otherwise: "none",
  },
  update: {
    short: "u",
    metavar: "SECONDS",
    needs: "a number of seconds, as in -u 600",
    kind: { type: "number", min: 1, max: LONGEST_UPDATE_SECONDS, default: 600 },
    group: "What this machine reports and keeps",
    meaning: "time between two reports",
  },
  history: {
    short: "H",
    metavar: "COUNT",
    needs: "a number of entries, as in -H 144",
    kind: { type: "number", min: 1, max: MOST_HISTORY_ENTRIES, default: 144 },
    group: "What this machine reports and keeps",
    meaning: "reports kept for each machine",
  },
  state: {
    metavar: "DIR",
    needs: "a directory, as in --state /var/lib/unagi",
    kind: { type: "text", whyBad: badPath },
    group: "What this machine reports and keeps",
    meaning: "directory to keep the history in",
    otherwise: "$STATE_DIRECTORY; without it, memory",
  },
  config: {
    short: "c",
    metavar: "FILE",
    needs: `a file, as in -c ${DEFAULT_CONFIG_FILE}`,
    kind: { type: "text", whyBad: badPath },
    where: "command-line",
    group: "How it runs",
    meaning:
      "TOML file whose keys are the long names; options on the command line win; -c /dev/null reads no file",
    otherwise: `${DEFAULT_CONFIG_FILE}, if it exists and can be read`,
  },
  user: {
    short: "U",
    metavar: "NAME",
    needs: "a user's name, as in -U unagi",
    kind: { type: "text", whyBad: badUser },
    group: "How it runs",
    meaning: "user to become when started as root",
    otherwise: "none; stay root",
  },
  bind: {
    metavar: "ADDRESS",
    needs: "an address of this machine, as in --bind 192.168.1.7",
    kind: { type: "text", whyBad: badBind },
    group: "How it runs",
    meaning: "use only this address of the machine, for both ports",
    otherwise: "all",
  },
  debug: {
    short: "d",
    kind: { type: "count", max: 2 },
    group: "How it runs",
    meaning: "log more; -dd also logs every message sent and received",
  },
  help: {
    kind: { type: "action" },
    where: "command-line",
    group: "How it runs",
    meaning: "show this help and exit",
  },
  version: {
    kind: { type: "action" },
    where: "command-line",
    group: "How it runs",
    meaning: "show the version and exit",
  },
  messages: {
    kind: { type: "boolean", default: true },
    where: "file",
    group: "What this machine reports and keeps",
    meaning: "report the newest lines of the system log (true or false)",
  },
  "max-peers": {
    metavar: "COUNT",
    kind: { type: "number", min: 1, max: MOST_PEERS, default: MOST_PEERS },
    where: "file",
    group: "Which machines belong together",
    meaning: "the most machines to keep in memory",
  },
} as const satisfies Readonly<Record<string, OptionRow>>;

export const OPTIONS: readonly Option[] = Object.entries<OptionRow>(OPTION_TABLE).map(
  ([long, row]) => ({ ...row, long: long as OptionName }),
);
export const COMMAND_LINE_OPTIONS = OPTIONS.filter(({ where }) => where !== "file");
/** For a command that takes no other option. */
export const HELP_ONLY: readonly Option[] = OPTIONS.filter(({ long }) => long === "help");
export const FILE_KEYS: readonly Option[] = OPTIONS.filter(({ where }) => where !== "command-line");

/** "-p", or "--name" where there is no letter. */
export function shownName({ long, short }: Option): string {
  return short === undefined ? `--${long}` : `-${short}`;
}

/** The default in words, for `--help` and the man pages; undefined where nothing can be said. */
export function defaultWords({ kind, otherwise }: Option): string | undefined {
  if (otherwise !== undefined) return otherwise;
  return "default" in kind ? String(kind.default) : undefined;
}
