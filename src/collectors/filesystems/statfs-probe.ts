/**
 * Asks file systems of the network for their size without ever waiting for them: each question is
 * put by a short-lived child of our own executable. A child that hangs in the kernel cannot even
 * be killed; it is left alone, and no second one is started for the same mount.
 */
import { statfsSync } from "node:fs";
import { errorCode } from "../../base/errors.ts";
import { integerReader } from "../../protocol/fields.ts";

/** The hidden command by which our own executable becomes the child. */
export const STATFS_PROBE_COMMAND = "statfs-probe";

export interface FilesystemSize {
  readonly totalBytes: number;
  /** Free for an ordinary user. */
  readonly freeBytes: number;
}

export type StatfsAnswer =
  | { readonly ok: true; readonly size: FilesystemSize }
  /** The errno's name: "EACCES", "ESTALE", … */
  | { readonly ok: false; readonly code: string };

/** What is known of one mount: its latest answer, and since when it has left us without one. */
export interface ProbeView {
  readonly answer?: StatfsAnswer;
  /** Monotonic milliseconds; present while it has missed its limit and not answered since. */
  readonly waitingSinceMs?: number;
}

/** A running child; `answer` never rejects, and may never resolve. */
export interface ProbeChild {
  readonly answer: Promise<StatfsAnswer>;
  kill(): void;
}

export interface StatfsProber {
  /** Starts a child for each mount that has none; forgets the mounts that are not in the list. */
  start(mountPoints: readonly string[], nowMs: number): void;
  /** Resolves when all children have answered, and at the latest after so long. */
  settle(patienceMs: number): Promise<void>;
  view(mountPoint: string): ProbeView;
}

/** Design, section 4: a mount that takes longer is left out. */
export const PROBE_LIMIT_MS = 2000;
/** The child's answer is under 100 bytes. */
const ANSWER_LIMIT = 4096;

/** statfs of a local path: about 1 µs. */
export function measure(path: string): StatfsAnswer {
  try {
    const { bsize, frsize, blocks, bavail } = statfsSync(path);
    // Blocks are counted in fragments, which FUSE sets apart from the block size.
    const unit = frsize > 0 ? frsize : bsize;
    return { ok: true, size: { totalBytes: blocks * unit, freeBytes: bavail * unit } };
  } catch (error) {
    return { ok: false, code: errorCode(error) ?? "EUNKNOWN" };
  }
}

/** The child's whole work: prints the answer for `mountPoint` as one line of JSON. */
export function runStatfsProbe(mountPoint: string): void {
  process.stdout.write(`${JSON.stringify(measure(mountPoint))}\n`);
}

/** Reads the child's line; anything else is the answer "EINVAL". */
export function parseStatfsAnswer(text: string): StatfsAnswer {
  const broken: StatfsAnswer = { ok: false, code: "EINVAL" };
  let value: unknown;
  try {
    value = JSON.parse(text.slice(0, ANSWER_LIMIT));
  } catch {
    return broken;
  }
  if (typeof value !== "object" || value === null || !("ok" in value)) {
    return broken;
  }
  if (value.ok === false && "code" in value && typeof value.code === "string") {
    return { ok: false, code: value.code };
  }
  const size: unknown = value.ok === true && "size" in value ? value.size : undefined;
  if (typeof size === "object" && size !== null && "totalBytes" in size && "freeBytes" in size) {
    const [totalBytes, freeBytes] = [readSize(size.totalBytes), readSize(size.freeBytes)];
    if (totalBytes !== undefined && freeBytes !== undefined) {
      return { ok: true, size: { totalBytes, freeBytes } };
    }
  }
  return broken;
}

const readSize = integerReader(0, Number.MAX_SAFE_INTEGER);

/** Starts `executable statfs-probe mountPoint`, with an empty environment and no standard error. */
export function spawnStatfsProbe(
  executable: readonly string[],
): (mountPoint: string) => ProbeChild {
  return (mountPoint) => {
    const child = Bun.spawn([...executable, STATFS_PROBE_COMMAND, mountPoint], {
      stdin: "ignore",
      stdout: "pipe",
      stderr: "ignore",
      env: {},
    });
    // A child that hangs must not keep the daemon from ending.
    child.unref();
    return {
      answer: new Response(child.stdout).text().then(parseStatfsAnswer),
      kill: () => child.kill("SIGKILL"),
    };
  };
}

export function createStatfsProber(options: {
  readonly spawn: (mountPoint: string) => ProbeChild;
  /** Resolves after so many milliseconds. */
  readonly wait: (ms: number) => Promise<void>;
  readonly limitMs?: number;
}): StatfsProber {
  const limitMs = options.limitMs ?? PROBE_LIMIT_MS;
  const mounts = new Map<string, MountProbe>();

  function launch(probe: MountProbe, mountPoint: string, nowMs: number): void {
    probe.waitingSinceMs ??= nowMs;
    let child: ProbeChild;
    try {
      child = options.spawn(mountPoint);
    } catch (error) {
      probe.answer = { ok: false, code: errorCode(error) ?? "EUNKNOWN" };
      return;
    }
    const running = child.answer.then(
      (answer) => finish(probe, answer),
      (error) => finish(probe, { ok: false, code: errorCode(error) ?? "EUNKNOWN" }),
    );
    probe.running = running;
    void Promise.race([running, options.wait(limitMs)]).then(() => {
      if (probe.running === running) {
        probe.isLate = true;
        child.kill();
      }
    });
  }

  return {
    start(mountPoints, nowMs) {
      const wanted = new Set(mountPoints);
      for (const [mountPoint, probe] of mounts) {
        // The memory of a running child stays: its mount may come back while it still hangs.
        if (!wanted.has(mountPoint) && probe.running === undefined) {
          mounts.delete(mountPoint);
        }
      }
      for (const mountPoint of wanted) {
        const probe = mounts.get(mountPoint) ?? { isLate: false };
        mounts.set(mountPoint, probe);
        if (probe.running === undefined) {
          launch(probe, mountPoint, nowMs);
        }
      }
    },
    async settle(patienceMs) {
      const running = [...mounts.values()].flatMap((probe) =>
        probe.running === undefined || probe.isLate ? [] : [probe.running],
      );
      if (running.length > 0) {
        await Promise.race([Promise.all(running), options.wait(patienceMs)]);
      }
    },
    view(mountPoint) {
      const probe = mounts.get(mountPoint);
      return {
        ...(probe?.answer === undefined ? {} : { answer: probe.answer }),
        ...(probe?.waitingSinceMs === undefined || !probe.isLate
          ? {}
          : { waitingSinceMs: probe.waitingSinceMs }),
      };
    },
  };
}

interface MountProbe {
  /** The child that is out; settles when it has ended. */
  running?: Promise<void>;
  answer?: StatfsAnswer;
  /** When the first question was put that has not been answered. */
  waitingSinceMs?: number;
  /** It has missed the limit since its last answer. */
  isLate: boolean;
}

/** The child has ended: with an answer, or killed, which leaves nothing on its output. */
function finish(probe: MountProbe, answer: StatfsAnswer): void {
  delete probe.running;
  const wasKilled = probe.isLate && !answer.ok && answer.code === "EINVAL";
  if (!wasKilled) {
    probe.answer = answer;
    probe.isLate = false;
    delete probe.waitingSinceMs;
  }
}
