/** What makes a question urgent may bring it forward, but never puts it off. */
import { describe, expect, test } from "bun:test";
import type { Peer } from "../../../src/cluster/peers/peer.ts";
import type { MachineState } from "../../../src/store/history-types.ts";
import { PartsBench } from "../parts-harness.ts";

const ADDRESS = "10.1.0.1";

describe("a question that is due in 100 ms is not put off", () => {
  const cases: readonly {
    readonly title: string;
    readonly state: MachineState;
    readonly urge: (bench: PartsBench, peer: Peer) => void;
  }[] = [
    {
      title: "when all machines are to be asked soon",
      state: "up",
      urge: ({ parts }, peer) => parts.schedule.askAllSoon([peer]),
    },
    {
      title: "when somebody begins to watch",
      state: "up",
      urge: ({ parts }, peer) => parts.schedule.noteWatching(true, [peer]),
    },
    {
      title: "when the machine may have restarted",
      state: "up",
      urge: ({ parts }, peer) => parts.schedule.notePossibleRestart(peer),
    },
    {
      title: "when the machine is silent and sends something",
      state: "silent",
      urge: ({ parts }, peer) => parts.schedule.nudge(peer),
    },
  ];
  test.each(cases)("$title", ({ state, urge }) => {
    const bench = new PartsBench();
    const { context, questions, schedule } = bench.parts;
    const peer = bench.add("ann", ADDRESS, state);
    // It was asked just now, so that each of these would rather wait a while.
    for (const contact of peer.contacts) {
      questions.ask(contact, context.requestNumber());
      contact.lastWatchingMs = context.clock.deadlineMs;
    }
    bench.sentTo();
    schedule.plan(peer, 100);
    urge(bench, peer);
    bench.run(100, 10, () => schedule.run());
    expect(bench.sentTo()).toEqual([ADDRESS]);
  });
});
