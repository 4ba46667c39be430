import { describe, expect, test } from "bun:test";
import * as limits from "../../src/cluster/limits.ts";
import { createBudget } from "../../src/cluster/pacing/budget.ts";
import { MOST_PEERS } from "../../src/config/options.ts";
import { decodeMessage } from "../../src/protocol/decode.ts";
import * as wire from "../../src/protocol/limits.ts";
import type { Message } from "../../src/protocol/message.ts";
import { DOCUMENT, decode, jsonPacket, packet, reportOf, SIGNATURE, table } from "./document.ts";
import { encodeMessage } from "./encode-message.ts";

describe("the limits of docs/protocol.md", () => {
  const perSecond = (count: number) => `${count.toLocaleString("en")} a second`;
  const source = (bucket: { readonly burst: number; readonly perSecond: number }) =>
    `${bucket.burst} at once, then ${bucket.perSecond} a second`;

  test("are the rates that the core keeps", () => {
    expect(table("### Rates").map((row) => row["at most"])).toEqual([
      perSecond(limits.MAX_QUESTIONS_PER_SECOND),
      perSecond(limits.MAX_WATCHING_QUESTIONS_PER_SECOND),
      perSecond(limits.MAX_CANDIDATE_QUESTIONS_PER_SECOND),
      perSecond(limits.MAX_QUIET_QUESTIONS_PER_SECOND),
      perSecond(limits.MAX_REMOVAL_QUESTIONS_PER_SECOND),
      perSecond(limits.MAX_RING_QUESTIONS_PER_SECOND),
      perSecond(limits.MAX_HINTED_PER_SECOND),
      perSecond(limits.MAX_HINT_PACKETS_PER_SECOND),
      perSecond(limits.MAX_SCANS_PER_SECOND),
      `${limits.MAX_LIST_PACKETS_PER_SECOND} packets a second`,
      perSecond(limits.MAX_ANSWERS_PER_SECOND),
      source(limits.UNKNOWN_SOURCE),
      source(limits.KNOWN_SOURCE),
      "1 a minute for each reason",
    ]);
  });

  test("let a tenth of the questions through at once and nine tenths a second, and all answers at once", () => {
    const budget = createBudget(0);
    const taken = (name: keyof typeof budget, nowMs: number) => {
      let count = 0;
      while (budget[name].take(nowMs)) count++;
      return count;
    };
    const { MAX_QUESTIONS_PER_SECOND: questions, MAX_ANSWERS_PER_SECOND: replies } = limits;
    expect([taken("questions", 0), taken("answers", 0)]).toEqual([questions / 10, replies]);
    let [refilled, replied] = [0, 0];
    for (let nowMs = 10; nowMs <= 1000; nowMs += 10) {
      refilled += taken("questions", nowMs);
      replied += taken("answers", nowMs);
    }
    expect(Math.abs(refilled - questions * 0.9)).toBeLessThanOrEqual(1);
    expect(replied).toBe(replies);
  });

  test("are the numbers that the core keeps", () => {
    const numbers = table("### Numbers").map((row) => row["at most"]?.split(";")[0]);
    const kept = [
      MOST_PEERS,
      limits.MAX_CANDIDATES,
      limits.MAX_SOURCES,
      limits.MAX_ADDRESSES,
      limits.MAX_RETIRED_INCARNATIONS,
      limits.MAX_CLONES,
      limits.MAX_MET_AT_ADDRESS,
      limits.MAX_FORMER_AT_ADDRESS,
      limits.MAX_REMOVALS,
      limits.MAX_HINTS_UNDER_WAY,
      limits.MAX_LIVE_WAITING,
    ];
    expect(numbers).toEqual(kept.map((count) => count.toLocaleString("en")));
  });

  const seconds = (pausesMs: readonly number[]) => pausesMs.map((ms) => ms / limits.SECOND);
  const inWords = (counts: readonly number[]) =>
    `${counts.slice(0, -1).join(", ")} and ${counts.at(-1)} s`;
  const [soon, later] = limits.QUIET_PAUSES;

  test.each([
    `asked ${limits.CANDIDATE_PAUSES_MS.length} times: at once and after ` +
      `${inWords(seconds(limits.CANDIDATE_PAUSES_MS.slice(0, -1)))}; ` +
      `${seconds(limits.CANDIDATE_PAUSES_MS).at(-1)} s later it is forgotten`,
    `repeated after ${inWords(seconds(limits.RETRY_PAUSES_MS.slice(0, -1)))}, on its addresses in turn; ` +
      `${seconds(limits.RETRY_PAUSES_MS).at(-1)} s later it is silent`,
    `${limits.RETRY_PAUSES_MS.length} questions left unanswered`,
    `up to ${limits.QUESTION_OPEN_MS / limits.SECOND} s after that question was last sent`,
    `until they have come for ${limits.V1_TAKEOVER_MS / limits.SECOND} s without an answer`,
    `answers questions asked after its end, ${limits.CLONE_PROOFS === 2 ? "twice" : limits.CLONE_PROOFS},`,
    `us ask it as soon as ${limits.NUDGE_PAUSE_MS / limits.SECOND} s has passed since we last did`,
    `from one that is up as soon as ${limits.RESTART_CHECK_PAUSE_MS / limits.SECOND} s have`,
    `that has answered within ${limits.CONFIRMED_MS / limits.MINUTE} min neither does a query`,
    `on waking it calls nobody silent or down, and asks all within ${limits.WAKE_SPREAD_MS / limits.SECOND} s`,
    `a tick over ${limits.SUSPENSION_MS / limits.SECOND} s late`,
    `up to ${Number(soon?.untilMs) / limits.MINUTE} min | every ${Number(soon?.pauseMs) / limits.SECOND} s |`,
    `up to ${Number(later?.untilMs) / limits.MINUTE} min | every ${Number(later?.pauseMs) / limits.SECOND} s |`,
    `In the first ${limits.YOUNG_MS / limits.MINUTE} min a machine`,
    `about ${inWords(seconds(limits.LIST_PULL_PAUSES_MS))} later`,
    `sends a query to ${limits.RESCAN_SAMPLE} random addresses of the scan range as well`,
    `holds the scan up for ${limits.SCAN_HOLD_MS / limits.SECOND} s, once`,
    `only about ${limits.LIST_PULLS_OF_NEWCOMER} do`,
    `Every ${limits.BROADCAST_INTERVALS} intervals (0.9 to 1.1 of that) the list`,
    `to ${limits.LIST_SAMPLE} random live ones of protocol 2, and ${limits.RESCAN_SAMPLE} random addresses`,
    `the question ${limits.GOODBYE_TEST_MS / limits.SECOND} s later stayed unanswered for ${limits.GOODBYE_WAIT_MS / limits.SECOND} s`,
    `up or silent; again ${seconds(limits.REMOVAL_NOTICE_PAUSES_MS)[1]} s later, ` +
      `and ${seconds(limits.REMOVAL_NOTICE_PAUSES_MS)[2]} s after that`,
    `about one that has not for ${limits.REMOVAL_REST_MS / limits.SECOND} s`,
    `it gets ${limits.REMOVAL_QUESTIONS} questions, 1 s apart. If none is answered within ` +
      `${limits.REMOVAL_WAIT_MS / limits.SECOND} s of the last`,
    `passed on, once, to ${limits.REMOVAL_NOTICE_RECIPIENTS} random peers`,
    `each protocol-2 machine that is up every ${limits.WATCHING_PERIOD_MS / limits.SECOND} s (at more ` +
      `than ${(limits.WATCHING_QUESTIONS_PLANNED * limits.WATCHING_PERIOD_MS) / limits.SECOND} machines, ` +
      `${limits.WATCHING_QUESTIONS_PLANNED} a second in turn)`,
    `of the last ${limits.LIVE_SHARED_MS / limits.SECOND} s in what comes back, the next question ` +
      `follows after ${limits.WATCHING_HURRY_MS / limits.SECOND} s, up to ${limits.WATCHING_HURRIES} times`,
    `older than ${limits.LIVE_SHARED_MS / limits.SECOND} s, makes a new one`,
    `if that was over ${limits.LIVE_WARM_MS / limits.SECOND} s ago`,
    `may wait for it, up to ${limits.LIVE_WAIT_MS / limits.SECOND} s`,
    `at least ${limits.LIVE_COST_FACTOR} times as far apart`,
    `shown for ${limits.LIVE_FRESH_MS / limits.SECOND} s from when it was made`,
    `not heard of for ${limits.DOWN_INTERVALS} intervals, at least ` +
      `${limits.MIN_DOWN_MS / limits.SECOND} s, and a question unanswered for ` +
      `${limits.ANSWER_WAIT_MS / limits.SECOND} s |`,
    `a quick question every ${limits.RING_PERIOD_MS / limits.SECOND} s, one ` +
      `${limits.RING_PERIOD_MS / limits.RING_SUCCESSORS / limits.SECOND} s after the other`,
    `by ${limits.RING_STEER_MS / limits.SECOND} s at most each time`,
    `up to ${limits.RING_TURN_QUESTIONS} quick questions with one number, each ` +
      `${limits.RING_WAIT_MS / limits.SECOND} s after the one before`,
    `has gone ${(limits.RING_MISSES * limits.RING_WAIT_MS) / limits.SECOND} s without an answer`,
    `and again ${limits.HINT_AGAIN_MS / limits.SECOND} s later`,
    `nothing has come in from anybody for ${limits.HEARD_NOBODY_MS / limits.SECOND} s`,
    `tests all others, within ${limits.HEARD_NOBODY_SPREAD_MS / limits.SECOND} s`,
    `After 0 to ${limits.HINT_SPREAD_MS / limits.SECOND} s the receiver tests them, by ` +
      `${limits.RING_QUESTIONS} questions, as the sender has asked ${limits.RING_MISSES}; but no ` +
      `machine more than once in ${limits.HINT_REST_MS / limits.SECOND} s`,
    `when they are over, with ${limits.RING_TURN_QUESTIONS}. Hints in the ` +
      `${limits.CPU_LACK_MS / limits.SECOND} s after the receiver itself was over ` +
      `${limits.RING_LATE_MS / limits.SECOND} s late mean ${limits.RING_TURN_QUESTIONS}, too`,
    `takes no turn for ${limits.WAKE_SPREAD_MS / limits.SECOND} s`,
    `not heard of for ${limits.FORGET_INTERVALS.toLocaleString("en")} intervals`,
  ])('are stated in the words "%s"', (words) => {
    expect(DOCUMENT.replace(/\s+/g, " ").includes(words)).toBe(true);
  });
});

describe("the sizes of docs/protocol.md", () => {
  const sizes = new Map(
    table("### Sizes").map((row) => [row["packet"], { sent: figure(row["sent, at most"]), row }]),
  );
  const LONGEST_SIGNATURE = "s".repeat(200);
  const addresses = Array.from(
    { length: 700 },
    (_one, index) => `10.${index >> 8}.1.${index & 255}`,
  );
  const long = Array.from({ length: 5 }, (_one, index) => String(index).repeat(1000));
  const answer = decode(packet("answer-full")) as Extract<Message, { kind: "answer" }>;
  const report = { ...reportOf(answer), messages: long };
  const id = "f".repeat(16);
  const most = Number.MAX_SAFE_INTEGER;
  const asked = {
    ...{ question: most, id, incarnation: id, sequence: most },
    ...{ liveSequence: most, watching: true },
  };
  const messages: Readonly<Record<string, Message>> = {
    list: { kind: "address-list", addresses, skipped: 0 },
    hint: { kind: "hint", addresses },
    "protocol-1 report": { kind: "report-v1", report, wallSeconds: 0 },
    answer: { ...answer, report },
    question: { kind: "question", ...asked },
    goodbye: { kind: "goodbye", id, incarnation: id },
    forget: { kind: "removal-request", id, incarnation: id },
    "quick question": { kind: "ring-question", number: 2 ** 48 - 1 },
    "quick answer": { kind: "ring-answer", number: 2 ** 48 - 1, incarnationStart: id.slice(0, 8) },
  };

  test("are those at which the codec cuts", () => {
    const sent = [...sizes.values()].slice(0, 4).map((size) => size.sent);
    const { MAX_LIST_BYTES, MAX_REPORT_V1_BYTES, MAX_ANSWER_BYTES } = wire;
    expect(sent).toEqual([MAX_LIST_BYTES, MAX_LIST_BYTES, MAX_REPORT_V1_BYTES, MAX_ANSWER_BYTES]);
  });

  test("cover every packet that has a limit", () => {
    expect([...sizes.keys()]).toEqual(Object.keys(messages));
  });

  test.each(Object.entries(messages))("hold for the largest %s", (name, message) => {
    const limit = sizes.get(name)?.sent ?? 0;
    for (const signature of ["lab", LONGEST_SIGNATURE]) {
      const lengths = encodeMessage(signature, message).map(({ length }) => length);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(limit);
    }
  });

  test("are the sizes up to which packets are read", () => {
    const padded = (bytes: number) => {
      const empty = JSON.stringify({ question: 1, id: "x", pad: "" });
      return Buffer.from(
        `lab>${JSON.stringify({ question: 1, id: "x", pad: "x".repeat(bytes - empty.length) })}`,
      );
    };
    const most = figure(sizes.get("question")?.row["read, at most"]);
    expect(most).toBe(16_384);
    expect(decodeMessage(padded(most), SIGNATURE).ok).toBe(true);
    expect(decodeMessage(padded(most + 1), SIGNATURE)).toEqual({ ok: false, reason: "too long" });
    const list = decode(Buffer.from(`lab!${addresses.join(" ")}`));
    const words = figure(sizes.get("list")?.row["read, at most"]);
    expect(list).toMatchObject({ addresses: addresses.slice(0, words), skipped: 700 - words });
    const hint = decode(jsonPacket("<", { hint: addresses }));
    const named = figure(sizes.get("hint")?.row["read, at most"]);
    expect(hint).toMatchObject({ addresses: addresses.slice(0, named) });
  });
});

/** The first number of a cell. */
function figure(cell: string | undefined): number {
  return Number(/[\d,]+/.exec(cell ?? "")?.[0].replaceAll(",", ""));
}
