/** What the core may send in a second, for each purpose (design 6.3). */
import {
  MAX_ANSWERS_PER_SECOND,
  MAX_CANDIDATE_QUESTIONS_PER_SECOND,
  MAX_HINT_PACKETS_PER_SECOND,
  MAX_HINTED_PER_SECOND,
  MAX_LIST_PACKETS_PER_SECOND,
  MAX_QUESTIONS_PER_SECOND,
  MAX_QUIET_QUESTIONS_PER_SECOND,
  MAX_REMOVAL_QUESTIONS_PER_SECOND,
  MAX_RING_QUESTIONS_PER_SECOND,
  MAX_SCANS_PER_SECOND,
} from "../limits.ts";
import { RateWindow } from "./rate-window.ts";
import { steadyBucket, type TokenBucket } from "./token-bucket.ts";

export interface Budget {
  /** Questions of all kinds; those of the next three count here, too. */
  readonly questions: TokenBucket;
  readonly candidates: TokenBucket;
  readonly quiet: TokenBucket;
  readonly removal: TokenBucket;
  /** Quick questions. */
  readonly ring: TokenBucket;
  /** Machines named in hints. */
  readonly hinted: TokenBucket;
  /** Packets of hints. */
  readonly hints: TokenBucket;
  readonly scans: TokenBucket;
  readonly lists: TokenBucket;
  readonly answers: RateWindow;
}

export function createBudget(nowMs: number): Budget {
  return {
    questions: steadyBucket(MAX_QUESTIONS_PER_SECOND, nowMs),
    candidates: steadyBucket(MAX_CANDIDATE_QUESTIONS_PER_SECOND, nowMs),
    quiet: steadyBucket(MAX_QUIET_QUESTIONS_PER_SECOND, nowMs),
    removal: steadyBucket(MAX_REMOVAL_QUESTIONS_PER_SECOND, nowMs),
    ring: steadyBucket(MAX_RING_QUESTIONS_PER_SECOND, nowMs),
    hinted: steadyBucket(MAX_HINTED_PER_SECOND, nowMs),
    hints: steadyBucket(MAX_HINT_PACKETS_PER_SECOND, nowMs),
    scans: steadyBucket(MAX_SCANS_PER_SECOND, nowMs),
    lists: steadyBucket(MAX_LIST_PACKETS_PER_SECOND, nowMs),
    // A whole network may ask at once, and all of it gets an answer.
    answers: new RateWindow({ most: MAX_ANSWERS_PER_SECOND }),
  };
}
