/** `unagi keygen FILE`: makes the key that the machines of a sealed network share. */
import { printable, quoted } from "../../base/printable.ts";
import { HELP_ONLY, SERVICE_KEY_FILE } from "../../config/options.ts";
import { badPath } from "../../config/texts.ts";
import { writeKeyFile } from "../../runtime/key-file.ts";
import type { Command, Request } from "../command.ts";
import { COLUMNS, wrap } from "../wrap.ts";

export const keygen: Command<string> = {
  name: "keygen",
  description: "make the key file that seals a network's messages",
  usage: "unagi keygen FILE",
  help: [
    "Writes a new key to FILE, which only its owner can read (mode 0600). An existing file is " +
      "never overwritten.",
    "Make one key for a network, copy it to all of its machines, and start unagi there with " +
      `--key-file FILE. The service needs no option if FILE is ${SERVICE_KEY_FILE}.`,
    'To change the key of a running network without a gap, see "Seal the network" in README.md.',
  ],
  options: HELP_ONLY,
  operand: "FILE",
  read: readKeygenArguments,
  run: (path, { out, error }) => {
    const { exitCode, text } = makeKey(path);
    if (exitCode === 0) out(text);
    else error(`unagi: ${text}\n`);
    return exitCode;
  },
};

export function readKeygenArguments(rawArgs: readonly string[]): Request<string> {
  if (rawArgs.includes("--help")) return { kind: "help" };
  // After `--`, the next word is a file even if it begins with a hyphen.
  const words = rawArgs[0] === "--" ? rawArgs.slice(1) : rawArgs;
  const [path, ...others] = words;
  if (path === undefined) {
    return problem(
      `keygen needs a file to write the key to, as in unagi keygen ${SERVICE_KEY_FILE}`,
    );
  }
  if (others.length > 0) return problem("keygen makes one key at a time: name one file");
  if (path.startsWith("-") && rawArgs[0] !== "--") {
    return problem(`keygen has no option ${quoted(path)}; it takes the name of a file`);
  }
  const bad = badPath(path);
  return bad === undefined ? { kind: "run", input: path } : problem(bad);
}

/** The text begins without `unagi: ` where it failed, and says what to do next where it did not. */
export function makeKey(path: string): { readonly exitCode: 0 | 1; readonly text: string } {
  const written = writeKeyFile(path);
  if (!written.ok) return { exitCode: 1, text: written.reason };
  return { exitCode: 0, text: nextSteps(path) };
}

function nextSteps(path: string): string {
  const shown = printable(path, COLUMNS * 50);
  const start =
    path === SERVICE_KEY_FILE
      ? "Then run on each machine: systemctl restart unagi"
      : `Then start unagi on each machine with --key-file ${shown}, or set key-file in its configuration.`;
  const paragraphs = [
    `${shown} holds a new key, which only its owner can read.`,
    "Copy it to all other machines of the network in a way that others cannot read, and keep its " +
      "mode, 0600: scp -p does both. Do not make another key there: machines with different keys " +
      "do not see each other.",
    start,
  ];
  return `${paragraphs.flatMap((text) => wrap(text, COLUMNS)).join("\n")}\n`;
}

function problem(text: string): Request<string> {
  return { kind: "problems", problems: [text] };
}
