/**
 * What the daemon uses: takes a sample of this machine and makes its report. Holds what lives from
 * one sample to the next: the previous one of each window, the caches, the children that are out.
 */

import type { Moment } from "../base/units.ts";
import { createUserNames } from "../linux/passwd.ts";
import { readPageBytes } from "../linux/proc/auxv.ts";
import { readProcessOwner } from "../linux/proc/pid.ts";
import type { Report } from "../protocol/report.ts";
import { startProbes } from "./filesystems.ts";
import { createMessageFile } from "./message-file.ts";
import { createMessageJournal, findJournalctl } from "./message-journal.ts";
import { createMessageReader, type MessageReader } from "./messages.ts";
import { createHostFacts, readSample, type SampleSources } from "./read-sample.ts";
import { type About, reportFromSamples } from "./report-from-samples.ts";
import type { Sample } from "./sample.ts";
import {
  createStatfsProber,
  type ProbeChild,
  type StatfsAnswer,
  spawnStatfsProbe,
} from "./statfs-probe.ts";

export interface SamplerOptions {
  /** "/", or the top of a fixture tree. */
  readonly root: string;
  readonly about: About;
  /** `messages = false` switches the messages off. */
  readonly messages: boolean;
  /** How to start ourselves, for the hidden command `statfs-probe MOUNT`. */
  readonly executable: readonly string[];
  readonly clock: () => Moment;
  /** For tests: in place of the system call, the children, and the wait for them. */
  readonly statfs?: (path: string) => StatfsAnswer;
  readonly spawnProbe?: (mountPoint: string) => ProbeChild;
  readonly wait?: (ms: number) => Promise<void>;
}

export interface Sampler {
  /** Takes the first sample, and sends out the children; `take` about 0.5 s later has rates. */
  prime(): void;
  /**
   * The report over the time since the last call (or `prime`). Resolves at once when nothing has
   * to be waited for, within 0.2 s for the first report, within 2 s for the next ones. Without
   * `prime` the first has no rates. Not to be called again before it has resolved.
   */
  take(): Promise<Report>;
  /** Begins a window of its own for live reports. */
  primeLive(): void;
  /**
   * The report over the time since the last live sample, at once: without messages, which belong
   * to the interval, and with what the children found last.
   */
  takeLive(): Report;
}

/** The first report is to be out within 1 s of the start (design, section 4). */
const FIRST_PATIENCE_MS = 200;
/** As long as a mount may take to answer; the journal, which may take 5 s, then comes next time. */
const PATIENCE_MS = 2000;

export function createSampler(options: SamplerOptions): Sampler {
  const { root, clock, about } = options;
  const wait = options.wait ?? waitFor;
  const userNames = createUserNames(root);
  const messages = options.messages ? allMessages(root, wait) : undefined;
  const sources: SampleSources = {
    root,
    pageBytes: readPageBytes(root),
    hostFacts: createHostFacts(root),
    prober: createStatfsProber({
      spawn: options.spawnProbe ?? spawnStatfsProbe(options.executable),
      wait,
    }),
    ...(options.statfs === undefined ? {} : { statfs: options.statfs }),
  };
  let previous: Sample | undefined;
  let previousLive: Sample | undefined;
  let taken = 0;

  function startChildren(): void {
    // Those that `prime` sent out serve the first report.
    if (previous === undefined || taken > 0) {
      startProbes(root, sources.prober, clock().elapsedMs);
    }
    messages?.start();
  }

  function reportOver(before: Sample | undefined, current: Sample): Report {
    return reportFromSamples({
      previous: before,
      current,
      about,
      pageBytes: sources.pageBytes,
      userOf: (pid) => {
        const uid = readProcessOwner(root, pid);
        return uid === undefined ? undefined : userNames(uid);
      },
    });
  }

  return {
    prime() {
      startChildren();
      previous = readSample(sources, clock());
    },
    async take() {
      startChildren();
      const patienceMs = taken === 0 ? FIRST_PATIENCE_MS : PATIENCE_MS;
      await Promise.all([sources.prober.settle(patienceMs), messages?.settle(patienceMs)]);
      const current = readSample(
        messages === undefined ? sources : { ...sources, messages },
        clock(),
      );
      const report = reportOver(previous, current);
      previous = current;
      taken += 1;
      return report;
    },
    primeLive() {
      previousLive = readSample(sources, clock());
    },
    takeLive() {
      const current = readSample(sources, clock());
      const report = reportOver(previousLive, current);
      previousLive = current;
      return report;
    },
  };
}

function allMessages(root: string, wait: (ms: number) => Promise<void>): MessageReader {
  return createMessageReader({
    sources: [
      createMessageFile(root, "/var/log/messages"),
      createMessageFile(root, "/var/log/syslog"),
      createMessageJournal(findJournalctl(root)),
    ],
    wait,
  });
}

function waitFor(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
