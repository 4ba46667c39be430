/**
 * What a collector is: one module that reads one subject of the report from the system's files and
 * writes its part of the report. All collectors stand in `collectors.ts`; the sampler asks them in
 * turn and knows none of them by name.
 */
import { errorMessage } from "../base/errors.ts";
import type { Moment } from "../base/units.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { ProblemReport, Report, ReportSubject } from "../protocol/report.ts";
import type { FiguresV1 } from "../protocol/v1/figures.ts";

/** `R` is what one reading gives: counters, mostly, from which two readings make a rate. */
export interface CollectorModule<R> {
  readonly subject: ReportSubject;
  /** False: only for the reports of the interval. Absent: for live reports too. */
  readonly isLive?: false;
  /**
   * Starts what `read` must not wait for, such as a child process, and resolves when it has ended;
   * undefined where there is nothing to wait for. Called before each report of the interval, and at
   * the start of the daemon; never for live reports. The report waits only so long.
   */
  readonly start?: (now: Moment) => Promise<void> | undefined;
  /**
   * True: `start` asks a server or a disk. What it asks at the start of the daemon serves the
   * first report too, half a second later, so that nobody is asked twice.
   */
  readonly isCostly?: true;
  /** Reads at once, without waiting for anybody. */
  readonly read: (sample: Sample) => Found<R>;
  /** Its part of the report; without `before` there are no rates. */
  readonly report: (now: R, before?: Earlier<R>) => Section;
}

/** What all collectors share while one sample is taken. */
export interface Sample {
  /** "/", or the top of a fixture tree. */
  readonly root: string;
  readonly now: Moment;
  /** Since the sample before; undefined in a first one, and where the clock has not moved. */
  readonly seconds: number | undefined;
  /** What this reader gives. Several collectors may ask: the file is read once for each sample. */
  readonly once: <T>(read: (root: string) => T) => T;
}

/** What was read, with problems that cost only a part of it; or why nothing was read. */
export type Found<R> =
  | { readonly ok: true; readonly value: R; readonly problems?: readonly Trouble[] }
  | ({ readonly ok: false } & Trouble);

/** A problem, whose subject is the collector's. */
export type Trouble = Omit<ProblemReport, "subject">;

/** The reading of the sample before. */
export interface Earlier<R> {
  readonly reading: R;
  /** Since then; above 0. */
  readonly seconds: number;
}

/** Some fields of a report; those that are unknown may be undefined. */
export type Section = { readonly [K in keyof Report]?: Report[K] | undefined } & {
  /** Not in the report: what the program of 2005 is told instead. */
  readonly figuresV1?: FiguresV1;
};

/** A collector as the list has it, whatever its readings are. */
export interface AnyCollector
  extends Pick<CollectorModule<unknown>, "subject" | "isLive" | "isCostly" | "start"> {
  /** Begins a series of samples: the rates of each report are over the time since the last one. */
  readonly follow: () => (sample: Sample) => Part;
}

/** What one collector gives for one sample. */
export interface Part {
  readonly section: Section;
  readonly problems: readonly OwnProblem[];
}

/** A problem of this machine; a peer's may be about anything. */
export interface OwnProblem extends ProblemReport {
  readonly subject: ReportSubject;
}

/** Makes an entry of the list. */
export function collector<R>(module: CollectorModule<R>) {
  return { ...module, follow: () => followWith(module) };
}

/** A fault of our own: it costs the section of this collector and nothing else. */
export function failure(subject: ReportSubject, error: unknown): OwnProblem {
  return { subject, reason: `cannot be collected: ${errorMessage(error)}` };
}

/** A new `once`, for one sample. */
export function readOnce(root: string): Sample["once"] {
  const known = new Map<(root: string) => unknown, unknown>();
  return <T>(read: (root: string) => T): T => {
    if (!known.has(read)) known.set(read, read(root));
    // A reader's value is only ever stored under the reader that gave it.
    return known.get(read) as T;
  };
}

function followWith<R>({ subject, read, report }: CollectorModule<R>): (sample: Sample) => Part {
  let last: R | undefined;
  return (sample) => {
    const reading = last;
    const { seconds } = sample;
    last = undefined;
    try {
      const found = read(sample);
      if (!found.ok) {
        const { reason, remedy } = found;
        return { section: {}, problems: [withoutUndefined({ subject, reason, remedy })] };
      }
      const { value, problems = [] } = found;
      last = value;
      const hasBefore = reading !== undefined && seconds !== undefined;
      const section = report(value, hasBefore ? { reading, seconds } : undefined);
      return { section, problems: problems.map((each) => ({ subject, ...each })) };
    } catch (error) {
      return { section: {}, problems: [failure(subject, error)] };
    }
  };
}
