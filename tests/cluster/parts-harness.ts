/**
 * The parts of one core by themselves, so that a test can drive a single one of them: time passes when the
 * test says so, and machines are put into the table without any packet.
 */
import type { Moment } from "../../src/base/units.ts";
import { type CoreParts, createParts } from "../../src/cluster/parts.ts";
import { Contact, Peer } from "../../src/cluster/peers/peer.ts";
import type { MachineState } from "../../src/store/history-types.ts";
import { seededRandom } from "../simulation/world/random.ts";

const START_WALL_MS = 1_700_000_000_000;

export class PartsBench {
  readonly parts: CoreParts;
  /** Time since the start. */
  nowMs = 0;

  constructor(options: { readonly scan?: readonly string[] } = {}) {
    const scan = options.scan ?? [];
    this.parts = createParts({
      now: this.#now(),
      signature: "lab",
      updateSeconds: 600,
      port: 10_080,
      maxPeers: 4096,
      self: { id: "self", incarnation: "boot-self", name: "me", address: "10.0.0.1" },
      ranges: {
        allow: (address) => address.startsWith("10."),
        scan: { size: scan.length, at: (index) => scan[index] },
      },
      known: [],
      random: seededRandom(7),
    });
  }

  /** Calls `step` every `everyMs` for this long. */
  run(ms: number, everyMs: number, step: () => void): void {
    const untilMs = this.nowMs + ms;
    while (this.nowMs < untilMs) {
      this.nowMs += everyMs;
      this.parts.context.clock.observe(this.#now(), { isTick: true });
      step();
    }
  }

  /** Puts a protocol-2 machine into the table. */
  add(id: string, address: string, state: MachineState = "up"): Peer {
    const { context, states, table } = this.parts;
    const { clock } = context;
    const peer = new Peer({ id, protocol: 2, address, clock });
    peer.state = state;
    states.add(peer);
    table.assignAddress(new Contact(address), peer);
    return peer;
  }

  /** The addresses that packets were sent to since the last call, in that order. */
  sentTo(): string[] {
    const addresses: string[] = [];
    for (const output of this.parts.context.take()) {
      if (output.kind === "send") addresses.push(output.to.address);
    }
    return addresses;
  }

  #now(): Moment {
    return { elapsedMs: 5_000_000 + this.nowMs, wallMs: START_WALL_MS + this.nowMs };
  }
}
