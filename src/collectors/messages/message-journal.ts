/**
 * The lines of the journal since the last reading, by `journalctl --after-cursor`, for systems
 * without a log file. One short call in each interval, of at most 5 s and 64 KB:
 *
 *     Nov 24 09:13:07 anna sshd[71]: Connection closed by 192.0.2.7
 *     Nov 24 09:13:09 anna kernel: eth0: link up
 *         a message may go on in lines that begin with a space
 *     -- cursor: s=9a0c;i=1f2;b=77c1;m=3a1f;t=60b2;x=5d
 */
import { existsSync } from "node:fs";
import { errorCode } from "../../base/errors.ts";
import { withoutUndefined } from "../../base/without-undefined.ts";
import { below, type Reading } from "../../linux/read-text.ts";
import {
  type MessageSource,
  MOST_BYTES,
  MOST_LINES,
  type NewMessages,
  newestLines,
} from "./message-source.ts";

/** The outcome of a call of journalctl. */
export interface JournalOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Why we ended the call: it took too long, or wrote too much. */
  readonly stopped?: "time" | "size";
  readonly exitCode: number;
}

/** Calls journalctl with these arguments; never rejects. */
export type CallJournal = (args: readonly string[]) => Promise<JournalOutput>;

/** A call that takes longer would delay the report of the next interval. */
const LIMIT_MS = 5000;
/** An error is a line or two. */
const STDERR_BYTES = 4096;
/** Where distributions put journalctl; the daemon does not trust its PATH. */
const PATHS = ["/usr/bin/journalctl", "/bin/journalctl"];

const MISSING: Reading<never> = { ok: false, reason: "there is no journalctl", code: "ENOENT" };
const TOO_SLOW: Reading<never> = {
  ok: false,
  reason: `journalctl took longer than ${LIMIT_MS / 1000} s`,
  code: "ETIMEDOUT",
};
/** What every call asks for. */
const FORM = ["--no-pager", "--output", "short", "--show-cursor"];

/**
 * `call` is undefined where there is no journalctl. As with files, at most 64 KB are read; of more
 * the count is a minimum, and the newest lines are asked for by themselves.
 */
export function createMessageJournal(call: CallJournal | undefined): MessageSource {
  let cursor: string | undefined;

  async function read(): Promise<Reading<NewMessages>> {
    if (call === undefined) return MISSING;
    if (cursor === undefined) return findEnd(call);
    const output = await call(["--quiet", "--after-cursor", cursor, ...FORM]);
    if (output.stopped === "time") return TOO_SLOW;
    if (output.stopped === "size") return skipToEnd(call, parseJournal(output.stdout).lines.length);
    if (output.exitCode !== 0 && /cursor/i.test(output.stderr)) {
      // The entry that the cursor names has been vacuumed away.
      return findEnd(call);
    }
    const denied = explain(output);
    if (denied !== undefined) return denied;
    const parsed = parseJournal(output.stdout);
    cursor = parsed.cursor ?? cursor;
    return { ok: true, value: newestLines(parsed.lines) };
  }

  /** Remembers where the journal ends: what happened before the start is not news. */
  async function findEnd(call: CallJournal): Promise<Reading<NewMessages>> {
    // Without --quiet, as only then does it say that it hides the system's messages from us.
    const output = await call(["--lines", "1", ...FORM]);
    const reason = output.stopped === undefined ? explain(output) : TOO_SLOW;
    // While something is wrong the end is looked for again, so that each report says so.
    cursor = reason === undefined ? parseJournal(output.stdout).cursor : undefined;
    return reason ?? { ok: true, value: newestLines([]) };
  }

  /** After more than is read: takes the newest lines, and goes on from there. */
  async function skipToEnd(call: CallJournal, count: number): Promise<Reading<NewMessages>> {
    const output = await call(["--quiet", "--lines", String(MOST_LINES), ...FORM]);
    const parsed = parseJournal(output.stdout);
    cursor = parsed.cursor;
    return { ok: true, value: { lines: newestLines(parsed.lines).lines, count } };
  }

  return { name: "the journal", read, remedy: () => "add the user to group systemd-journal" };
}

/** The lines of `--output short --show-cursor`, and the cursor that follows them. */
export function parseJournal(text: string): { lines: string[]; cursor?: string } {
  const lines: string[] = [];
  let cursor: string | undefined;
  for (const line of text.split("\n")) {
    const found = /^-- cursor: (\S+)$/.exec(line)?.[1];
    cursor = found ?? cursor;
    // A line that begins with a space continues the message above; "-- Boot …" is no message.
    if (found === undefined && !/^(\s|-- |$)/.test(line)) lines.push(line);
  }
  return withoutUndefined({ lines, cursor });
}

/** Why the journal shows nothing, or not all; undefined where all is well. */
function explain(output: JournalOutput): Reading<never> | undefined {
  const { stderr } = output;
  if (/insufficient permissions|not seeing messages from other users/i.test(stderr)) {
    return { ok: false, reason: "permission denied on the journal", code: "EACCES" };
  }
  if (/no journal files were found/i.test(stderr)) {
    return { ok: false, reason: "the journal holds no files", code: "ENOENT" };
  }
  // Some versions exit with 1 for an empty journal, without a word.
  if (output.exitCode !== 0 && stderr.trim() !== "") {
    const first = stderr.trim().split("\n", 1)[0]?.slice(0, 100);
    return { ok: false, reason: `journalctl failed: ${first}`, code: "EIO" };
  }
  return undefined;
}

/** How to call this machine's journalctl; undefined where it has none. */
export function findJournalctl(root: string, limitMs = LIMIT_MS): CallJournal | undefined {
  const path = PATHS.map((each) => below(root, each)).find((each) => existsSync(each));
  if (path === undefined) return undefined;
  return (args) =>
    runCommand([path, ...args], limitMs).catch((error) => {
      // There is no memory or no file descriptor for a child: that costs this reading alone.
      return { stdout: "", stderr: `cannot be started (${errorCode(error)})`, exitCode: -1 };
    });
}

async function runCommand(command: string[], limitMs: number): Promise<JournalOutput> {
  const child = Bun.spawn(command, {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    env: { LC_ALL: "C.UTF-8" },
  });
  child.unref();
  let stopped: "time" | "size" | undefined;
  const stop = (why: "time" | "size") => {
    stopped ??= why;
    child.kill("SIGKILL");
  };
  const timer = setTimeout(() => stop("time"), limitMs);
  const [stdout, stderr, exitCode] = await Promise.all([
    keepUpTo(child.stdout, MOST_BYTES, () => stop("size")),
    keepUpTo(child.stderr, STDERR_BYTES, () => undefined),
    child.exited,
  ]);
  clearTimeout(timer);
  return withoutUndefined({ stdout, stderr, exitCode, stopped });
}

/** Reads to the end, so that the child is never stuck, and keeps only the first `limit` bytes. */
async function keepUpTo(
  stream: ReadableStream<Uint8Array>,
  limit: number,
  onFull: () => void,
): Promise<string> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    if (length < limit) kept.push(chunk.subarray(0, limit - length));
    length += chunk.length;
    if (length > limit) onFull();
  }
  return Buffer.concat(kept).toString("utf8");
}
