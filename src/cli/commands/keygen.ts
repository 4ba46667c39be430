/** `unagi keygen FILE`: makes the key that the machines of a sealed network share. */

import { printable, quoted } from "../../base/printable.ts";
import { badPath } from "../../config/texts.ts";
import { writeKeyFile } from "../../runtime/key-file.ts";
import { COLUMNS, wrap } from "../wrap.ts";

export const KEYGEN_DESCRIPTION = "make a key file, to seal a network's messages";

export type KeygenRequest =
  | { readonly kind: "make"; readonly path: string }
  | { readonly kind: "help" }
  /** Sentences without `unagi: `. */
  | { readonly kind: "problem"; readonly problem: string };

export interface KeygenOutcome {
  readonly exitCode: 0 | 1;
  /** Without `unagi: ` where it failed; what to do next where it did not. */
  readonly text: string;
}

/** Where the service looks for its key (packaging/deb/unagi.service). */
const SERVICE_KEY = "/etc/unagi/key";

export function readKeygenArguments(rawArgs: readonly string[]): KeygenRequest {
  if (rawArgs.includes("--help")) return { kind: "help" };
  // `--` as everywhere: what follows is a file, whatever it begins with.
  const words = rawArgs[0] === "--" ? rawArgs.slice(1) : rawArgs;
  const [path, ...others] = words;
  if (path === undefined) {
    return problem(`keygen needs the name of the file to make, as in unagi keygen ${SERVICE_KEY}`);
  }
  if (others.length > 0) return problem("keygen makes one file at a time");
  if (path.startsWith("-") && rawArgs[0] !== "--") {
    return problem(`keygen has no option ${quoted(path)}; it takes a file's name`);
  }
  const bad = badPath(path);
  return bad === undefined ? { kind: "make", path } : problem(bad);
}

/** Never overwrites a file. */
export function makeKey(path: string): KeygenOutcome {
  const written = writeKeyFile(path);
  if (!written.ok) return { exitCode: 1, text: written.reason };
  return { exitCode: 0, text: nextSteps(path) };
}

function nextSteps(path: string): string {
  const shown = printable(path, COLUMNS * 50);
  const start =
    path === SERVICE_KEY
      ? "On each of them: systemctl restart unagi"
      : `On each of them, start unagi with --key-file ${shown}, or set key-file in its configuration.`;
  const paragraphs = [
    `${shown} holds a new key, readable by its owner alone.`,
    "Copy it to all other machines of the network, unseen by others, and keep its mode, 0600: " +
      "scp -p does. Do not make another one there: machines with different keys do not see each other.",
    start,
  ];
  return `${paragraphs.flatMap((text) => wrap(text, COLUMNS)).join("\n")}\n`;
}

function problem(text: string): KeygenRequest {
  return { kind: "problem", problem: text };
}

const HELP = [
  "Makes FILE, a new key, which only its owner can read (mode 0600). A file that is there is never " +
    "overwritten.",
  "Make one key for a network, copy it to all its machines, and start unagi there with " +
    `--key-file FILE; the service needs no option if the file is ${SERVICE_KEY}.`,
  'To change the key of a running network without a gap, see "Seal the network" in README.md.',
];

export function renderKeygenHelp(): string {
  const sections = [["Usage: unagi keygen FILE"], ...HELP.map((text) => wrap(text, COLUMNS))];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
