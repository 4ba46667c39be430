/**
 * Whether all machines of a world agree: each shows all others, up, each with its present run and
 * its newest report, and nobody else but whom somebody hostile invented.
 */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { Truth } from "../world/ground-truth.ts";
import type { Network } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import type { OldProgram } from "../world/v1-machine.ts";

/** A report is asked for this long after it is due, at most: margin, spread, and the way. */
const LAG_MS = 6000;
/**
 * Of a machine with a shorter interval one report is taken in each of ours, spread included; and one
 * of 2005 with a longer one does not say when the next is due.
 */
const MIXED_LAG_SHARE = 1.1;
/** A protocol-1 report does not say when the next is due: up to an eighth of the interval more. */
const OLD_LAG_SHARE = 1 / 8 + 1 / 16;

export class Agreement {
  readonly #nodes: readonly SimulatedNode[];
  readonly #oldPrograms: readonly OldProgram[];
  readonly #truth: Truth;
  readonly #network: Network;
  readonly #lagMs: number;
  /** Who lacked something last: it is looked at first. */
  #place = 0;
  /** Of the present runs. */
  #incarnations: ReadonlySet<string> = new Set();

  constructor(parts: {
    readonly nodes: readonly SimulatedNode[];
    readonly oldPrograms: readonly OldProgram[];
    readonly truth: Truth;
    readonly network: Network;
    /**
     * Reports may be so much older than the newest; and so long may be left out who was called
     * scrapped, as it is met again when it asks next.
     */
    readonly lagMs: number;
  }) {
    this.#lagMs = parts.lagMs;
    this.#network = parts.network;
    this.#nodes = parts.nodes;
    this.#oldPrograms = parts.oldPrograms;
    this.#truth = parts.truth;
  }

  /** The first thing that is missing somewhere. */
  missing(nowMs: number): string | undefined {
    this.#incarnations = new Set(this.#nodes.map(({ incarnation }) => incarnation));
    for (let i = 0; i < this.#nodes.length; i++) {
      const place = (this.#place + i) % this.#nodes.length;
      const node = this.#nodes[place];
      const missing = node && this.#missingAt(node, nowMs);
      if (missing === undefined) continue;
      this.#place = place;
      return missing;
    }
    return undefined;
  }

  #missingAt(node: SimulatedNode, nowMs: number): string | undefined {
    const machines = node.core?.machines(node.now()) ?? [];
    const byKey = new Map<string, Machine>();
    for (const machine of machines) byKey.set(machine.incarnation ?? machine.id, machine);
    for (const other of this.#nodes) {
      if (this.#isForgotten(other, nowMs)) continue;
      const isOtherPace = other.updateSeconds !== node.updateSeconds;
      const paceMs = isOtherPace ? node.updateSeconds * 1000 * MIXED_LAG_SHARE : 0;
      const lagMs = LAG_MS + Math.max(paceMs, this.#lagMs);
      const expected = this.#truth.newest(other.machine, nowMs - lagMs);
      const missing = lacks(byKey.get(other.incarnation), { expected, of: other.machine });
      if (missing !== undefined) return `${node.machine} ${missing}`;
    }
    for (const program of this.#oldPrograms) {
      const machine = byKey.get(program.address);
      const missing = this.#lacksOld(node, { machine, program, nowMs });
      if (missing !== undefined) return missing;
    }
    const extra = machines.find((machine) => !this.#isThere(machine, node));
    return extra && `${node.machine} shows ${extra.id} ${extra.state}, which is no machine`;
  }

  #isForgotten({ id }: SimulatedNode, nowMs: number): boolean {
    const forgottenMs = this.#truth.forgottenMs.get(id) ?? Number.NEGATIVE_INFINITY;
    return nowMs - forgottenMs < this.#lagMs;
  }

  #lacksOld(
    node: SimulatedNode,
    held: {
      readonly machine: Machine | undefined;
      readonly program: OldProgram;
      readonly nowMs: number;
    },
  ): string | undefined {
    const { machine, program, nowMs } = held;
    const { address } = program;
    // Whoever forges reports of 2005 may send any numbers.
    const isForged = this.#truth.isProtocolOneForged;
    const isOtherPace = program.updateSeconds !== node.updateSeconds;
    const lagShare = isOtherPace ? MIXED_LAG_SHARE : OLD_LAG_SHARE;
    const lagMs = LAG_MS + node.updateSeconds * 1000 * lagShare;
    const expected = isForged ? 0 : this.#truth.newest(address, nowMs - lagMs);
    const missing = lacks(machine, { expected, of: isForged ? undefined : address });
    return missing && `${node.machine} ${missing}`;
  }

  /** Under a name that is not its who has the address now: its history is not that one's. */
  #wasAnother({ id, report, state }: Machine): boolean {
    const owner = this.#nodes.find(({ addresses }) => addresses.includes(id));
    return report !== undefined && state !== "up" && report.name !== `name-${owner?.machine}`;
  }

  #isOld(id: string): boolean {
    return this.#oldPrograms.some(({ address }) => address === id);
  }

  /**
   * Of the past of clones, and of those who were somebody else, quiet rows may be left: one of several
   * under an id that starts anew and moves at once cannot be told from one more.
   */
  #isThere(machine: Machine, viewer: SimulatedNode): boolean {
    const { id, incarnation, state, protocol, isClone } = machine;
    if (this.#truth.isInvented(incarnation)) return true;
    if (protocol === 1) {
      if (this.#truth.isProtocolOneForged) return true;
      // A modern machine that had answered a bare request, and then got another address, cannot be
      // told from one of 2005, which has three of its intervals to say something.
      const isNobodysNow = this.#network.hostAt(id) === undefined || viewer.addresses.includes(id);
      return isNobodysNow || this.#isOld(id) || this.#wasAnother(machine);
    }
    if (incarnation !== undefined && this.#incarnations.has(incarnation)) return true;
    return this.#truth.runOf(incarnation) !== undefined && state !== "up" && isClone;
  }
}

function lacks(
  machine: Machine | undefined,
  wanted: { readonly expected: number; readonly of: string | undefined },
): string | undefined {
  const { expected, of } = wanted;
  const held = machine?.report?.load?.one ?? 0;
  const isOwn = of === undefined || machine?.report?.name === `name-${of}`;
  if (machine?.state === "up" && held >= expected && isOwn) return undefined;
  return `holds ${of} as ${machine?.state}, report ${held} of ${expected}, ${machine?.report?.name}`;
}
