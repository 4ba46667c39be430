/**
 * Runs the compiled executable for the end-to-end tests, on loopback addresses only, and ends it by its
 * process id.
 */
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const EXECUTABLE = join(import.meta.dir, "..", "..", "dist", "unagi");

/** Nothing on loopback takes longer, so a longer wait is a failure. */
const PATIENCE_MS = 15_000;

export interface Daemon {
  readonly pid: number;
  /** `http://address:port`, without a slash at the end. */
  readonly url: string;
  readonly address: string;
  /** Everything that it has written to stderr so far. */
  stderr(): string;
  stdout(): string;
  json<T>(path: string): Promise<T>;
  /** Ends the process and waits for it. Returns the exit code (for a signal 128 + its number). */
  stop(signal?: NodeJS.Signals): Promise<number>;
  readonly exited: Promise<number>;
}

export interface DaemonOptions {
  readonly address?: string;
  readonly httpPort: number;
  readonly p2pPort: number;
  readonly options?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts a daemon and waits until it answers on /healthz. */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const daemon = spawnDaemon(options);
  const outcome = await Promise.race([
    daemon.exited.then((code) => `exited with ${code}`),
    until(async () => (await fetch(`${daemon.url}/healthz`)).ok).then(() => "ready"),
  ]);
  if (outcome !== "ready") {
    throw new Error(`unagi ${outcome} before it answered: ${daemon.stderr()}`);
  }
  return daemon;
}

/** Starts `count` daemons in one network, at `NETWORK1` and so on, named `NAME1` and so on. */
export async function startDaemons(group: {
  readonly count: number;
  /** The beginning of all addresses, `127.0.21.`. */
  readonly network: string;
  readonly name: string;
  readonly options: readonly string[];
}): Promise<Daemon[]> {
  const { count, network, name } = group;
  const [p2pPort, httpPort] = [await freePort(), await freePort()];
  const common = ["-S", name, "-n", `${network}1-${count}`, ...group.options];
  return await Promise.all(
    Array.from({ length: count }, (_, index) =>
      startDaemon({
        ...{ address: `${network}${index + 1}`, httpPort, p2pPort },
        options: [...common, "--name", `${name}${index + 1}`],
      }),
    ),
  );
}

export function spawnDaemon(options: DaemonOptions): Daemon {
  const address = options.address ?? "127.0.0.1";
  const run = runProgram(
    [
      "-c",
      "/dev/null",
      "--bind",
      address,
      "-h",
      String(options.httpPort),
      "-p",
      String(options.p2pPort),
      ...(options.options ?? []),
    ],
    options,
  );
  const url = `http://${address}:${options.httpPort}`;
  return {
    ...run,
    url,
    address,
    json: async <T>(path: string) => (await (await fetch(`${url}${path}`)).json()) as T,
  };
}

/** Runs the executable with exactly these arguments. */
export function runProgram(
  args: readonly string[],
  options: Pick<DaemonOptions, "env" | "cwd"> & {
    /** Soft and hard limit of open files. */
    readonly openFiles?: number;
  } = {},
): Pick<Daemon, "pid" | "stderr" | "stdout" | "stop" | "exited"> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`${EXECUTABLE} does not exist: run 'npm run build' or 'npm test'`);
  }
  const limited = ["sh", "-c", `ulimit -n ${options.openFiles} && exec "$0" "$@"`];
  const command = [...(options.openFiles === undefined ? [] : limited), EXECUTABLE, ...args];
  const child = Bun.spawn(command, {
    env: { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8", ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  const stdout = gather(child.stdout);
  const stderr = gather(child.stderr);
  const exited = Promise.all([child.exited, stdout.done, stderr.done]).then(([code]) => code);
  return {
    pid: child.pid,
    stdout: stdout.text,
    stderr: stderr.text,
    exited,
    stop: async (signal = "SIGTERM") => {
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE_MS);
      const code = await exited;
      clearTimeout(timer);
      return code;
    },
  };
}

function gather(stream: ReadableStream<Uint8Array>): { text(): string; done: Promise<void> } {
  const decoder = new TextDecoder();
  let text = "";
  const done = (async () => {
    for await (const chunk of stream) {
      text += decoder.decode(chunk, { stream: true });
    }
  })();
  return { text: () => text, done };
}

/** Waits until the condition holds; an exception counts as false. Returns the ms; throws after a while. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  patienceMs = PATIENCE_MS,
): Promise<number> {
  const start = performance.now();
  let lastError: unknown;
  while (performance.now() - start < patienceMs) {
    try {
      if (await condition()) {
        return performance.now() - start;
      }
    } catch (error) {
      lastError = error;
    }
    await Bun.sleep(25);
  }
  throw new Error(`the condition does not hold after ${patienceMs} ms`, { cause: lastError });
}

/** A port that is now free for TCP on loopback; the tests use it for UDP as well. */
export async function freePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** Makes a scratch directory. The caller removes it with `remove`. */
export function scratchDirectory(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), "unagi-e2e-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
