/** What the core may send in a second, for each purpose. */
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
import { TokenBucket } from "./token-bucket.ts";

export type Budget = ReturnType<typeof createBudget>;

export function createBudget(nowMs: number) {
  return {
    /** Questions of all kinds; those of the next three count here, too. */
    questions: new TokenBucket(MAX_QUESTIONS_PER_SECOND, nowMs),
    candidates: new TokenBucket(MAX_CANDIDATE_QUESTIONS_PER_SECOND, nowMs),
    quiet: new TokenBucket(MAX_QUIET_QUESTIONS_PER_SECOND, nowMs),
    removal: new TokenBucket(MAX_REMOVAL_QUESTIONS_PER_SECOND, nowMs),
    /** Quick questions. */
    ring: new TokenBucket(MAX_RING_QUESTIONS_PER_SECOND, nowMs),
    /** Machines named in hints. */
    hinted: new TokenBucket(MAX_HINTED_PER_SECOND, nowMs),
    /** Packets of hints. */
    hints: new TokenBucket(MAX_HINT_PACKETS_PER_SECOND, nowMs),
    scans: new TokenBucket(MAX_SCANS_PER_SECOND, nowMs),
    lists: new TokenBucket(MAX_LIST_PACKETS_PER_SECOND, nowMs),
    // A whole network may ask at once, and all of it gets an answer.
    answers: new RateWindow(MAX_ANSWERS_PER_SECOND),
  };
}
