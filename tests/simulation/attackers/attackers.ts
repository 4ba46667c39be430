/**
 * Who means ill in a world, and what the product promises against each (design 6.2 to 6.4):
 *
 *     who            hears            sends                     what must hold
 *     vandal         nothing          garbage, from anywhere    no harm, no throw
 *     flooder        nothing          thousands a second        the caps of rates and tables
 *     rumours        what anybody     messages in the name of   nobody is hidden or overwritten; a
 *                    inside can ask   living machines           question for a rumour, no more
 *     insider        what is sent     valid lies, from an       he shows himself as whomever he likes,
 *                    to him           address of his own        with incarnations of his own; living machines
 *                                                               are shown beside, as clones at worst
 *     eavesdropper   everything       what he has heard         a repetition has no effect, or that of
 *                                                               the packet that did not arrive
 *
 * In a sealed world all but the insider are without the key, and no packet of theirs has an effect
 * (invariants/keyless.ts). In a plain one two things are not promised, as nothing could hold them:
 * whoever sees the numbers of questions can forge answers; and protocol 1 has no numbers, so that
 * anybody can pass for a machine of 2005 and forge its reports, though never take the place of a
 * machine of protocol 2 that answers. An insider who answers with the id *and the incarnation* of a living
 * machine is its second address, by 6.2, and so is left out here.
 */
import { between, pick } from "../world/random.ts";
import type { Attacker, Ground } from "./attacker.ts";
import { Flooder } from "./flooder.ts";
import { Vandal } from "./garbage-sender.ts";
import { Rumours } from "./impersonator.ts";
import { Insider } from "./insider.ts";
import { Eavesdropper } from "./replayer.ts";

export const HOSTILE_KINDS = ["garbage", "flood", "rumour", "insider", "replay"] as const;
export type HostileKind = (typeof HOSTILE_KINDS)[number];

/** Between two deeds of one, on the average. A flood costs the simulator most of all. */
const EVERY_MS: Readonly<Record<HostileKind, number>> = {
  garbage: 2000,
  flood: 100_000,
  rumour: 1000,
  insider: 4000,
  replay: 500,
};
const INSIDER_ADDRESS = "10.0.99.";

export class Attackers {
  /** Deeds by kind. */
  readonly deeds = new Map<string, number>();
  readonly #ground: Ground;
  #isOver = false;
  #insiders = 0;

  constructor(ground: Ground, kinds: readonly HostileKind[]) {
    this.#ground = ground;
    const canForge = ground.plain === undefined && kinds.length > 0;
    if (canForge) ground.truth.isProtocolOneForged = true;
    for (const kind of kinds) this.#begin(this.#create(kind), EVERY_MS[kind]);
  }

  /** They leave; what they have said is still in the tables. */
  end(): void {
    this.#isOver = true;
  }

  #begin(attacker: Attacker, everyMs: number): void {
    const { network, chance } = this.#ground;
    network.at(network.nowMs + between(chance, 0, 2 * everyMs), () => {
      if (this.#isOver) return;
      attacker.act();
      this.deeds.set(attacker.kind, (this.deeds.get(attacker.kind) ?? 0) + 1);
      this.#begin(attacker, everyMs);
    });
  }

  #create(kind: HostileKind): Attacker {
    const { network, chance, nodes, plain } = this.#ground;
    const keyless = { ...this.#ground, keys: [] };
    switch (kind) {
      case "garbage":
        return new Vandal(keyless);
      case "flood":
        return new Flooder(keyless);
      case "rumour":
        return new Rumours(keyless);
      case "insider":
        this.#insiders++;
        return new Insider(this.#ground, `${INSIDER_ADDRESS}${this.#insiders}`);
      case "replay": {
        const addresses = nodes.flatMap((node) => node.addresses);
        return new Eavesdropper({ network, chance, addresses, isSealed: plain !== undefined });
      }
    }
  }
}

/** Several at once, or nobody. */
export function drawKinds(chance: () => number): HostileKind[] {
  if (chance() < 0.2) return [];
  const kinds = HOSTILE_KINDS.filter(() => chance() < 0.5);
  const more = pick(chance, HOSTILE_KINDS);
  // A second insider may steal what the first one has stolen.
  if (kinds.includes("insider") && chance() < 0.3) kinds.push("insider");
  return kinds.length > 0 || more === undefined ? kinds : [more];
}
