/** The core's numbers, each with its reason. Rates and caps are those of design 6.3. */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** The shell ticks at least this often, or the core could not tell a suspension from idleness. */
export const TICK_PROMISE_MS = SECOND;
/** A call that is later than promised by more than this shifts all deadlines by the gap. */
export const SUSPENSION_MS = 5 * SECOND;

/**
 * After a suspension all machines are asked for fresh reports within this time: not all at once,
 * since the network may take some seconds to be there again.
 */
export const WAKE_SPREAD_MS = 15 * SECOND;

/** Questions a second, of all kinds together… */
export const MAX_QUESTIONS_PER_SECOND = 200;
/** …and while somebody watches (design 6.5). */
export const MAX_WATCHING_QUESTIONS_PER_SECOND = 500;
/** Of them to candidates. */
export const MAX_CANDIDATE_QUESTIONS_PER_SECOND = 50;
/** Of them to machines that are silent, stopped or down. */
export const MAX_QUIET_QUESTIONS_PER_SECOND = 20;
/** Of them to machines that somebody calls scrapped: many others that are down hold them not up. */
export const MAX_REMOVAL_QUESTIONS_PER_SECOND = 20;
/** Initial queries of the first round of a scan. */
export const MAX_SCANS_PER_SECOND = 100;
/** So long it waits for whoever was the first to answer with a list: the second repeat of a question. */
export const SCAN_HOLD_MS = 3 * SECOND;
/** Packets of lists sent to the network: like the scan, a background matter. */
export const MAX_LIST_PACKETS_PER_SECOND = 100;
/** Packets sent because somebody asked. */
export const MAX_ANSWERS_PER_SECOND = 2000;

/** An unanswered question is repeated after these pauses, and given up after the last. */
export const RETRY_PAUSES_MS: readonly number[] = [1000, 2000, 4000, 4000];
/** A candidate is asked six times within half a minute, then forgotten. */
export const CANDIDATE_PAUSES_MS: readonly number[] = [1000, 2000, 4000, 8000, 16_000, 10_000];
/** How long after it was last sent an answer to a question still counts. */
export const QUESTION_OPEN_MS = 10 * SECOND;
/**
 * A protocol-1 machine may ignore a request that finds nothing new (6.1). Within its interval it
 * is asked just twice, in case it takes only a bare `>`, and then again after an eighth of it.
 */
export const PATIENT_QUESTIONS = 2;

/** Quiet machines are asked every 10 s for 5 min, every 60 s for an hour, then once an interval. */
export const QUIET_PAUSES: readonly { readonly untilMs: number; readonly pauseMs: number }[] = [
  { untilMs: 5 * MINUTE, pauseMs: 10 * SECOND },
  { untilMs: HOUR, pauseMs: MINUTE },
];
/** A sign of life from a quiet machine makes us ask it at once, but not more often than this. */
export const NUDGE_PAUSE_MS = SECOND;
/** A machine that is up and seems to have started anew is asked at once, at most this often. */
export const RESTART_CHECK_PAUSE_MS = 5 * SECOND;
/**
 * A query from a machine that has answered so lately tells nothing: for a minute and a half the
 * young ask those they know for lists, and whoever has started anew asks a question as well.
 */
export const CONFIRMED_MS = 2 * MINUTE;

/** A machine that is younger than this may have missed others that started with it. */
export const YOUNG_MS = 5 * MINUTE;
/** Lists are asked for after these pauses, from the first again whenever somebody new was met. */
export const LIST_PULL_PAUSES_MS: readonly number[] = [1, 2, 4, 8, 16, 32].map((n) => n * SECOND);
/** Of all the older machines, about so many ask a newcomer for its list. */
export const LIST_PULLS_OF_NEWCOMER = 8;

/** A goodbye is tested by one question after this time… */
export const GOODBYE_TEST_MS = 2 * SECOND;
/** …that may take so long to be answered. */
export const GOODBYE_WAIT_MS = 2 * SECOND;
/** An address that another incarnation of the same id has left is asked so often whether it answers. */
export const PROBES = 3;

/**
 * Answers of protocol 1 for so long, and none to a question meanwhile, show that a program of 2005 has
 * taken the place of a protocol-2 machine. A few at once may come from that one: it goes on after a
 * stop and answers all bare requests that waited, ours and those that somebody sent in our name.
 */
export const V1_TAKEOVER_MS = QUESTION_OPEN_MS;

/** How often a machine is asked while somebody watches, if there are not too many… */
export const WATCHING_PERIOD_MS = 2 * SECOND;
/** …for so many a second: retries, scans and candidates keep room among the 500. */
export const WATCHING_QUESTIONS_PLANNED = 400;
/** A machine that has no live report to give yet is asked again so soon, and so often in a row. */
export const WATCHING_HURRY_MS = 600;
export const WATCHING_HURRIES = 3;

/**
 * All who ask within this time share a live sample. A little under the 2 s of the design: a
 * watcher's question comes now and then early, and must not get what it got before.
 */
export const LIVE_SHARED_MS = 1750;
/** Live samples are at least so many times their own cost apart (design 4): 2 % of a core. */
export const LIVE_COST_FACTOR = 50;
/** Within this time after a live sample the next can be made at once. */
export const LIVE_WARM_MS = 10 * SECOND;
/** An answer waits so long for the live sample that was asked for; the asker repeats after 1 s. */
export const LIVE_WAIT_MS = 200;
/** Answers that wait for it; further ones go without. */
export const MAX_LIVE_WAITING = 64;
/** So long a live report is shown: also that of a machine whose samples must be 15 s apart. */
export const LIVE_FRESH_MS = 20 * SECOND;

/**
 * Who is told that a machine was scrapped asks it so often, a second apart, before it is forgotten:
 * where a fifth of the packets is lost each way, a living one answers none in 1 of 3,500 cases,
 * and it must have been silent before.
 */
export const REMOVAL_QUESTIONS = 8;
/** The last of them may take so long to be answered. */
export const REMOVAL_WAIT_MS = 2 * SECOND;
/** A machine that has answered so lately is not asked again because somebody calls it scrapped. */
export const REMOVAL_REST_MS = 10 * SECOND;
/** Whoever was asked by its user to forget a machine tells all others after these pauses… */
export const REMOVAL_NOTICE_PAUSES_MS: readonly number[] = [0, 10 * SECOND, 20 * SECOND];
/** …and who was told, and found it so, tells so many: enough to reach all, too few for a storm. */
export const REMOVAL_NOTICE_RECIPIENTS = 8;
/** Machines under test, and messages about machines to be passed on: further ones are dropped. */
export const MAX_REMOVALS = 256;

/** The ring watch (design 6.6): each machine watches so many successors in the ring of ids… */
export const RING_SUCCESSORS = 2;
/** …and asks each of them this often, so that each machine is asked every 2 s on average. */
export const RING_PERIOD_MS = 4 * SECOND;
/** By so much a turn is put off or brought forward, so that a machine is asked evenly by its two. */
export const RING_STEER_MS = RING_PERIOD_MS / 10;
/**
 * A quick question is repeated after this time: longer than there and back takes on a bad Wi-Fi, so
 * that only what is lost is repeated. One that is answered later still counts, until the test is over.
 */
export const RING_WAIT_MS = 270;
/**
 * After so many without an answer, 0.8 s in all, the others are told to ask as well. Where a twentieth
 * of the packets is lost each way a machine that lives brings that about in 1 of 1,100 turns; two
 * questions in the same time, 1 of 105, make more than half of the traffic of a hundred machines…
 */
export const RING_MISSES = 3;
/** …and they call it silent after so many, 1.6 s: wrongly so in 1 of a million cases. */
export const RING_QUESTIONS = 6;
/**
 * Who has told them goes on for as long as they do, so that nobody is the sooner to judge: a machine
 * that lacks the CPU for 2.4 s is called silent by none, and all notice a death when they did before.
 */
export const RING_TURN_QUESTIONS = RING_MISSES + RING_QUESTIONS;
/** Who is told to ask a machine begins within this time, so that it is not asked by all at once. */
export const HINT_SPREAD_MS = 500;
/** Whoever hints, and however often: questions because of hints begin at most this often. */
export const HINT_REST_MS = 10 * SECOND;
/** A hint is told twice, as packets get lost; not again when an answer has come meanwhile. */
export const HINT_AGAIN_MS = 250;
/** A machine that nothing has come in from for this long tells nobody: it may be cut off itself. It
 * is asked by two, and answered by two, within 4.4 s. */
export const HEARD_NOBODY_MS = 5 * SECOND;
/** It asks all that are up instead, spread over this time, to see whether it has lost them all. */
export const HEARD_NOBODY_SPREAD_MS = 2 * SECOND;
/** When we are later than this ourselves, an answer may wait in the socket… */
export const RING_LATE_MS = 200;
/** …and is given this time to be read before it counts as missing. */
export const RING_GRACE_MS = 100;
/** For so long after that this machine takes itself to lack the CPU, and its neighbours with it. */
export const CPU_LACK_MS = 10 * SECOND;
/**
 * Quick questions, apart from the others: when this one is cut off, six to each of a thousand machines
 * in 13 s. They take turns, so that all fall silent late, nearly all of them within the 10 s below.
 */
export const MAX_RING_QUESTIONS_PER_SECOND = 500;
/** Machines that others are told to ask (design 6.6). */
export const MAX_HINTED_PER_SECOND = 20;
/** Packets of hints: all of a thousand machines are told within a second. */
export const MAX_HINT_PACKETS_PER_SECOND = 1000;
/** Hints under way to all; there is seldom more than one. */
export const MAX_HINTS_UNDER_WAY = 20;

/** More than half of so many others fall silent within this time: it is this machine (design 6.6). */
export const CUT_OFF_WINDOW_MS = 10 * SECOND;
export const CUT_OFF_LEAST_OTHERS = 3;

export const DOWN_INTERVALS = 3;
/**
 * However short the interval: a question and its repeats take 11 s, and a pause of this machine
 * that is no suspension yet takes 6 s of the time after an answer.
 */
export const MIN_DOWN_MS = 15 * SECOND;
/** Nobody is down before a question has been unanswered for so long, with this machine awake. */
export const ANSWER_WAIT_MS = 2 * SECOND;
export const FORGET_INTERVALS = 1440;
export const BROADCAST_INTERVALS = 3;
/** The interval of a protocol-1 peer until its reports have shown it: the default of 2005. */
export const DEFAULT_INTERVAL_MS = 600 * SECOND;

/** Protocol-2 peers that a list goes to each time. */
export const LIST_SAMPLE = 50;
/** Random addresses of the scan range asked at each broadcast, so that halves meet. */
export const RESCAN_SAMPLE = 4;
/** The pace of a scan that has gone round once and found nobody. */
export const SLOW_SCAN_MS = SECOND;

export const MAX_CANDIDATES = 4096;
export const MAX_SOURCES = 4096;
/** Senders whose unreadable packets are told apart for the log; of the others only the sum. */
export const MAX_NAMED_SENDERS = 64;
export const UNKNOWN_SOURCE = { burst: 20, perSecond: 5 } as const;
export const KNOWN_SOURCE = { burst: 50, perSecond: 50 } as const;
/** A machine on more networks than this is asked on those that answered last. */
export const MAX_ADDRESSES = 8;
export const MAX_RETIRED_INCARNATIONS = 8;
export const MAX_CLONES = 4;
/** Machines believed to be met at one address within an interval, a minute at least. */
export const MAX_MET_AT_ADDRESS = 4;
export const MIN_MET_MS = MINUTE;
/** Machines that had an address and have no other: more than move through it in ten days. */
export const MAX_FORMER_AT_ADDRESS = 8;
/** Our own addresses, as we met ourselves or others tell them; more than any machine here has. */
export const MAX_OWN_ADDRESSES = 64;
/**
 * An address of ours may be given to another machine (DHCP). Two that have swapped theirs would each
 * hold the other's for its own as long as this; to find out anew costs one question.
 */
export const OWN_ADDRESS_MS = 2 * MINUTE;
/** Two incarnations that take turns are clones only when the older has answered so often since. */
export const CLONE_PROOFS = 2;
