/**
 * The program: reads the command line, and is the daemon or one of the other commands. Prints
 * what went wrong in one line and exits with 1, or with 2 for wrong usage; a stack trace means
 * a bug of ours.
 */
import { writeSync } from "node:fs";
import { type Actions, runCommandLine } from "./cli/command-line.ts";
import { runCheck } from "./cli/commands/check/run-check.ts";
import { runForget } from "./cli/commands/forget.ts";
import { makeKey } from "./cli/commands/keygen.ts";
import { programVersion } from "./cli/version.ts";
import { runStatfsProbe } from "./collectors/statfs-probe.ts";
import { readText } from "./config/read-config-file.ts";
import { startDaemon } from "./daemon/daemon.ts";
import { chooseStyle, createLog, mayUseColor, readStyleFacts } from "./runtime/log.ts";
import { isTerminal } from "./runtime/terminal.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const EXIT_FAILURE = 1;

const actions: Actions = {
  startDaemon: async (config, notes, reread) => {
    const log = createLog({
      debug: config.debug,
      style: chooseStyle(readStyleFacts(process.env)),
      write: (line) => write(STDERR, line),
    });
    for (const note of notes) log.warn(note);
    const ended = signalled();
    let reload = () => log.info("SIGHUP before the start is over: nothing to read again");
    if (!isOnTerminal()) process.on("SIGHUP", () => reload());
    const daemon = await startDaemon({
      ...{ config, log, env: process.env },
      version: programVersion(),
      executable: ownCommand(),
    });
    if (!daemon.ok) {
      log.error(daemon.reason);
      return EXIT_FAILURE;
    }
    reload = () => daemon.value.reload(reread);
    const signal = await ended;
    log.info(`ending on ${signal}`);
    daemon.value.stop();
    return 0;
  },
  check: (input) =>
    runCheck(input, {
      env: process.env,
      out: (text) => write(STDOUT, text),
      hasColor: isTerminal(STDOUT) && mayUseColor(process.env),
    }),
  forget: (input) =>
    runForget(input, {
      out: (text) => write(STDOUT, text),
      error: (text) => write(STDERR, text),
    }),
  keygen: (path) => {
    const { exitCode, text } = makeKey(path);
    write(exitCode === 0 ? STDOUT : STDERR, exitCode === 0 ? text : `unagi: ${text}\n`);
    return exitCode;
  },
  statfsProbe: (mount) => {
    runStatfsProbe(mount);
    return 0;
  },
};

process.exit(
  await runCommandLine(
    process.argv.slice(2),
    {
      env: process.env,
      readText,
      out: (text) => write(STDOUT, text),
      error: (text) => write(STDERR, text),
    },
    actions,
  ),
);

/** Writes at once, so that nothing is lost at the end. */
function write(fd: number, text: string): void {
  try {
    writeSync(fd, text);
  } catch (error) {
    // Whoever read this has gone (a closed terminal, `| head`) or is stuck: a daemon goes on.
    if (!isStreamTrouble(error)) throw error;
  }
}

function isStreamTrouble(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "EPIPE" || code === "EIO" || code === "EAGAIN" || code === "EBADF";
}

/**
 * SIGHUP means "read the configuration again" to a daemon, and "your terminal has gone" to a
 * program that was started from one.
 */
function isOnTerminal(): boolean {
  return isTerminal(STDIN) || isTerminal(STDERR);
}

/** The first of the signals that ask a daemon to end. */
function signalled(): Promise<string> {
  const signals = ["SIGTERM", "SIGINT", ...(isOnTerminal() ? ["SIGHUP"] : [])];
  return new Promise((resolve) => {
    for (const signal of signals) {
      process.once(signal, () => resolve(signal));
    }
  });
}

/** How to start this very program again: compiled, or from source. */
function ownCommand(): readonly string[] {
  const isCompiled = Bun.main.startsWith("/$bunfs/");
  return isCompiled ? [process.execPath] : [process.execPath, Bun.main];
}
