/**
 * A machine as the core holds it, and the two plain forms in which it leaves the core: the view
 * of the readers and the record that survives a restart.
 */
import type { Writable } from "../../protocol/message.ts";
import type { Report } from "../../protocol/report.ts";
import type { KnownMachine, MachineState } from "../../store/kept.ts";
import type { CoreClock } from "../core-clock.ts";
import type { RingTest } from "../detection/ring-detector.ts";
import type { Machine } from "../machine.ts";
import type { SpacingMemory } from "./v1-reports.ts";
import { type LiveReport, type ShownReport, shownReport } from "./live-report.ts";
import type { Contact } from "./contact.ts";

export interface Peer {
  /** Under which it is shown and stored: the id, or `id~incarnation` for a clone. */
  key: string;
  /** What it calls itself; a protocol-1 machine's id is its address. */
  id: string;
  protocol: 1 | 2;
  name: string;
  /** The address that answered last. */
  address: string;
  /** The contacts that are its own, the one that answered last first. */
  contacts: Contact[];
  state: MachineState;
  stateSinceWallMs: number;
  /** When it was met in this run (deadline clock); one of an earlier run has been there longer. */
  metMs: number;
  /** When it last answered: on the clock of ages, and on that of deadlines. */
  heardMs: number;
  heardDeadlineMs: number;
  /** Nobody is judged for a time when this machine was not running (deadline clock). */
  judgedFromMs: number;
  /** Since when it is silent, stopped or down (deadline clock). */
  quietSinceMs: number;
  /** When it last sent something although it was quiet, which proves nothing (deadline clock). */
  spokeMs: number;
  unanswered: number;
  /** When it was first asked after its last answer (deadline clock). */
  askedMs: number | undefined;
  /** Known from an earlier run, and not heard in this one. */
  isRecalled: boolean;
  /** The questions that repeat one another, until an answer comes. */
  round: { readonly number: number; sent: number } | undefined;
  /** It said goodbye, and this is where the test of it has come to. */
  goodbye: "to be tested" | "asked" | undefined;
  /** It has said that it answers quick questions. */
  answersRing: boolean;
  /** Of quick questions, the newest. */
  ringTest: RingTest | undefined;
  /** When the last test because of a hint began, or is to begin (deadline clock). */
  hintedMs: number;
  /** Answers in a row without a report of it being known. */
  emptyAnswers: number;
  incarnation: string | undefined;
  sequence: number | undefined;
  retiredIncarnations: RetiredIncarnation[];
  report: Report | undefined;
  /** When the report was made (clock of ages). */
  reportMadeMs: number;
  /** Of this incarnation; kept beside the interval report. */
  live: LiveReport | undefined;
  /** Questions that were to bring a live report at once, since the last one came. */
  hurries: number;
  /** Its own interval: stated in protocol 2, learnt in protocol 1. */
  intervalMs: number | undefined;
  clockOffsetSeconds: number | undefined;
  httpPort: number | undefined;
  /** Protocol 1 only. */
  spacing: SpacingMemory | undefined;
}

export interface RetiredIncarnation {
  readonly incarnation: string;
  /** Clock of deadlines. */
  readonly atMs: number;
  /** Answers that it gave to questions sent after that. */
  proofs: number;
}

export const QUIET_STATES: ReadonlySet<MachineState> = new Set(["silent", "stopped", "down"]);

/** Asked of each machine all the time: to look it up in the set takes several times as long. */
export function isQuiet({ state }: Peer): boolean {
  return state === "silent" || state === "stopped" || state === "down";
}

/** How long it was here, from the first time that it was heard in this run to the last. */
export function stayMs(peer: Peer): number {
  return peer.heardDeadlineMs - peer.metMs;
}

export function newPeer(options: {
  readonly id: string;
  readonly key: string;
  readonly protocol: 1 | 2;
  readonly address: string;
  readonly clock: CoreClock;
}): Peer {
  const { id, key, protocol, address, clock } = options;
  return {
    key,
    id,
    protocol,
    name: address,
    address,
    contacts: [],
    state: "new",
    stateSinceWallMs: clock.wallMs,
    metMs: clock.deadlineMs,
    heardMs: clock.ageMs,
    heardDeadlineMs: clock.deadlineMs,
    judgedFromMs: clock.deadlineMs,
    quietSinceMs: clock.deadlineMs,
    spokeMs: Number.NEGATIVE_INFINITY,
    unanswered: 0,
    askedMs: undefined,
    isRecalled: false,
    round: undefined,
    goodbye: undefined,
    answersRing: false,
    ringTest: undefined,
    hintedMs: Number.NEGATIVE_INFINITY,
    emptyAnswers: 0,
    incarnation: undefined,
    sequence: undefined,
    retiredIncarnations: [],
    report: undefined,
    reportMadeMs: 0,
    live: undefined,
    hurries: 0,
    intervalMs: undefined,
    clockOffsetSeconds: undefined,
    httpPort: undefined,
    spacing: undefined,
  };
}

/** The separator cannot stand in an id from the wire (protocol/decode.ts). */
const CLONE_MARK = "~";

export function cloneKey(id: string, incarnation: string): string {
  return `${id}${CLONE_MARK}${incarnation.slice(0, 8)}`;
}

/** A machine of an earlier run. Its ages are reckoned by the wall clock, the only one we share. */
export function peerFromKnown(known: KnownMachine, clock: CoreClock): Peer {
  const sinceHeardMs = Math.max(0, clock.wallMs - known.lastHeardWallMs);
  const peer = newPeer({
    id: known.id.split(CLONE_MARK)[0] ?? known.id,
    key: known.id,
    protocol: known.protocol,
    address: known.addresses[0] ?? "",
    clock,
  });
  peer.isRecalled = true;
  peer.metMs = Number.NEGATIVE_INFINITY;
  peer.name = known.name;
  peer.state = known.state;
  peer.stateSinceWallMs = known.stateSinceWallMs;
  peer.heardMs = clock.ageMs - sinceHeardMs;
  peer.heardDeadlineMs = clock.deadlineMs - sinceHeardMs;
  peer.quietSinceMs = clock.deadlineMs - Math.max(0, clock.wallMs - known.stateSinceWallMs);
  peer.incarnation = known.incarnation;
  peer.sequence = known.sequence;
  peer.retiredIncarnations = (known.retiredIncarnations ?? []).map((incarnation) => {
    return { incarnation, atMs: clock.deadlineMs, proofs: 0 };
  });
  peer.httpPort = known.httpPort;
  if (known.report !== undefined) {
    peer.report = known.report;
    const madeWallMs = known.reportAtWallMs ?? known.lastHeardWallMs;
    peer.reportMadeMs = clock.ageMs - Math.max(0, clock.wallMs - madeWallMs);
    const { updateSeconds } = known.report;
    if (updateSeconds !== undefined) peer.intervalMs = updateSeconds * 1000;
  }
  return peer;
}

export function knownFromPeer(peer: Peer, clock: CoreClock): KnownMachine {
  const known: Writable<KnownMachine> = {
    id: peer.key,
    name: peer.name,
    addresses: addressesOf(peer),
    protocol: peer.protocol,
    state: peer.state,
    stateSinceWallMs: peer.stateSinceWallMs,
    lastHeardWallMs: clock.wallAt(peer.heardMs),
  };
  if (peer.httpPort !== undefined) known.httpPort = peer.httpPort;
  if (peer.incarnation !== undefined) known.incarnation = peer.incarnation;
  if (peer.sequence !== undefined) known.sequence = peer.sequence;
  if (peer.retiredIncarnations.length > 0)
    known.retiredIncarnations = peer.retiredIncarnations.map(({ incarnation }) => incarnation);
  if (peer.report !== undefined) {
    known.report = peer.report;
    known.reportAtWallMs = clock.wallAt(peer.reportMadeMs);
  }
  return known;
}

export function viewOfPeer(
  peer: Peer,
  options: { readonly clock: CoreClock; readonly isClone: boolean },
): Machine {
  const { clock, isClone } = options;
  const view: Writable<Machine> = {
    id: peer.key,
    name: peer.name,
    address: peer.address,
    addresses: addressesOf(peer),
    state: peer.state,
    stateSinceWallMs: peer.stateSinceWallMs,
    isSelf: false,
    protocol: peer.protocol,
    tags: peer.report?.tags ?? [],
    lastHeardSeconds: seconds(clock.ageMs - peer.heardMs),
    unanswered: peer.unanswered,
    isClone,
  };
  if (peer.httpPort !== undefined) view.httpPort = peer.httpPort;
  if (peer.incarnation !== undefined) view.incarnation = peer.incarnation;
  if (peer.sequence !== undefined) view.sequence = peer.sequence;
  if (peer.clockOffsetSeconds !== undefined) view.clockOffsetSeconds = peer.clockOffsetSeconds;
  const shown = shownOfPeer(peer, clock);
  if (shown !== undefined) {
    view.report = shown.report;
    view.reportAgeSeconds = seconds(clock.ageMs - shown.madeMs);
    if (shown.isLive) view.isLive = true;
  }
  return view;
}

function shownOfPeer(peer: Peer, clock: CoreClock): ShownReport | undefined {
  if (peer.report === undefined) return undefined;
  const interval = { report: peer.report, madeMs: peer.reportMadeMs };
  const { live } = peer;
  return shownReport({ interval, live, nowMs: clock.ageMs, isQuiet: isQuiet(peer) });
}

/** The last known address is kept for display when another machine has taken it. */
function addressesOf(peer: Peer): string[] {
  const addresses = peer.contacts.map(({ address }) => address);
  return addresses.length > 0 ? addresses : [peer.address];
}

function seconds(ms: number): number {
  return Math.max(0, ms / 1000);
}
