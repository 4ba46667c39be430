/** Removes a machine when a user of this one asks for it, and logs which user that was. */

import { quoted } from "../base/printable.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Removal } from "../http/service.ts";
import { createUserNames } from "../linux/passwd.ts";
import { readConnectionOwner } from "../linux/proc/net-sockets.ts";
import type { Log } from "../runtime/log.ts";
import type { Drive } from "./loop/core-loop.ts";

export interface RemovalParts {
  /** Where /proc and /etc are found. */
  readonly root: string;
  readonly httpPort: number;
  /** The address of `--bind`. */
  readonly ownAddress: string | undefined;
  readonly cluster: Pick<Cluster, "forget">;
  readonly drive: Drive;
  readonly log: Pick<Log, "info">;
}

export function createRemoval(parts: RemovalParts): Removal {
  const { root, httpPort, ownAddress, cluster, drive, log } = parts;
  const nameOf = createUserNames(root);
  return {
    ...withoutUndefined({ ownAddress }),
    remove: ({ id, name, address }, client) => {
      const uid = readConnectionOwner(root, { client: client.port, server: httpPort });
      const who = uid === undefined ? "an unknown user of this machine" : `user ${nameOf(uid)}`;
      log.info(`${who} removed machine ${quoted(name)} at ${address}`);
      drive((now) => cluster.forget(id, now));
    },
  };
}
