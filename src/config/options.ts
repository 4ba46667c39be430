/**
 * The one table of options: what the command line and the configuration file take, and what
 * `--help` says about it. Long names are the file's keys.
 */

import type { RangeUse } from "../net/ranges.ts";
import { badBind, badHttpName, badName, badPath, badSignature, badTag, badUser } from "./texts.ts";

/** How a value is written and what it may be. */
export type OptionKind =
  /** Given again for more; in the file the number itself. */
  | { readonly type: "count"; readonly max: number }
  /** A whole number, both bounds allowed. */
  | { readonly type: "number"; readonly min: number; readonly max: number }
  /** `whyBad` gives the reason to refuse a text, or undefined. */
  | { readonly type: "text"; readonly whyBad: (text: string) => string | undefined }
  | { readonly type: "ranges"; readonly use: RangeUse }
  /** Only in the file. */
  | { readonly type: "boolean" }
  /** Done instead of starting: --help, --version. */
  | { readonly type: "action" };

export type OptionName =
  | "scan"
  | "p2p-allow"
  | "signature"
  | "key-file"
  | "p2p-port"
  | "http-port"
  | "http-allow"
  | "http-name"
  | "name"
  | "tag"
  | "update"
  | "history"
  | "state"
  | "config"
  | "user"
  | "bind"
  | "debug"
  | "help"
  | "version"
  | "messages"
  | "max-peers";

export interface Option {
  readonly long: OptionName;
  readonly short?: string;
  /** Stands for the value in `--help`; absent where there is none. */
  readonly metavar?: string;
  /** The value with its article, for "-p needs …". */
  readonly needs?: string;
  readonly kind: OptionKind;
  readonly repeats?: true;
  /** `both` unless said. */
  readonly where?: "command-line" | "file";
  readonly group: OptionGroup;
  /** A line or two of `--help`. */
  readonly meaning: string;
  /** The default, in words. */
  readonly defaultText?: string;
}

/** Headings of `--help`, in the order of a user's tasks. */
export const OPTION_GROUPS = [
  "Which machines belong together",
  "Who may see the report, and where",
  "What this machine says and keeps",
  "How it runs",
] as const;

export type OptionGroup = (typeof OPTION_GROUPS)[number];

/** Whoever runs unagi has this one, so it keeps nobody out: the page and the log say so. */
export const SHIPPED_SIGNATURE = "localhost";

const PORT = { type: "number", min: 1, max: 65_535 } as const;

/** A day: beyond it a report says nothing about now, and a death takes three days to show. */
const LONGEST_UPDATE_SECONDS = 86_400;

/** At the shipped interval of 10 minutes, nearly two years. */
const MOST_HISTORY_ENTRIES = 100_000;

/** The caps of the table of machines (design, 6.3). */
export const MOST_PEERS = 4_096;

export const OPTIONS: readonly Option[] = [
  {
    long: "scan",
    short: "s",
    metavar: "RANGE",
    needs: "a range of addresses, as in -s 192.168.1. or -s lan",
    kind: { type: "ranges", use: "scan" },
    repeats: true,
    group: "Which machines belong together",
    meaning: "look for machines there at the start",
    defaultText: "the -n ranges; with neither, 127.0.0.1",
  },
  {
    long: "p2p-allow",
    short: "n",
    metavar: "RANGE",
    needs: "a range of addresses, as in -n 192.168.1. or -n lan",
    kind: { type: "ranges", use: "allow" },
    repeats: true,
    group: "Which machines belong together",
    meaning: "accept packets of machines from there",
    defaultText: "the -s ranges",
  },
  {
    long: "signature",
    short: "S",
    metavar: "TEXT",
    needs: "a word, as in -S render-corner",
    kind: { type: "text", whyBad: badSignature },
    group: "Which machines belong together",
    meaning: "the network's signature: only machines with the same one know each other",
    defaultText: SHIPPED_SIGNATURE,
  },
  {
    long: "key-file",
    metavar: "FILE",
    needs: "a key file, as in --key-file /etc/unagi/key; `unagi keygen FILE` makes one",
    kind: { type: "text", whyBad: badPath },
    repeats: true,
    group: "Which machines belong together",
    meaning:
      "seal all messages with the key in it, the same on all machines; of several the first seals, all open",
    defaultText: "key and other-key in $CREDENTIALS_DIRECTORY; else none, and nothing is sealed",
  },
  {
    long: "p2p-port",
    short: "p",
    metavar: "PORT",
    needs: "a UDP port, as in -p 10080",
    kind: PORT,
    group: "Which machines belong together",
    meaning: "UDP port between the machines, the same on all",
    defaultText: "10080",
  },
  {
    long: "http-port",
    short: "h",
    metavar: "PORT",
    needs: "a TCP port, as in -h 8000: it is the HTTP port; help is --help",
    kind: PORT,
    group: "Who may see the report, and where",
    meaning: "TCP port of the report (-h is not help: that is --help)",
    defaultText: "8000",
  },
  {
    long: "http-allow",
    short: "a",
    metavar: "RANGE",
    needs: "a range of addresses, as in -a 192.168.1. or -a lan",
    kind: { type: "ranges", use: "allow" },
    repeats: true,
    group: "Who may see the report, and where",
    meaning: "answer browsers from there",
    defaultText: "this machine only",
  },
  {
    long: "http-name",
    metavar: "NAME",
    needs: "a host name, as in --http-name cluster.example.org",
    kind: { type: "text", whyBad: badHttpName },
    repeats: true,
    group: "Who may see the report, and where",
    meaning: "a further host name under which browsers may ask for the report",
    defaultText: "none",
  },
  {
    long: "name",
    metavar: "TEXT",
    needs: "a word, as in --name atlas",
    kind: { type: "text", whyBad: badName },
    group: "What this machine says and keeps",
    meaning: "this machine's name in the report",
    defaultText: "the host name",
  },
  {
    long: "tag",
    metavar: "TEXT",
    needs: "a word, as in --tag gpu",
    kind: { type: "text", whyBad: badTag },
    repeats: true,
    group: "What this machine says and keeps",
    meaning: "a word to group machines by",
    defaultText: "none",
  },
  {
    long: "update",
    short: "u",
    metavar: "SECONDS",
    needs: "a number of seconds, as in -u 600",
    kind: { type: "number", min: 1, max: LONGEST_UPDATE_SECONDS },
    group: "What this machine says and keeps",
    meaning: "time between two reports",
    defaultText: "600",
  },
  {
    long: "history",
    short: "H",
    metavar: "COUNT",
    needs: "a number of entries, as in -H 144",
    kind: { type: "number", min: 1, max: MOST_HISTORY_ENTRIES },
    group: "What this machine says and keeps",
    meaning: "reports kept of each machine",
    defaultText: "144",
  },
  {
    long: "state",
    metavar: "DIR",
    needs: "a directory, as in --state /var/lib/unagi",
    kind: { type: "text", whyBad: badPath },
    group: "What this machine says and keeps",
    meaning: "where the history is kept",
    defaultText: "$STATE_DIRECTORY; without it, in memory",
  },
  {
    long: "config",
    short: "c",
    metavar: "FILE",
    needs: "a file, as in -c /etc/unagi/unagi.toml",
    kind: { type: "text", whyBad: badPath },
    where: "command-line",
    group: "How it runs",
    meaning:
      "TOML file with the long names as keys; options given here win; -c /dev/null reads none",
    defaultText: "/etc/unagi/unagi.toml, if it is there and readable",
  },
  {
    long: "user",
    short: "U",
    metavar: "NAME",
    needs: "a user's name, as in -U unagi",
    kind: { type: "text", whyBad: badUser },
    group: "How it runs",
    meaning: "user to become when started as root",
    defaultText: "stay as started",
  },
  {
    long: "bind",
    metavar: "ADDRESS",
    needs: "an address of this machine, as in --bind 192.168.1.7",
    kind: { type: "text", whyBad: badBind },
    group: "How it runs",
    meaning: "the only address of this machine to use, for both ports",
    defaultText: "all",
  },
  {
    long: "debug",
    short: "d",
    kind: { type: "count", max: 2 },
    group: "How it runs",
    meaning: "say more; -dd also prints every message sent and received",
  },
  {
    long: "help",
    kind: { type: "action" },
    where: "command-line",
    group: "How it runs",
    meaning: "show this and exit",
  },
  {
    long: "version",
    kind: { type: "action" },
    where: "command-line",
    group: "How it runs",
    meaning: "show the version and exit",
  },
  {
    long: "messages",
    kind: { type: "boolean" },
    where: "file",
    group: "What this machine says and keeps",
    meaning: "report the newest lines of the system log (true or false)",
    defaultText: "true",
  },
  {
    long: "max-peers",
    metavar: "COUNT",
    kind: { type: "number", min: 1, max: MOST_PEERS },
    where: "file",
    group: "Which machines belong together",
    meaning: "machines known at most",
    defaultText: "4096",
  },
];

export const COMMAND_LINE_OPTIONS: readonly Option[] = OPTIONS.filter(
  ({ where }) => where !== "file",
);
export const FILE_KEYS: readonly Option[] = OPTIONS.filter(({ where }) => where !== "command-line");

/** "-p", or "--name" where there is no letter. */
export function shownName({ long, short }: Option): string {
  return short === undefined ? `--${long}` : `-${short}`;
}
