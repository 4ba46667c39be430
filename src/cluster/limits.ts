/**
 * The numbers of the core, each with the reason for its value. docs/protocol.md lists for other programs
 * those that peers rely on.
 */

export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

// Ticks and suspension

/** The shell ticks at least this often; otherwise the core could not tell a suspension from idleness. */
export const TICK_PROMISE_MS = SECOND;
/**
 * A call that comes later than promised by more than this follows a suspension, and moves all deadlines by
 * the gap. A busy machine is late by less.
 */
export const SUSPENSION_MS = 5 * SECOND;
/**
 * After a suspension all machines are asked for fresh reports within this time: spread, and long enough
 * for a network that needs some seconds to come back.
 */
export const WAKE_SPREAD_MS = 15 * SECOND;

// Budgets: packets a second

/** Questions of all kinds together: a thousand machines that are new are all asked within 5 s. */
export const MAX_QUESTIONS_PER_SECOND = 200;
/** The same while somebody watches: a thousand machines are asked every 2 s. */
export const MAX_WATCHING_QUESTIONS_PER_SECOND = 500;
/** Questions to candidates: a quarter of all, so that invented addresses cannot delay known machines. */
export const MAX_CANDIDATE_QUESTIONS_PER_SECOND = 50;
/** Questions to machines that are silent, stopped or down: a tenth, as most of them go to nobody. */
export const MAX_QUIET_QUESTIONS_PER_SECOND = 20;
/**
 * Questions that test removal requests. A separate budget of the same size, so that a backlog of machines
 * that are down cannot delay a removal.
 */
export const MAX_REMOVAL_QUESTIONS_PER_SECOND = 20;
/** Queries of the first round of a scan: a network of 254 addresses takes 2.5 s, one of 1,022 takes 10 s. */
export const MAX_SCANS_PER_SECOND = 100;
/** Packets of address lists, and of removal notices: like the scan, they can wait. */
export const MAX_LIST_PACKETS_PER_SECOND = 100;
/** Packets sent because somebody asked: all of a thousand machines may ask twice in one second. */
export const MAX_ANSWERS_PER_SECOND = 2000;

// Questions and their repeats

/**
 * An unanswered question is repeated after each of these pauses but the last, at whose end the machine is
 * silent. Four questions, as packets get lost; 11 s in all.
 */
export const RETRY_PAUSES_MS: readonly number[] = [1000, 2000, 4000, 4000];
/** A candidate is asked six times within half a minute, and then dropped. */
export const CANDIDATE_PAUSES_MS: readonly number[] = [1000, 2000, 4000, 8000, 16_000, 10_000];
/** How long after it was last sent a question may be answered: more than any network delays a packet. */
export const QUESTION_OPEN_MS = 10 * SECOND;
/**
 * A protocol-1 machine may ignore a request that finds nothing new. Within its interval it is
 * therefore asked just twice in a row, since the second question is the bare `>` that some programs need.
 */
export const PATIENT_QUESTIONS = 2;
/** Quiet machines are asked every 10 s for 5 min, every 60 s for an hour, then once an interval. */
export const QUIET_PAUSES: readonly { readonly untilMs: number; readonly pauseMs: number }[] = [
  { untilMs: 5 * MINUTE, pauseMs: 10 * SECOND },
  { untilMs: HOUR, pauseMs: MINUTE },
];
/** A quiet machine that sends something is asked at once, but at most this often, whatever is forged. */
export const NUDGE_PAUSE_MS = SECOND;
/** A machine that is up and seems to have restarted is asked at once, but at most this often. */
export const RESTART_CHECK_PAUSE_MS = 5 * SECOND;
/**
 * A query from a machine that has answered within this time is no sign of a restart: a young machine
 * queries those it knows for a minute and a half. One that has restarted asks a question as well.
 */
export const CONFIRMED_MS = 2 * MINUTE;
/** A probe asks three times: all three are seldom lost, and the address may be nobody's by now. */
export const PROBES = 3;

// Goodbyes

/** A goodbye is tested by one question after this time, in which the daemon that said it ends. */
export const GOODBYE_TEST_MS = 2 * SECOND;
/** How long the answer to that question is waited for. */
export const GOODBYE_WAIT_MS = 2 * SECOND;
/** Protocol-1 reports that are held at a time; of a further machine the next report counts. */
export const MAX_EARLY_REPORTS_V1 = 64;

// Discovery

/** How long the scan pauses after the first list: enough for two retries of a question to its sender. */
export const SCAN_HOLD_MS = 3 * SECOND;
/** The pace of a scan that has gone round once and found nobody: too slow to disturb anyone. */
export const SLOW_SCAN_MS = SECOND;
/**
 * Random addresses of the scan range that are queried at each broadcast, so that two halves of a network
 * meet: two groups of 15 among 1,022 addresses do within 18 intervals.
 */
export const RESCAN_SAMPLE = 4;
/** A machine younger than this may have missed others that started at the same time. */
export const YOUNG_MS = 5 * MINUTE;
/** A young machine asks for lists after these pauses, from the first again whenever it meets a machine. */
export const LIST_PULL_PAUSES_MS: readonly number[] = [1, 2, 4, 8, 16, 32].map((n) => n * SECOND);
/** About this many of the older machines ask a newcomer for its list, so that not all of them do. */
export const LIST_PULLS_OF_NEWCOMER = 8;
/** The address list is broadcast once in so many intervals, as by the program of 2005. */
export const BROADCAST_INTERVALS = 3;
/** Random protocol-2 machines that each broadcast goes to: enough to reach all within a few. */
export const LIST_SAMPLE = 50;
/** As many as machines: a list that names a whole network fits. */
export const MAX_CANDIDATES = 4096;

// Watching

/** How often each machine is asked while somebody watches… */
export const WATCHING_PERIOD_MS = 2 * SECOND;
/** …as long as these questions are no more a second; the rest of the 500 is for retries and scans. */
export const WATCHING_QUESTIONS_PLANNED = 400;
/** A machine without a new live report is asked again after this time: making the first takes 0.5 s… */
export const WATCHING_HURRY_MS = 600;
/** …at most so often in a row: a machine that has none after 1.8 s will have none soon. */
export const WATCHING_HURRIES = 3;
/**
 * All who ask within this time share a live sample. A little less than the 2 s between a watcher's
 * questions: one that comes early must not get the same sample as the one before.
 */
export const LIVE_SHARED_MS = 1750;
/** Live samples are at least so many times their own cost apart: 2 % of a core. */
export const LIVE_COST_FACTOR = 50;
/** Within this time after a live sample the next one can be made at once, as there are rates since then. */
export const LIVE_WARM_MS = 10 * SECOND;
/** How long an answer waits for a live sample that is being taken; the question is repeated after 1 s. */
export const LIVE_WAIT_MS = 200;
/** Answers that wait for it: more watchers than there ever are. Further ones are answered without it. */
export const MAX_LIVE_WAITING = 64;
/** How long a live report is shown: longer than the 15 s between two where a sample costs 0.3 s. */
export const LIVE_FRESH_MS = 20 * SECOND;

// Removal

/**
 * A machine that another one wants removed is asked so often, a second apart, before it is. Where a fifth
 * of the packets is lost each way, a living machine answers none in 1 of 3,500 cases, and it must have
 * been silent before.
 */
export const REMOVAL_QUESTIONS = 8;
/** How long the answer to the last of them is waited for. */
export const REMOVAL_WAIT_MS = 2 * SECOND;
/** A machine that has answered within this time is not asked again because of a removal request. */
export const REMOVAL_REST_MS = 10 * SECOND;
/** The machine whose user removed another tells all others after each of these pauses: packets get lost. */
export const REMOVAL_NOTICE_PAUSES_MS: readonly number[] = [0, 10 * SECOND, 20 * SECOND];
/** A machine that was told, and found it true, tells this many: enough to reach all, too few for a storm. */
export const REMOVAL_NOTICE_RECIPIENTS = 8;
/** Removals under test, and notices under way: more than anybody scraps at once. Further ones are dropped. */
export const MAX_REMOVALS = 256;

// The ring

/** Each machine tests so many successors in the ring of ids: one may be down itself… */
export const RING_SUCCESSORS = 2;
/** …and each of them this often, so that each machine is tested every 2 s on average. */
export const RING_PERIOD_MS = 4 * SECOND;
/** How far a turn is moved at most, to test a machine halfway between the turns of its other tester. */
export const RING_STEER_MS = RING_PERIOD_MS / 10;
/**
 * A quick question is repeated after this time: longer than the round trip on a bad Wi-Fi, so that only
 * lost questions are repeated. A later answer still counts, until the test is over.
 */
export const RING_WAIT_MS = 270;
/**
 * After so many questions without an answer, 0.8 s, the others are told to ask as well. Where a twentieth of
 * the packets is lost each way, a living machine causes that in 1 of 1,100 tests. With two questions in the
 * same time it would be 1 of 105, and hints would be more than half of the traffic of a hundred machines.
 */
export const RING_MISSES = 3;
/** The others call the machine silent after so many questions, 1.6 s: wrongly in 1 of a million cases. */
export const RING_QUESTIONS = 6;
/**
 * The machine that sent the hint keeps asking as long as those it told, so that none reaches a verdict
 * first: a machine that lacks the CPU for 2.4 s is called silent by none, and a death is still noticed
 * by all at the same time.
 */
export const RING_TURN_QUESTIONS = RING_MISSES + RING_QUESTIONS;
/** A machine that gets a hint begins within this time, so that not all ask at once. */
export const HINT_SPREAD_MS = 500;
/** Tests because of hints begin at most this often, whoever sends hints and however many. */
export const HINT_REST_MS = 10 * SECOND;
/** A hint is sent twice, this long apart, as packets get lost; not if an answer has come meanwhile. */
export const HINT_AGAIN_MS = 250;
/**
 * A machine that has heard nobody for this long sends no hints: it may be cut off itself. While it is not,
 * it hears the two that test it, and the two that it tests, within 4.4 s.
 */
export const HEARD_NOBODY_MS = 5 * SECOND;
/** Instead it tests all machines that are up, spread over this time, to see whether it has lost them all. */
export const HEARD_NOBODY_SPREAD_MS = 2 * SECOND;
/** When this machine itself is later than this, an answer may be waiting in the socket… */
export const RING_LATE_MS = 200;
/** …and is given this time to be read before it counts as missing. */
export const RING_GRACE_MS = 100;
/** How long after that this machine, and its neighbours with it, are taken to lack the CPU. */
export const CPU_LACK_MS = 10 * SECOND;
/**
 * Quick questions a second, apart from the others: a machine that is cut off sends six to each of a thousand
 * in 13 s. They take turns, so that nearly all fall silent at the end, within `CUT_OFF_WINDOW_MS`.
 */
export const MAX_RING_QUESTIONS_PER_SECOND = 500;
/** Machines that one machine tells the others to ask, a second. */
export const MAX_HINTED_PER_SECOND = 20;
/** Packets of hints: a thousand machines are told within a second. */
export const MAX_HINT_PACKETS_PER_SECOND = 1000;
/** Broadcasts of hints under way; there is seldom more than one. */
export const MAX_HINTS_UNDER_WAY = 20;
/** If more than half of the others fall silent within this time, this machine is cut off… */
export const CUT_OFF_WINDOW_MS = 10 * SECOND;
/** …provided that there were at least so many: of two, both may well be switched off. */
export const CUT_OFF_LEAST_OTHERS = 3;

// States

/** A machine is down when it has not been heard of for so many intervals, as in the program of 2005. */
export const DOWN_INTERVALS = 3;
/**
 * No machine is down sooner, however short the interval: a question and its repeats take 11 s, and a pause
 * of this machine that is no suspension yet takes up to 6 s of the time after an answer.
 */
export const MIN_DOWN_MS = 15 * SECOND;
/** No machine is down before it has left a question unanswered for this long, with this machine awake. */
export const ANSWER_WAIT_MS = 2 * SECOND;
/** A machine that is down or stopped is forgotten after so many intervals: 10 days by default. */
export const FORGET_INTERVALS = 1440;
/** The interval of a protocol-1 machine until its reports have shown it: the default of 2005. */
export const DEFAULT_INTERVAL_MS = 600 * SECOND;
/**
 * Protocol-1 answers for this long, and no answer to a question meanwhile, show that a program of protocol 1
 * has taken the place of a protocol-2 machine. A few at once may come from that machine itself: after a
 * stop it answers all bare requests that waited, ours and those that somebody sent in our name.
 */
export const V1_TAKEOVER_MS = QUESTION_OPEN_MS;
/**
 * A machine that speaks in the open in a sealed network is named for three intervals, at least for those
 * of the default of 2005: nobody knows its interval, as it is not heard.
 */
export const UNSEALED_SENDER_MS = 3 * DEFAULT_INTERVAL_MS;

// Caps

/** Senders whose packets are counted; as many as machines. The least recently heard makes room. */
export const MAX_SOURCES = 4096;
/**
 * Senders whose unreadable packets are told apart for the log; the others are counted together. Also those
 * that are named because they speak in the open in a sealed network.
 */
export const MAX_NAMED_SENDERS = 64;
/** Packets from an unknown address: more than a machine that joins sends. */
export const UNKNOWN_SOURCE = { burst: 20, perSecond: 5 } as const;
/** Packets from a known machine: its questions, ring questions, hints and lists at their busiest. */
export const KNOWN_SOURCE = { burst: 50, perSecond: 50 } as const;
/** Addresses of a machine; one that is on more networks is asked on those that answered last. */
export const MAX_ADDRESSES = 8;
/** Restarts remembered of a machine, so that late packets of an earlier incarnation are recognised. */
export const MAX_RETIRED_INCARNATIONS = 8;
/** Machines shown under one id: enough to see that a disk image was copied with its state. */
export const MAX_CLONES = 4;
/** Two incarnations that take turns are clones only when the older one has answered so often since. */
export const CLONE_PROOFS = 2;
/** New machines believed at one address within an interval: a reinstalled machine is one, a liar is many. */
export const MAX_MET_AT_ADDRESS = 4;
/** The least time that this holds for, where the interval is shorter. */
export const MIN_MET_MS = MINUTE;
/** Machines kept that had one address and have no other: more than pass through an address in ten days. */
export const MAX_FORMER_AT_ADDRESS = 8;
/** Our own addresses, as we met ourselves there or others tell them: more than any machine has. */
export const MAX_OWN_ADDRESSES = 64;
/**
 * How long an address at which we met ourselves is taken for ours: it may be given to another machine
 * (DHCP), and two machines that have swapped addresses would each hold the other's for its own. Finding out
 * anew costs one question.
 */
export const OWN_ADDRESS_MS = 2 * MINUTE;
