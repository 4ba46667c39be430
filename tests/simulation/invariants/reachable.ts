/**
 * A machine that can exchange packets with another does not show it as silent, stopped or down, or
 * leave it out, for longer than the timers of the protocol allow.
 *
 * A link is healthy since the moment from which both machines have been awake under the same addresses
 * and every packet between them has arrived within a second; a lost packet starts the time anew. The
 * bounds count from that moment or from when the state began, whichever is later:
 *
 * - shown as quiet: the pause between two questions to a quiet machine (10 s for 5 min, a minute for
 *   an hour, then an interval of at least a minute), with 5 % of jitter and the drift of the clocks,
 *   for each of its addresses, which are tried in turn, and three turns more; then the round trip, a
 *   late tick, and the turns of all other quiet machines at 20 a second;
 * - not shown with its present run, or only under an address that it no longer has or that is
 *   attributed to another machine that answers there (a protocol-1 machine, say), so that it cannot
 *   be asked itself: as long as all machines may take to agree once the faults have stopped
 *   (convergence.ts), because it must be learnt from others.
 */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/history-types.ts";
import { type Invariant, type Subject, Violation } from "./invariant.ts";

const NAME = "a reachable machine is shown as up";
const MINUTE = 60_000;
const FIVE_MINUTES = 5 * MINUTE;
const HOUR = 60 * MINUTE;
/** The jitter of the pauses, and clocks that run slow. */
const JITTER = 1.08;
/** Twice a delay of 150 ms, a tick that is a second late, and a question that was just missed. */
const ROUND_TRIP_MS = 3500;
/**
 * One turn goes to an address that turns out to be another machine's, one in four is a bare request,
 * and one stays unanswered because others ask for 2,000 answers in that second.
 */
const MORE_TURNS = 3;
/** Questions per ms that a program achieves under the cap of 20 a second when it ticks every 100 ms. */
const QUIET_QUESTIONS_A_MS = 15 / 1000;

/** Since when the links between all pairs of machines are healthy. */
export interface Links {
  readonly nowMs: number;
  readonly others: readonly OtherMachine[];
  /** How soon a machine must be shown once the link to it is healthy. */
  readonly convergeMs: number;
  healthySinceMs(from: Subject, to: Subject): number;
}

export interface OtherMachine extends Subject {
  readonly isAwake: boolean;
}

export class Reachable implements Invariant {
  readonly #subject: Subject;
  readonly #links: Links;
  /** By machine id, the world time since which it is quiet; unknown before the start. */
  readonly #quietMs = new Map<string, number>();
  /** The most machines that were quiet together since none was: each may have to wait for all turns. */
  #mostQuiet = 0;

  constructor(subject: Subject, links: Links) {
    this.#subject = subject;
    this.#links = links;
  }

  start(known: readonly KnownMachine[]): void {
    this.#quietMs.clear();
    for (const { id, state } of known) {
      if (isQuiet(state)) this.#quietMs.set(id, Number.NEGATIVE_INFINITY);
    }
    this.#mostQuiet = this.#quietMs.size;
  }

  output(output: Output): void {
    if (output.kind === "forget") this.#quietMs.delete(output.id);
    if (output.kind !== "remember") return;
    const { id, state } = output.machine;
    if (!isQuiet(state)) this.#quietMs.delete(id);
    else if (!this.#quietMs.has(id)) this.#quietMs.set(id, this.#links.nowMs);
    this.#mostQuiet = this.#quietMs.size === 0 ? 0 : Math.max(this.#mostQuiet, this.#quietMs.size);
  }

  inspectTable(machines: readonly Machine[]): void {
    const byIncarnation = new Map<string, Machine>();
    const answering = new Set(
      machines.flatMap(({ state, addresses }) => (isQuiet(state) ? [] : addresses)),
    );
    for (const machine of machines) {
      if (machine.incarnation === undefined) continue;
      const other = byIncarnation.get(machine.incarnation);
      if (other === undefined || isQuiet(other.state))
        byIncarnation.set(machine.incarnation, machine);
    }
    for (const other of this.#links.others) {
      if (other === this.#subject || !other.isAwake) continue;
      this.#check(other, byIncarnation.get(other.incarnation), answering);
    }
  }

  #check(other: OtherMachine, shown: Machine | undefined, answering: ReadonlySet<string>): void {
    const { nowMs, convergeMs } = this.#links;
    if (shown !== undefined && !isQuiet(shown.state)) return;
    const healthyMs = nowMs - this.#links.healthySinceMs(this.#subject, other);
    const isAtHome = shown?.addresses.some((address) => {
      return other.addresses.includes(address) && !answering.has(address);
    });
    if (shown === undefined || isAtHome !== true) {
      if (healthyMs > convergeMs) this.#breach(other, "does not show", healthyMs);
      return;
    }
    const sinceMs = this.#quietMs.get(shown.id) ?? nowMs;
    const quietForMs = nowMs - sinceMs;
    const bound = this.#boundMs(shown, quietForMs);
    const forMs = Math.min(healthyMs, quietForMs);
    if (forMs > bound) this.#breach(other, `shows ${shown.state}`, forMs);
  }

  #boundMs({ state, addresses }: Machine, quietForMs: number): number {
    const intervalMs = Math.max(this.#subject.updateSeconds * 1000, MINUTE);
    const isPatient = state === "stopped" || quietForMs >= HOUR;
    const pauseMs = isPatient ? intervalMs : quietForMs < FIVE_MINUTES ? 10_000 : MINUTE;
    const turnsMs = this.#mostQuiet / QUIET_QUESTIONS_A_MS;
    return pauseMs * JITTER * (addresses.length + MORE_TURNS) + ROUND_TRIP_MS + turnsMs;
  }

  #breach(other: OtherMachine, shows: string, forMs: number): never {
    const seconds = Math.round(forMs / 1000);
    const { machine } = this.#subject;
    throw new Violation(NAME, `${machine} ${shows} ${other.machine}, reachable for ${seconds} s`);
  }
}

function isQuiet(state: Machine["state"]): boolean {
  return state === "silent" || state === "stopped" || state === "down";
}
