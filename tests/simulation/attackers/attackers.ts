/**
 * The attackers of a world, and what the product promises against each:
 *
 *     attacker        hears             sends                    what must hold
 *     garbage sender  nothing           garbage, from anywhere   no harm, no exception
 *     flooder         nothing           thousands of packets     rates and tables stay below their
 *                                       a second                 caps
 *     impersonator    what any peer     messages in the name     no machine is hidden or overwritten;
 *                     can ask for       of living machines       a forged hint costs one question
 *     insider         what is sent      valid lies, from its     it appears under any id, but with its
 *                     to it             own address              own incarnation; the machine that it
 *                                                                imitates stays visible, as a clone at
 *                                                                worst
 *     replayer        every packet      packets that it heard    a replayed packet has no effect, or
 *                                                                that of the original if this was lost
 *
 * In a sealed world only the insider has the key, and no packet of the others has an effect
 * (invariants/keyless-packets.ts). In a plain world two things are not promised, because nothing could
 * ensure them: an attacker who sees the numbers of questions can forge answers; and because protocol 1
 * has no numbers, anyone can pass for a protocol-1 machine and forge its reports, though never take
 * the place of a protocol-2 machine that answers. An insider that answers with the id and the
 * incarnation of a living machine counts as that machine's second address, so there is none here.
 */
import { between, pick } from "../world/random.ts";
import type { Attacker, AttackerContext } from "./attacker.ts";
import { Flooder } from "./flooder.ts";
import { GarbageSender } from "./garbage-sender.ts";
import { Impersonator } from "./impersonator.ts";
import { Insider } from "./insider.ts";
import { Replayer } from "./replayer.ts";

export const ATTACKER_KINDS = ["garbage", "flood", "impersonation", "insider", "replay"] as const;
export type AttackerKind = (typeof ATTACKER_KINDS)[number];

/** The mean time between two actions of an attacker. Floods cost the simulator most. */
const EVERY_MS: Readonly<Record<AttackerKind, number>> = {
  garbage: 2000,
  flood: 100_000,
  impersonation: 1000,
  insider: 4000,
  replay: 500,
};
const INSIDER_ADDRESS = "10.0.99.";

export class Attackers {
  /** The number of actions by kind of attacker. */
  readonly actions = new Map<string, number>();
  readonly #context: AttackerContext;
  #isOver = false;
  #insiders = 0;

  constructor(context: AttackerContext, kinds: readonly AttackerKind[]) {
    this.#context = context;
    const canForge = context.plain === undefined && kinds.length > 0;
    if (canForge) context.truth.isV1Forged = true;
    for (const kind of kinds) this.#begin(this.#create(kind), EVERY_MS[kind]);
  }

  /** Stops all attackers. What they have sent stays in the machines' tables. */
  end(): void {
    this.#isOver = true;
  }

  #begin(attacker: Attacker, everyMs: number): void {
    const { network, random } = this.#context;
    network.at(network.nowMs + between(random, 0, 2 * everyMs), () => {
      if (this.#isOver) return;
      attacker.act();
      this.actions.set(attacker.kind, (this.actions.get(attacker.kind) ?? 0) + 1);
      this.#begin(attacker, everyMs);
    });
  }

  #create(kind: AttackerKind): Attacker {
    const { network, random, nodes, plain } = this.#context;
    const keyless = { ...this.#context, keys: [] };
    switch (kind) {
      case "garbage":
        return new GarbageSender(keyless);
      case "flood":
        return new Flooder(keyless);
      case "impersonation":
        return new Impersonator(keyless);
      case "insider":
        this.#insiders++;
        return new Insider(this.#context, `${INSIDER_ADDRESS}${this.#insiders}`);
      case "replay": {
        const addresses = nodes.flatMap((node) => node.addresses);
        return new Replayer({ network, random, addresses, isSealed: plain !== undefined });
      }
    }
  }
}

/** Draws the attackers of a world: several kinds at once, or none. */
export function drawKinds(random: () => number): AttackerKind[] {
  if (random() < 0.2) return [];
  const kinds = ATTACKER_KINDS.filter(() => random() < 0.5);
  const more = pick(random, ATTACKER_KINDS);
  // A second insider may steal the same id as the first.
  if (kinds.includes("insider") && random() < 0.3) kinds.push("insider");
  return kinds.length > 0 || more === undefined ? kinds : [more];
}
