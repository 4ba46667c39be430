/**
 * What really happened in a world: which machine ran when, what each run published, and what the
 * attackers invented. Invariants compare a machine's view with it.
 */

export interface Published {
  readonly sequence: number;
  readonly atMs: number;
}

/** One run of a machine's program, from a start to a stop. */
export interface Run {
  /** The machine's name: its id, except for a clone, which has the id of another machine. */
  readonly machine: string;
  readonly id: string;
  readonly incarnation: string;
  /** The number of the run among the runs of its machine, from 1. */
  readonly order: number;
  /** The number of the run among all runs of the world, from 0. */
  readonly index: number;
  readonly published: Published[];
}

/** A quick answer tells this much of the incarnation. */
const PREFIX_CHARACTERS = 8;

/** How the machine names in the attackers' reports begin. */
export const FORGED_NAME_PREFIX = "lie-";

/** The incarnation of a machine's run of that number: 16 hex digits that look random, as a seal needs. */
export function incarnationOf(machine: string, number: number): string {
  let hash = Math.imul(number, 0x9e37_79b1);
  for (const character of machine) hash = Math.imul(hash ^ character.charCodeAt(0), 0x0100_0193);
  const head = (hash >>> 0).toString(16).padStart(8, "0");
  const tail = (Math.imul(hash, 0x85eb_ca6b) >>> 0).toString(16).padStart(8, "0");
  return `${head}${tail}`;
}

export class GroundTruth {
  readonly #runs = new Map<string, Run>();
  readonly #byPrefix = new Map<string, Run>();
  readonly #ofMachine = new Map<string, Run[]>();
  readonly #ids = new Set<string>();
  /** Incarnations with which attackers answer, each from an address of its own. */
  readonly #inventedIncarnations = new Set<string>();
  /** The world time at which each machine last changed its address. */
  readonly movedMs = new Map<string, number>();
  /** The world time at which a user last removed each id. */
  readonly removedMs = new Map<string, number>();
  /** Addresses from which a host may answer by protocol 1. */
  readonly v1Addresses = new Set<string>();
  /** Attackers may pass for protocol-1 machines, which have nothing to prove their answers by. */
  isV1Forged = false;

  begin(run: {
    readonly machine: string;
    readonly id: string;
    readonly incarnation: string;
  }): void {
    const runs = this.#ofMachine.get(run.machine) ?? [];
    const begun = { ...run, order: runs.length + 1, index: this.#runs.size, published: [] };
    this.#runs.set(run.incarnation, begun);
    this.#byPrefix.set(run.incarnation.slice(0, PREFIX_CHARACTERS), begun);
    this.#ofMachine.set(run.machine, [...runs, begun]);
    this.#ids.add(run.id);
  }

  publish(machine: string, published: Published): void {
    this.presentRun(machine)?.published.push(published);
  }

  presentRun(machine: string): Run | undefined {
    return this.#ofMachine.get(machine)?.at(-1);
  }

  runOf(incarnation: string | undefined): Run | undefined {
    return incarnation === undefined ? undefined : this.#runs.get(incarnation);
  }

  /** The run whose incarnation begins with these eight characters. */
  runByPrefix(prefix: string): Run | undefined {
    return this.#byPrefix.get(prefix);
  }

  isId(id: string): boolean {
    return this.#ids.has(id);
  }

  /** The sequence number of the present run's newest report at this time; 0 without one. */
  newest(machine: string, atMs: number): number {
    let newest = 0;
    for (const one of this.presentRun(machine)?.published ?? []) {
      if (one.atMs <= atMs) newest = one.sequence;
    }
    return newest;
  }

  invent(incarnation: string): void {
    this.#inventedIncarnations.add(incarnation);
  }

  /** Whether a report has a name that attackers use for themselves. */
  isForgedName(name: string): boolean {
    return name.startsWith(FORGED_NAME_PREFIX);
  }

  isInvented(incarnation: string | undefined): boolean {
    return incarnation !== undefined && this.#inventedIncarnations.has(incarnation);
  }
}
