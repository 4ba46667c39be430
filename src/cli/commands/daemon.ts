/**
 * The default command: reads the configuration, starts the daemon, and runs until a signal ends
 * it. SIGHUP has the configuration read again.
 */
import { type LoadedConfig, loadConfig, type ReadConfig } from "../../config/load-config.ts";
import { COMMAND_LINE_OPTIONS, OPTION_TABLE } from "../../config/options.ts";
import { isTerminal } from "../../runtime/terminal.ts";
import { writeAll } from "../../runtime/write-all.ts";
import type { Command, Surroundings } from "../command.ts";
import { programVersion } from "../version.ts";

export interface DaemonInput extends Extract<LoadedConfig, { kind: "config" }> {
  /** Reads the file again, with the same command line. */
  readonly reread: () => ReadConfig;
}

export const daemon: Command<DaemonInput> = {
  name: "daemon",
  description: "watch the machines of a network",
  usage: "unagi [OPTION]...",
  help: [
    "Shows which machines of a small network are free, busy or down. Start it on every " +
      "machine: they find each other, and each of them serves a page about all of them, by default " +
      `at http://localhost:${OPTION_TABLE["http-port"].kind.default}/. Without options it watches this machine alone.`,
  ],
  options: COMMAND_LINE_OPTIONS,
  isHidden: true,
  read: (argv, { env, readText }) => {
    const loaded = loadConfig({ argv, env, readText });
    if (loaded.kind !== "config") return loaded;
    const reread = (): ReadConfig => {
      const again = loadConfig({ argv, env, readText });
      if (again.kind === "config" || again.kind === "problems") return again;
      throw new Error(`the command line asked for ${again.kind} only now`);
    };
    return { kind: "run", input: { ...loaded, reread } };
  },
  run: runDaemon,
};

const STDIN = 0;
const STDERR = 2;
const EXIT_FAILURE = 1;

async function runDaemon(input: DaemonInput, { env }: Surroundings): Promise<number> {
  // Imported only now: `unagi check` or a child that measures a file system needs none of it.
  const { startDaemon } = await import("../../daemon/daemon.ts");
  const { chooseStyle, createLog, readStyleFacts } = await import("../../runtime/log.ts");
  const { config, notes, reread } = input;
  const log = createLog({
    debug: config.debug,
    style: chooseStyle(readStyleFacts(env)),
    // Where stderr does not block, the daemon drops what its reader does not take; a blocking pipe
    // still makes it wait. A log on a full disk does not end the daemon.
    write: (line) => writeAll(STDERR, line, { mayDrop: true }),
  });
  for (const note of notes) log.warn(note);
  const ended = signalled();
  let reload = () => log.info("SIGHUP before the start is over: nothing to read again");
  if (!isOnTerminal()) process.on("SIGHUP", () => reload());
  const about = { version: programVersion(), executable: ownCommand() };
  const started = await startDaemon({ config, log, env, ...about });
  if (!started.ok) {
    log.error(started.reason);
    return EXIT_FAILURE;
  }
  reload = () => started.value.reload(reread);
  const signal = await ended;
  log.info(`ending on ${signal}`);
  started.value.stop();
  return 0;
}

/** On a terminal SIGHUP says that it was closed; elsewhere, that the configuration has changed. */
function isOnTerminal(): boolean {
  return isTerminal(STDIN) || isTerminal(STDERR);
}

/** The first of the signals that ask a daemon to end. */
function signalled(): Promise<string> {
  const signals = ["SIGTERM", "SIGINT", ...(isOnTerminal() ? ["SIGHUP"] : [])];
  return new Promise((resolve) => {
    for (const signal of signals) process.once(signal, () => resolve(signal));
  });
}

/** How to start this very program again: compiled, or from source. */
function ownCommand(): readonly string[] {
  const isCompiled = Bun.main.startsWith("/$bunfs/");
  return isCompiled ? [process.execPath] : [process.execPath, Bun.main];
}
