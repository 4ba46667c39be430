/**
 * Asks file systems of the network for their size without ever waiting for them: a short-lived
 * child of our own executable asks for each mount. A child that hangs in the kernel cannot even be
 * killed; it is left alone, and no second one is started for the same mount. A child's answer:
 *
 *     {"ok":true,"size":{"totalBytes":1099511627776,"freeBytes":549755813888}}
 *     {"ok":false,"code":"ESTALE"}
 */
import { statfsSync } from "node:fs";
import { errorCode } from "../../base/errors.ts";
import { integerReader, isObject, recordReader } from "../../base/json-fields.ts";
import { withoutUndefined } from "../../base/without-undefined.ts";

/** The hidden command that makes our own executable the child. */
export const STATFS_PROBE_COMMAND = "statfs-probe";

export interface FilesystemSize {
  readonly totalBytes: number;
  /** What an ordinary user may still fill. */
  readonly freeBytes: number;
}

export type StatfsAnswer =
  | { readonly ok: true; readonly size: FilesystemSize }
  /** The errno's name: "EACCES", "ESTALE", … */
  | { readonly ok: false; readonly code: string };

/** A running child; `answer` never rejects, and may never resolve. */
export interface ProbeChild {
  readonly answer: Promise<StatfsAnswer>;
  kill(): void;
}

export type StatfsProber = ReturnType<typeof createStatfsProber>;

/** A mount that takes longer is left out of the report. */
const PROBE_LIMIT_MS = 2000;
/** The child's answer is under 100 bytes. */
const ANSWER_LIMIT = 4096;

/** Asks by statfs(2), which takes about 1 µs for a local path. */
export function measure(path: string): StatfsAnswer {
  try {
    const { bsize, frsize, blocks, bavail } = statfsSync(path);
    // Blocks are counted in fragments, which for FUSE may differ from the block size.
    const unit = frsize > 0 ? frsize : bsize;
    return { ok: true, size: { totalBytes: blocks * unit, freeBytes: bavail * unit } };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): StatfsAnswer {
  return { ok: false, code: errorCode(error) ?? "EUNKNOWN" };
}

/** What the child prints: the answer for `mountPoint` as one line of JSON. */
export function statfsProbeLine(mountPoint: string): string {
  return `${JSON.stringify(measure(mountPoint))}\n`;
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
  if (!isObject(value)) return broken;
  const { ok, code } = value;
  if (ok === false && typeof code === "string") return { ok, code };
  const size = ok === true ? readSize(value["size"]) : undefined;
  return size === undefined ? broken : { ok: true, size };
}

const readBytes = integerReader(0, Number.MAX_SAFE_INTEGER);
const SIZE_FIELDS = { totalBytes: readBytes, freeBytes: readBytes };
const readSize = recordReader<FilesystemSize>(SIZE_FIELDS, ["totalBytes", "freeBytes"]);

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
}) {
  const mounts = new Map<string, MountProbe>();

  function launch(probe: MountProbe, mountPoint: string, nowMs: number): void {
    probe.waitingSinceMs ??= nowMs;
    let child: ProbeChild;
    try {
      child = options.spawn(mountPoint);
    } catch (error) {
      probe.answer = failed(error);
      return;
    }
    const running = child.answer.then(
      (answer) => finish(probe, answer),
      (error) => finish(probe, failed(error)),
    );
    probe.running = running;
    void Promise.race([running, options.wait(PROBE_LIMIT_MS)]).then(() => {
      if (probe.running === running) {
        probe.isLate = true;
        child.kill();
      }
    });
  }

  return {
    /** Starts a child for each mount that has none, and forgets the mounts that are not listed. */
    start(mountPoints: readonly string[], nowMs: number): void {
      const wanted = new Set(mountPoints);
      for (const [mountPoint, probe] of mounts) {
        // What is known of a running child is kept: its mount may come back while it hangs.
        if (!wanted.has(mountPoint) && probe.running === undefined) mounts.delete(mountPoint);
      }
      for (const mountPoint of wanted) {
        const probe = mounts.get(mountPoint) ?? { isLate: false };
        mounts.set(mountPoint, probe);
        if (probe.running === undefined) launch(probe, mountPoint, nowMs);
      }
    },
    /** Resolves when all children have answered that are not late; undefined where there is none. */
    running(): Promise<void> | undefined {
      const running = [...mounts.values()].flatMap(({ running, isLate }) =>
        running === undefined || isLate ? [] : [running],
      );
      return running.length === 0 ? undefined : Promise.all(running).then(() => undefined);
    },
    /**
     * The latest answer of a mount, and since when it owes us one, in monotonic milliseconds:
     * present from a missed limit until the next answer.
     */
    view(mountPoint: string) {
      const probe = mounts.get(mountPoint);
      return withoutUndefined({
        answer: probe?.answer,
        waitingSinceMs: probe?.isLate ? probe.waitingSinceMs : undefined,
      });
    },
  };
}

interface MountProbe {
  /** Pending while a child runs. */
  running?: Promise<void>;
  answer?: StatfsAnswer;
  /** When the first question that has no answer yet was put. */
  waitingSinceMs?: number;
  /** Whether a child has missed the limit since the last answer. */
  isLate: boolean;
}

/** The child has ended: with an answer, or killed, and then its output is empty. */
function finish(probe: MountProbe, answer: StatfsAnswer): void {
  delete probe.running;
  const wasKilled = probe.isLate && !answer.ok && answer.code === "EINVAL";
  if (wasKilled) return;
  probe.answer = answer;
  probe.isLate = false;
  delete probe.waitingSinceMs;
}
