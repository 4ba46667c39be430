/**
 * A command of unagi: its description, from which `--help`, the man page and the completions are
 * made, and `run`, which does the work. Every start imports all commands, so each imports inside
 * `run` what only its work needs.
 */
import type { Option } from "../config/options.ts";
import type { ReadText } from "../config/read-config-file.ts";

export interface Command<Input = unknown> {
  /** The first word of the command line. */
  readonly name: string;
  /** One line: a part of a sentence in lower case, without a full stop. */
  readonly description: string;
  readonly usage: string;
  readonly help: readonly string[];
  readonly options: readonly Option[];
  /** What its other words stand for: FILE is completed to files. */
  readonly operand?: "FILE" | "MACHINE";
  /** Not listed: the daemon needs no name, and the program itself runs the others. */
  readonly isHidden?: true;
  /** What the words after its name ask for. Performs nothing. */
  read(argv: readonly string[], surroundings: Surroundings): Request<Input>;
  /** Does the work; the answer is the exit code, 0 or 1. */
  run(input: Input, surroundings: Surroundings): number | Promise<number>;
}

export type Request<Input> =
  | { readonly kind: "run"; readonly input: Input }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  /** Wrong usage, exit code 2. Sentences without `unagi: `. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** The process around a command. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readText: ReadText;
  /** `out` and `error` write the whole text, to stdout and stderr. */
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}
