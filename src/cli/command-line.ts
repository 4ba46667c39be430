/**
 * Finds the command that the first word names, and runs it or shows its help.
 *
 * citty holds the tree of commands, finds the one that is named, takes `daemon` where none is, and
 * runs it. It cannot see that the 600 of `-du 600` is a value, so a command's name is always the
 * first word; it drops what a command returns, so the exit code is kept here.
 */
import { type CommandDef, defineCommand, runCommand } from "citty";
import { errorCode } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import { quoted } from "../base/printable.ts";
import { readText } from "../config/read-config-file.ts";
import { writeAll } from "../runtime/write-all.ts";
import type { Command, Surroundings } from "./command.ts";
import { COMMANDS, DEFAULT_COMMAND } from "./commands/all-commands.ts";
import { listedCommands, renderHelp } from "./help.ts";
import { versionLine } from "./version.ts";

/** Wrong usage, as from the tools of the GNU system. */
const EXIT_USAGE = 2;

const STDOUT = 1;
const STDERR = 2;

/** The process that a command runs in. */
export function ownSurroundings(): Surroundings {
  const out = (text: string) => writeAll(STDOUT, text);
  return { env: process.env, readText, out, error: (text) => writeAll(STDERR, text) };
}

/** Runs what `argv` (without the program's name) asks for; the answer is the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  surroundings: Surroundings,
  commands: readonly Command[] = COMMANDS,
): Promise<number> {
  let exitCode = 0;
  const nodes = commands.map((command): [string, CommandDef] => {
    const { name, description } = command;
    const run = async ({ rawArgs }: { readonly rawArgs: readonly string[] }) => {
      exitCode = await runOne(command, rawArgs, { surroundings, commands });
    };
    return [name, defineCommand({ meta: { name, description }, run })];
  });
  const tree = defineCommand({
    meta: { name: "unagi" },
    default: DEFAULT_COMMAND,
    // Without a prototype: citty would take `toString` for a command.
    subCommands: Object.assign(Object.create(null), Object.fromEntries(nodes)),
  });
  const isNamed = argv[0]?.startsWith("-") !== true;
  try {
    await runCommand(tree, { rawArgs: isNamed ? [...argv] : [DEFAULT_COMMAND, ...argv] });
  } catch (error) {
    if (errorCode(error) !== "E_UNKNOWN_COMMAND") throw error;
    return refuse([aboutUnknownCommand(argv[0] ?? "", commands)], "unagi --help", surroundings);
  }
  return exitCode;
}

async function runOne(
  command: Command,
  argv: readonly string[],
  { surroundings, commands }: { surroundings: Surroundings; commands: readonly Command[] },
): Promise<number> {
  const request = command.read(argv, surroundings);
  switch (request.kind) {
    case "help":
      surroundings.out(renderHelp(command, commands));
      return 0;
    case "version":
      surroundings.out(`${versionLine()}\n`);
      return 0;
    case "problems": {
      const help = command.isHidden ? "unagi --help" : `unagi ${command.name} --help`;
      return refuse(request.problems, help, surroundings);
    }
    case "run":
      return command.run(request.input, surroundings);
  }
}

function refuse(problems: readonly string[], help: string, { error }: Surroundings): number {
  const lines = [...problems.map((problem) => `unagi: ${problem}`), `Try '${help}'.`];
  error(`${lines.join("\n")}\n`);
  return EXIT_USAGE;
}

function aboutUnknownCommand(word: string, commands: readonly Command[]): string {
  const names = listedCommands(commands).map(({ name }) => name);
  const nearest = nearestWord(word, names);
  if (nearest !== undefined) return `unknown command ${quoted(word)}; did you mean ${nearest}?`;
  return `unknown command ${quoted(word)}; the commands are ${names.join(", ")}; without a command unagi takes options only, as in unagi -s lan`;
}
