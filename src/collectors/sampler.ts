/**
 * Takes samples of this machine with all collectors, and makes reports of them. Interval reports
 * and live reports are two series, each with the sample before as its own.
 */
import type { Moment } from "../base/units.ts";
import type { Report, ReportSubject } from "../protocol/report.ts";
import { parseReport } from "../protocol/report-json.ts";
import type { FiguresV1 } from "../protocol/v1/figures.ts";
import {
  type AnyCollector,
  failure,
  type OwnProblem,
  readOnce,
  type Section,
} from "./collector.ts";
import { tenths } from "./figures.ts";

/** What the report says that is in no file. */
export interface About {
  readonly name: string;
  readonly version: string;
  readonly httpPort?: number;
  readonly tags: readonly string[];
  readonly updateSeconds: number;
}

export interface SamplerOptions {
  readonly collectors: readonly AnyCollector[];
  /** "/", or the top of a fixture tree. */
  readonly root: string;
  readonly about: About;
  readonly clock: () => Moment;
  /** Resolves after so many milliseconds; tests hand in their own. */
  readonly wait?: (ms: number) => Promise<void>;
}

export type Sampler = ReturnType<typeof createSampler>;

/** The first report is to be out within 1 s of the start. */
const FIRST_PATIENCE_MS = 200;
/** A mount may take this long to answer. A journal that takes longer (at most 5 s) is in the next report. */
const PATIENCE_MS = 2000;
/** Longer than from the start of the daemon to its first report, and shorter than any interval. */
const START_AGAIN_MS = 750;
/** A report with more says little more; a file server may have a hundred dead mounts. */
const MOST_PROBLEMS = 12;

export function createSampler(options: SamplerOptions) {
  const { collectors, clock, wait = Bun.sleep } = options;
  const takeInterval = openSeries(options, collectors);
  const takeLive = openSeries(
    options,
    collectors.filter(({ isLive }) => isLive !== false),
  );
  /** When each was started last, and what is to be waited for. */
  const started = new Map<AnyCollector, { atMs: number; running: Promise<void> | undefined }>();
  /**
   * The last failure of each collector's `start` that no report has told yet; `prime` and the first
   * `take` mostly fail alike.
   */
  const failures = new Map<ReportSubject, OwnProblem>();
  let patienceMs = FIRST_PATIENCE_MS;
  let figuresV1: FiguresV1 = {};

  function startUnlessJust(collector: AnyCollector): Promise<void> | undefined {
    const now = clock();
    const last = collector.isCostly ? started.get(collector) : undefined;
    if (last !== undefined && now.elapsedMs - last.atMs < START_AGAIN_MS) return last.running;
    const running = start(collector, now);
    started.set(collector, { atMs: now.elapsedMs, running });
    return running;
  }

  function start({ subject, start }: AnyCollector, now: Moment): Promise<void> | undefined {
    const fail = (error: unknown) => void failures.set(subject, failure(subject, error));
    try {
      return start?.(now)?.catch(fail);
    } catch (error) {
      fail(error);
      return undefined;
    }
  }

  return {
    /** Takes the first sample, and starts the children; `take` about 0.5 s later has rates. */
    prime(): void {
      collectors.map(startUnlessJust);
      takeInterval();
    },
    /**
     * The report over the time since the last call (or `prime`). Resolves at once when nothing has
     * to be waited for, within 0.2 s for the first report, within 2 s for the next ones. Without
     * `prime` the first has no rates. Not to be called again before it has resolved.
     */
    async take(): Promise<Report> {
      const running = collectors.flatMap((each) => startUnlessJust(each) ?? []);
      if (running.length > 0) await Promise.race([Promise.all(running), wait(patienceMs)]);
      patienceMs = PATIENCE_MS;
      const taken = takeInterval([...failures.values()]);
      failures.clear();
      figuresV1 = taken.figuresV1;
      return taken.report;
    },
    /** Of the report that `take` gave last: what the program of 2005 is told instead. */
    figuresV1: () => figuresV1,
    /** Begins the series of live reports anew. */
    primeLive: (): void => void takeLive(),
    /**
     * The report over the time since the last live sample, at once: without what belongs to the
     * interval, such as messages, and with what the children found last.
     */
    takeLive: () => takeLive().report,
  };
}

/**
 * Samples one after the other, each of which gives the report over the time since the one before.
 * The report is read as the others will read it: a command may name itself with a line end, and a
 * broken driver may count to 10^40.
 */
function openSeries({ root, about, clock }: SamplerOptions, collectors: readonly AnyCollector[]) {
  const followers = collectors.map(({ follow }) => follow());
  let lastMs: number | undefined;
  return (failures: readonly OwnProblem[] = []) => {
    const now = clock();
    const ms = now.elapsedMs - (lastMs ?? now.elapsedMs);
    // Undefined for a first sample, and where the clock stands still: then there are no rates.
    const seconds = ms > 0 ? ms / 1000 : undefined;
    lastMs = now.elapsedMs;
    const sample = { root, now, seconds, once: readOnce(root) };
    const parts = followers.map((collect) => collect(sample));
    const problems = [...failures, ...parts.flatMap((part) => part.problems)];
    const figuresV1: FiguresV1 = {};
    const all: Section = {
      ...about,
      averageSeconds: seconds === undefined ? undefined : tenths(seconds),
    };
    for (const { section } of parts) {
      Object.assign(all, section);
      Object.assign(figuresV1, section.figuresV1);
    }
    const report = parseReport({
      ...all,
      problems: problems.length === 0 ? undefined : foremost(problems),
    });
    if (!report.ok) throw new Error(report.reason);
    return { report: report.value, figuresV1 };
  };
}

/** The first problem of each subject, then others: dead mounts must not hide a missing network. */
function foremost(problems: readonly OwnProblem[]): readonly OwnProblem[] {
  const bySubject = [...Map.groupBy(problems, ({ subject }) => subject).values()];
  const firsts = bySubject.flatMap((each) => each.slice(0, 1));
  const others = bySubject.flatMap((each) => each.slice(1));
  return [...firsts, ...others].slice(0, MOST_PROBLEMS);
}
