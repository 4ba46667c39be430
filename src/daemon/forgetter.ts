/** Forgets a machine at the wish of somebody on this one, and writes down who it was. */

import { quoted } from "../base/printable.ts";
import type { Moment } from "../base/units.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Forgetter } from "../http/service.ts";
import { createUserNames } from "../linux/passwd.ts";
import { readConnectionOwner } from "../linux/proc/net-sockets.ts";
import type { Log } from "../runtime/log.ts";
import type { Performer } from "./performer.ts";
import type { Ticker } from "./ticker.ts";

export interface ForgetterParts {
  /** Where /proc and /etc are found. */
  readonly root: string;
  readonly httpPort: number;
  readonly ownAddress?: string;
  readonly cluster: Pick<Cluster, "forget">;
  readonly performer: Pick<Performer, "perform">;
  readonly ticker: Pick<Ticker, "rearm">;
  readonly clock: () => Moment;
  readonly log: Pick<Log, "info">;
}

export function createForgetter(parts: ForgetterParts): Forgetter {
  const { root, httpPort, ownAddress, cluster, performer, ticker, clock, log } = parts;
  const nameOf = createUserNames(root);
  return {
    ...(ownAddress === undefined ? {} : { ownAddress }),
    forget: ({ id, name, address }, client) => {
      const uid = readConnectionOwner(root, { client: client.port, server: httpPort });
      const who = uid === undefined ? "somebody on this machine" : `user ${nameOf(uid)}`;
      log.info(`${who} has machine ${quoted(name)} at ${address} forgotten`);
      performer.perform(cluster.forget(id, clock()));
      ticker.rearm();
    },
  };
}
