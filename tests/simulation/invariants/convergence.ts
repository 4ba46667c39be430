/**
 * Whether all machines of a world agree: each shows every other machine as up, with its present run
 * and its newest report, and no further machines except those that attackers invented.
 */
import type { Machine } from "../../../src/cluster/machine.ts";
import type { GroundTruth } from "../world/ground-truth.ts";
import type { Network } from "../world/network.ts";
import type { SimulatedNode } from "../world/node.ts";
import type { V1Machine } from "../world/v1-machine.ts";

/** A report arrives at most this long after it is made: margin, spread and delay. */
const LAG_MS = 6000;
/**
 * From a machine with a shorter interval, one report is asked for in each interval of the asking
 * machine, spread included. A protocol-1 machine with a longer one does not say when its next report
 * is due. As a share of the asking machine's interval.
 */
const MIXED_LAG_SHARE = 1.1;
/** A protocol-1 report does not say when the next is due: the lag is this share of an interval longer. */
const V1_LAG_SHARE = 1 / 8 + 1 / 16;

export class Convergence {
  readonly #nodes: readonly SimulatedNode[];
  readonly #v1Machines: readonly V1Machine[];
  readonly #truth: GroundTruth;
  readonly #network: Network;
  readonly #lagMs: number;
  /** The index of the machine that lacked something last, which is compared first. */
  #first = 0;
  /** The incarnations of the present runs. */
  #incarnations: ReadonlySet<string> = new Set();

  constructor(parts: {
    readonly nodes: readonly SimulatedNode[];
    readonly v1Machines: readonly V1Machine[];
    readonly truth: GroundTruth;
    readonly network: Network;
    /**
     * How old a report may be, beyond the usual lag. Also how long a machine that a user removed may
     * be missing, because it is discovered again when it next asks.
     */
    readonly lagMs: number;
  }) {
    this.#lagMs = parts.lagMs;
    this.#network = parts.network;
    this.#nodes = parts.nodes;
    this.#v1Machines = parts.v1Machines;
    this.#truth = parts.truth;
  }

  /** Describes the first disagreement; undefined if all machines agree. */
  missing(nowMs: number): string | undefined {
    this.#incarnations = new Set(this.#nodes.map(({ incarnation }) => incarnation));
    for (let i = 0; i < this.#nodes.length; i++) {
      const index = (this.#first + i) % this.#nodes.length;
      const node = this.#nodes[index];
      const missing = node && this.#missingAt(node, nowMs);
      if (missing === undefined) continue;
      this.#first = index;
      return missing;
    }
    return undefined;
  }

  #missingAt(node: SimulatedNode, nowMs: number): string | undefined {
    const machines = node.core?.machines(node.now()) ?? [];
    const byIncarnation = new Map<string, Machine>();
    for (const machine of machines) byIncarnation.set(machine.incarnation ?? machine.id, machine);
    for (const other of this.#nodes) {
      if (this.#mayBeMissing(other, nowMs)) continue;
      const isOtherPace = other.updateSeconds !== node.updateSeconds;
      const paceMs = isOtherPace ? node.updateSeconds * 1000 * MIXED_LAG_SHARE : 0;
      const lagMs = LAG_MS + Math.max(paceMs, this.#lagMs);
      const expected = this.#truth.newest(other.machine, nowMs - lagMs);
      const missing = lacks(byIncarnation.get(other.incarnation), { expected, of: other.machine });
      if (missing !== undefined) return `${node.machine} ${missing}`;
    }
    for (const other of this.#v1Machines) {
      const shown = byIncarnation.get(other.address);
      const missing = this.#lacksV1(node, { other, shown, nowMs });
      if (missing !== undefined) return missing;
    }
    const extra = machines.find((machine) => !this.#mayBeShown(machine, node));
    return extra && `${node.machine} shows ${extra.id} ${extra.state}, which is no machine`;
  }

  #mayBeMissing({ id }: SimulatedNode, nowMs: number): boolean {
    const removedMs = this.#truth.removedMs.get(id) ?? Number.NEGATIVE_INFINITY;
    return nowMs - removedMs < this.#lagMs;
  }

  #lacksV1(
    node: SimulatedNode,
    parts: {
      readonly other: V1Machine;
      readonly shown: Machine | undefined;
      readonly nowMs: number;
    },
  ): string | undefined {
    const { other, shown, nowMs } = parts;
    const { address } = other;
    // Forged protocol-1 reports may have any numbers.
    const isForged = this.#truth.isV1Forged;
    const isOtherPace = other.updateSeconds !== node.updateSeconds;
    const lagShare = isOtherPace ? MIXED_LAG_SHARE : V1_LAG_SHARE;
    const lagMs = LAG_MS + node.updateSeconds * 1000 * lagShare;
    const expected = isForged ? 0 : this.#truth.newest(address, nowMs - lagMs);
    const missing = lacks(shown, { expected, of: isForged ? undefined : address });
    return missing && `${node.machine} ${missing}`;
  }

  /** Whether it is a former machine at an address that another machine has now, shown for its history. */
  #wasAnother({ id, report, state }: Machine): boolean {
    const owner = this.#nodes.find(({ addresses }) => addresses.includes(id));
    return report !== undefined && state !== "up" && report.name !== `name-${owner?.machine}`;
  }

  #isV1Machine(id: string): boolean {
    return this.#v1Machines.some(({ address }) => address === id);
  }

  /**
   * Whether a row stands for a machine that exists, or is one that may rightly remain: quiet rows of
   * clones and of former identities, because a clone that restarts and changes its address at once
   * cannot be told from a further clone.
   */
  #mayBeShown(machine: Machine, viewer: SimulatedNode): boolean {
    const { id, incarnation, state, protocol, isClone } = machine;
    if (this.#truth.isInvented(incarnation)) return true;
    if (protocol === 1) {
      if (this.#truth.isV1Forged) return true;
      // A protocol-2 machine that answered a bare request and then changed its address cannot be told
      // from a protocol-1 machine, which has three of its intervals to answer.
      const isNobodysNow = this.#network.hostAt(id) === undefined || viewer.addresses.includes(id);
      return isNobodysNow || this.#isV1Machine(id) || this.#wasAnother(machine);
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
  const newest = machine?.report?.load?.one ?? 0;
  const isOwn = of === undefined || machine?.report?.name === `name-${of}`;
  if (machine?.state === "up" && newest >= expected && isOwn) return undefined;
  return `shows ${of} as ${machine?.state}, report ${newest} of ${expected}, ${machine?.report?.name}`;
}
