/**
 * The command tree: the daemon is what runs without a command's name, and every other command is
 * a citty command of its own.
 *
 * Of citty, `defineCommand` and `runCommand` are used. Not its `runMain`, which takes `-h` for
 * help; not its own way to subcommands, which takes the `600` of `-du 600` for one; not its
 * `renderUsage`, which does not wrap lines. A command's name is therefore always the first word.
 */
import { type CommandDef, defineCommand, runCommand } from "citty";
import { nearestWord } from "../base/nearest.ts";
import { quoted } from "../base/printable.ts";
import type { Config } from "../config/config.ts";
import { loadConfig, type ReadConfig } from "../config/load-config.ts";
import type { ReadText } from "../config/read-config-file.ts";
import {
  CHECK_DESCRIPTION,
  commandLineProblems,
  renderCheckHelp,
} from "./commands/check/run-check.ts";
import { FORGET_DESCRIPTION, type ForgetInput, renderForgetHelp } from "./commands/forget.ts";
import { KEYGEN_DESCRIPTION, readKeygenArguments, renderKeygenHelp } from "./commands/keygen.ts";
import { type ListedCommand, renderHelp } from "./help.ts";
import { versionLine } from "./version.ts";

/** What the commands do; each gives the exit code. */
export interface Actions {
  /**
   * `notes` are for the log: the configuration is right, but the user should know. `reread` reads
   * the file again, with the same command line.
   */
  readonly startDaemon: (
    config: Config,
    notes: readonly string[],
    reread: () => ReadConfig,
  ) => Promise<number>;
  readonly check: (input: ReadConfig) => Promise<number>;
  readonly forget: (input: ForgetInput) => Promise<number>;
  /** Makes a key file. */
  readonly keygen: (path: string) => number | Promise<number>;
  /** Measures one file system and writes the result to stdout, for the daemon that started it. */
  readonly statfsProbe: (mount: string) => number | Promise<number>;
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readText: ReadText;
  /** Writes to stdout and stderr, as it is. */
  readonly out: (text: string) => void;
  readonly error: (text: string) => void;
}

/** Wrong usage, as from the tools of the GNU system. */
const EXIT_USAGE = 2;

type Commands = Readonly<Record<string, CommandDef>>;

/** Runs what `argv` (without the program's name) asks for; comes back with the exit code. */
export async function runCommandLine(
  argv: readonly string[],
  surroundings: Surroundings,
  actions: Actions,
): Promise<number> {
  const { daemon, commands } = defineCommands(surroundings, actions);
  const [word, ...rest] = argv;
  if (word === undefined || word.startsWith("-")) return run(daemon, argv);
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (command !== undefined) return run(command, rest);
  return refuse([aboutUnknownCommand(word, listed(commands))], surroundings);
}

function defineCommands(
  surroundings: Surroundings,
  actions: Actions,
): { daemon: CommandDef; commands: Commands } {
  const statfsProbe = defineCommand({
    meta: { name: "statfs-probe", description: "measure one file system", hidden: true },
    run: ({ rawArgs }) => {
      const [mount, ...others] = rawArgs;
      if (mount !== undefined && others.length === 0) return actions.statfsProbe(mount);
      return refuse(["statfs-probe needs one mount point"], surroundings);
    },
  });
  const check = defineCommand({
    meta: { name: "check", description: CHECK_DESCRIPTION },
    run: ({ rawArgs }) => startCheck(rawArgs, surroundings, actions),
  });
  const forget = defineCommand({
    meta: { name: "forget", description: FORGET_DESCRIPTION },
    run: ({ rawArgs }) => startForget(rawArgs, surroundings, actions),
  });
  const keygen = defineCommand({
    meta: { name: "keygen", description: KEYGEN_DESCRIPTION },
    run: ({ rawArgs }) => startKeygen(rawArgs, surroundings, actions),
  });
  const commands = { check, forget, keygen, "statfs-probe": statfsProbe };
  const daemon = defineCommand({
    meta: { name: "unagi", description: "watch the machines of a network" },
    run: ({ rawArgs }) => startDaemon(rawArgs, surroundings, actions, listed(commands)),
  });
  return { daemon, commands };
}

/** A command gives its exit code. */
async function run(command: CommandDef, argv: readonly string[]): Promise<number> {
  const { result } = await runCommand(command, { rawArgs: [...argv] });
  return typeof result === "number" ? result : 0;
}

async function startDaemon(
  argv: readonly string[],
  surroundings: Surroundings,
  actions: Actions,
  known: readonly ListedCommand[],
): Promise<number> {
  const { env, readText, out } = surroundings;
  const loaded = loadConfig({ argv, env, readText });
  switch (loaded.kind) {
    case "help":
      out(renderHelp(known));
      return 0;
    case "version":
      out(`${versionLine()}\n`);
      return 0;
    case "problems":
      return refuse(loaded.problems, surroundings);
    case "config":
      return actions.startDaemon(loaded.config, loaded.notes, () => reread(argv, surroundings));
  }
}

function reread(argv: readonly string[], { env, readText }: Surroundings): ReadConfig {
  const loaded = loadConfig({ argv, env, readText });
  if (loaded.kind === "config" || loaded.kind === "problems") return loaded;
  throw new Error(`the command line asked for ${loaded.kind} only now`);
}

async function startCheck(
  argv: readonly string[],
  surroundings: Surroundings,
  actions: Actions,
): Promise<number> {
  const { env, readText, out } = surroundings;
  const input = { argv, env, readText };
  const loaded = loadConfig(input);
  switch (loaded.kind) {
    case "help":
      out(renderCheckHelp());
      return 0;
    case "version":
      out(`${versionLine()}\n`);
      return 0;
    case "problems": {
      const usage = commandLineProblems(input);
      return usage.length > 0 ? refuse(usage, surroundings, "check") : actions.check(loaded);
    }
    case "config":
      return actions.check(loaded);
  }
}

const NO_MACHINE = "forget needs a machine first: unagi forget MACHINE [OPTION]...";

async function startForget(
  [machine, ...argv]: readonly string[],
  surroundings: Surroundings,
  actions: Actions,
): Promise<number> {
  const { env, readText, out } = surroundings;
  // Only the first word can be the machine: after an option it could be the option's value.
  const isOption = machine?.startsWith("-") === true;
  const rest = isOption ? [machine, ...argv] : argv;
  const loaded = loadConfig({ argv: rest, env, readText });
  switch (loaded.kind) {
    case "help":
      out(renderForgetHelp());
      return 0;
    case "version":
      out(`${versionLine()}\n`);
      return 0;
    case "problems":
      return refuse(isOption ? [NO_MACHINE] : loaded.problems, surroundings, "forget");
    case "config":
      if (isOption || machine === undefined || machine === "") {
        return refuse([NO_MACHINE], surroundings, "forget");
      }
      return actions.forget({ ...loaded, machine });
  }
}

function startKeygen(
  argv: readonly string[],
  surroundings: Surroundings,
  actions: Actions,
): number | Promise<number> {
  const request = readKeygenArguments(argv);
  switch (request.kind) {
    case "help":
      surroundings.out(renderKeygenHelp());
      return 0;
    case "problem":
      return refuse([request.problem], surroundings, "keygen");
    case "make":
      return actions.keygen(request.path);
  }
}

/** `command`: whose help to read, if not the daemon's. */
function refuse(
  problems: readonly string[],
  { error }: Surroundings,
  command?: "check" | "forget" | "keygen",
): number {
  const help = command === undefined ? "unagi --help" : `unagi ${command} --help`;
  const lines = [...problems.map((problem) => `unagi: ${problem}`), `Try '${help}'.`];
  error(`${lines.join("\n")}\n`);
  return EXIT_USAGE;
}

/** Without the hidden ones, which are for the program itself. */
function listed(commands: Commands): readonly ListedCommand[] {
  return Object.entries(commands).flatMap(([name, { meta }]) => {
    // citty also takes a function or a promise here; ours are plain.
    if (meta === undefined || typeof meta === "function" || "then" in meta) return [];
    return meta.hidden === true ? [] : [{ name, description: meta.description ?? "" }];
  });
}

function aboutUnknownCommand(word: string, known: readonly ListedCommand[]): string {
  const names = known.map(({ name }) => name);
  const nearest = nearestWord(word, names);
  const remedy =
    nearest === undefined
      ? `there is ${names.join(", ")}, and without a command unagi takes options only, as in unagi -s lan`
      : `did you mean ${nearest}?`;
  return `unknown command ${quoted(word)}; ${remedy}`;
}
