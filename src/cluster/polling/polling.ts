/** The parts up to this room put together, with which every part of the rooms above works. */
import { CoreContext } from "../core-context.ts";
import type { ClusterOptions } from "../options.ts";
import { createBudget } from "../pacing/budget.ts";
import { PeerStates } from "../peers/peer-states.ts";
import { PeerTable } from "../peers/peer-table.ts";
import { Probes } from "./probes.ts";
import { Questions } from "./questions.ts";
import { Schedule } from "./schedule.ts";

export type Polling = ReturnType<typeof createPolling>;

export function createPolling(options: ClusterOptions) {
  const context = new CoreContext(options);
  const budget = createBudget(context.clock.deadlineMs);
  const table = new PeerTable(options.maxPeers);
  const questions = new Questions(context);
  const probes = new Probes({ context, budget, questions });
  // A peer that leaves the table is no longer asked. The schedule does not exist yet at this point.
  const states = new PeerStates(context, table, (peer) => schedule.drop(peer));
  const schedule = new Schedule({ context, budget, questions, states, probes });
  return { context, budget, table, questions, probes, states, schedule };
}
