/**
 * No machine is shown silent, stopped or down by one that it can exchange packets with, nor left
 * out, for longer than the timers of the protocol allow.
 *
 * "Can exchange" is what really happened: since then both have been awake under the same addresses,
 * and every packet that either sent to the other has arrived within a second (a packet that is lost
 * begins the time anew). The bounds, from then and from when the state began:
 *
 * - shown quiet: the pause between two questions to a quiet machine (10 s for 5 min, a minute for an
 *   hour, then an interval, a minute at least; design 6.3), 5 % of jitter and the clocks' drift, for
 *   each of the addresses that are tried in turn and three more, and then the way there and back, a
 *   late tick, and the turns of all that are quiet at 20 a second;
 * - not shown with its present run, or under an address that it has no more, or under one that is
 *   taken for another's who answers there (a machine of 2005, say), so that it cannot be asked itself:
 *   as long as it takes all to agree once the faults stop (agreement.ts), since others have to tell.
 */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Output } from "../../../src/cluster/output.ts";
import type { KnownMachine } from "../../../src/store/kept.ts";
import { type Invariant, type Subject, Violation } from "./invariant.ts";

const NAME = "who can be reached is shown so";
const MINUTE = 60_000;
const FIVE_MINUTES = 5 * MINUTE;
const HOUR = 60 * MINUTE;
/** Jitter of the pauses, and clocks that run slow. */
const JITTER = 1.08;
/** Two ways of 150 ms, a tick of a second that is late, and the question before it that just missed. */
const WAY_MS = 3500;
/**
 * A turn goes to an address that turns out to be another's, one in four is a bare request, and one is
 * not answered, as others ask for 2,000 answers in that second.
 */
const MORE_TURNS = 3;
/** Of the 20 a second, as many as a program gets done that looks every 100 ms. */
const QUIET_QUESTIONS_A_MS = 15 / 1000;

/** Of all pairs of machines, since when each has got every packet of the other. */
export interface Ways {
  readonly nowMs: number;
  readonly others: readonly Reached[];
  /** Everybody is to be known after this. */
  readonly agreeMs: number;
  openSinceMs(from: Subject, to: Subject): number;
}

export interface Reached extends Subject {
  readonly isAwake: boolean;
}

export class Reachable implements Invariant {
  readonly #subject: Subject;
  readonly #ways: Ways;
  /** By key: since when each is quiet, in world time; before the start it is not known. */
  readonly #quietMs = new Map<string, number>();
  /** The most that were quiet together, since the last time that nobody was: all wait for a turn. */
  #most = 0;

  constructor(subject: Subject, ways: Ways) {
    this.#subject = subject;
    this.#ways = ways;
  }

  start(known: readonly KnownMachine[]): void {
    this.#quietMs.clear();
    for (const { id, state } of known) {
      if (isQuiet(state)) this.#quietMs.set(id, Number.NEGATIVE_INFINITY);
    }
    this.#most = this.#quietMs.size;
  }

  told(output: Output): void {
    if (output.kind === "forget") this.#quietMs.delete(output.id);
    if (output.kind !== "remember") return;
    const { id, state } = output.machine;
    if (!isQuiet(state)) this.#quietMs.delete(id);
    else if (!this.#quietMs.has(id)) this.#quietMs.set(id, this.#ways.nowMs);
    this.#most = this.#quietMs.size === 0 ? 0 : Math.max(this.#most, this.#quietMs.size);
  }

  look(machines: readonly Machine[]): void {
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
    for (const other of this.#ways.others) {
      if (other === this.#subject || !other.isAwake) continue;
      this.#check(other, byIncarnation.get(other.incarnation), answering);
    }
  }

  #check(other: Reached, shown: Machine | undefined, answering: ReadonlySet<string>): void {
    const { nowMs, agreeMs } = this.#ways;
    if (shown !== undefined && !isQuiet(shown.state)) return;
    const openMs = nowMs - this.#ways.openSinceMs(this.#subject, other);
    const isAtHome = shown?.addresses.some((address) => {
      return other.addresses.includes(address) && !answering.has(address);
    });
    if (shown === undefined || isAtHome !== true) {
      if (openMs > agreeMs) this.#breach(other, "does not show", openMs);
      return;
    }
    const sinceMs = this.#quietMs.get(shown.id) ?? nowMs;
    const quietForMs = nowMs - sinceMs;
    const bound = this.#boundMs(shown, quietForMs);
    const forMs = Math.min(openMs, quietForMs);
    if (forMs > bound) this.#breach(other, `shows ${shown.state}`, forMs);
  }

  #boundMs({ state, addresses }: Machine, quietForMs: number): number {
    const intervalMs = Math.max(this.#subject.updateSeconds * 1000, MINUTE);
    const isPatient = state === "stopped" || quietForMs >= HOUR;
    const pauseMs = isPatient ? intervalMs : quietForMs < FIVE_MINUTES ? 10_000 : MINUTE;
    const turnsMs = this.#most / QUIET_QUESTIONS_A_MS;
    return pauseMs * JITTER * (addresses.length + MORE_TURNS) + WAY_MS + turnsMs;
  }

  #breach(other: Reached, shows: string, forMs: number): never {
    const seconds = Math.round(forMs / 1000);
    const { machine } = this.#subject;
    throw new Violation(NAME, `${machine} ${shows} ${other.machine}, open for ${seconds} s`);
  }
}

function isQuiet(state: Machine["state"]): boolean {
  return state === "silent" || state === "stopped" || state === "down";
}
