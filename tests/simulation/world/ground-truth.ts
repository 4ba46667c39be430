/** What really happened in a world: who ran when, what each has published, and what was invented. */

export interface Published {
  readonly sequence: number;
  readonly atMs: number;
}

/** One run of a program, from a start to a stop. */
export interface Run {
  /** The machine that it runs on: an id, but for clones, of which two have one id. */
  readonly machine: string;
  readonly id: string;
  readonly incarnation: string;
  /** Runs of one machine, from 1. */
  readonly order: number;
  /** Of all runs of this world, from 0. */
  readonly index: number;
  readonly published: Published[];
}

const START_CHARACTERS = 8;

/** Reports of those who are hostile begin so. */
export const LIE = "lie-";

export class Truth {
  readonly #runs = new Map<string, Run>();
  /** By as much of the incarnation as a quick answer tells. */
  readonly #byStart = new Map<string, Run>();
  readonly #ofMachine = new Map<string, Run[]>();
  readonly #ids = new Set<string>();
  /** Boots that somebody hostile answers with, from an address of his own. */
  readonly #inventedIncarnations = new Set<string>();
  /** When each machine last changed its address, world time. */
  readonly movedMs = new Map<string, number>();
  /** When somebody last called each id scrapped, world time. */
  readonly forgottenMs = new Map<string, number>();
  /** Addresses from which somebody may answer by protocol 1. */
  readonly protocolOne = new Set<string>();
  /** Anybody may pass for a program of 2005: protocol 1 has nothing to tell them by. */
  isProtocolOneForged = false;

  begin(run: {
    readonly machine: string;
    readonly id: string;
    readonly incarnation: string;
  }): void {
    const runs = this.#ofMachine.get(run.machine) ?? [];
    const begun = { ...run, order: runs.length + 1, index: this.#runs.size, published: [] };
    this.#runs.set(run.incarnation, begun);
    this.#byStart.set(run.incarnation.slice(0, START_CHARACTERS), begun);
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

  runStarting(incarnation: string): Run | undefined {
    return this.#byStart.get(incarnation);
  }

  isId(id: string): boolean {
    return this.#ids.has(id);
  }

  /** The newest report of the present run that was there at this time; 0 with none. */
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

  /** Whether a report has the name that everybody hostile gives himself. */
  isLie(name: string): boolean {
    return name.startsWith(LIE);
  }

  isInvented(incarnation: string | undefined): boolean {
    return incarnation !== undefined && this.#inventedIncarnations.has(incarnation);
  }
}
