/** `unagi keygen FILE`: makes the key that the machines of a sealed network share. */

import { printable, quoted } from "../../base/printable.ts";
import { badPath } from "../../config/texts.ts";
import { writeKeyFile } from "../../runtime/key-file.ts";
import type { Command, Request } from "../command.ts";
import { COLUMNS, wrap } from "../wrap.ts";

/** Where the service looks for its key (packaging/deb/unagi.service). */
const SERVICE_KEY = "/etc/unagi/key";

export const keygen: Command<string> = {
  name: "keygen",
  description: "make the key file that seals a network's messages",
  usage: "unagi keygen FILE",
  help: [
    "Makes FILE, a new key, which only its owner can read (mode 0600). A file that is there is never " +
      "overwritten.",
    "Make one key for a network, copy it to all its machines, and start unagi there with " +
      `--key-file FILE; the service needs no option if the file is ${SERVICE_KEY}.`,
    'To change the key of a running network without a gap, see "Seal the network" in README.md.',
  ],
  options: [],
  operand: "FILE",
  read: readKeygenArguments,
  run: (path, { out, error }) => {
    const { exitCode, text } = makeKey(path);
    if (exitCode === 0) out(text);
    else error(`unagi: ${text}\n`);
    return exitCode;
  },
};

export interface KeygenOutcome {
  readonly exitCode: 0 | 1;
  /** Without `unagi: ` where it failed; what to do next where it did not. */
  readonly text: string;
}

export function readKeygenArguments(rawArgs: readonly string[]): Request<string> {
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
  return bad === undefined ? { kind: "run", input: path } : problem(bad);
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

function problem(text: string): Request<string> {
  return { kind: "problems", problems: [text] };
}
