/** Removes a machine when a user of this one asks for it, and logs which user that was. */
import { quoted } from "../base/printable.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Config } from "../config/config.ts";
import type { Removal } from "../http/service.ts";
import { createUserNames } from "../linux/passwd.ts";
import { readConnectionOwner } from "../linux/proc/net-sockets.ts";
import type { Log } from "../runtime/log.ts";
import type { Drive } from "./loop/core-loop.ts";

/** `root` is where /proc and /etc are found. */
export function createRemoval(parts: {
  readonly root: string;
  readonly config: Pick<Config, "httpPort" | "bind">;
  readonly cluster: Pick<Cluster, "forget">;
  readonly drive: Drive;
  readonly log: Pick<Log, "info">;
}): Removal {
  const { root, config, cluster, drive, log } = parts;
  const nameOf = createUserNames(root);
  return {
    ...withoutUndefined({ ownAddress: config.bind }),
    remove: ({ id, name, address }, client) => {
      const ports = { client: client.port, server: config.httpPort };
      const uid = readConnectionOwner(root, ports);
      const who = uid === undefined ? "an unknown user of this machine" : `user ${nameOf(uid)}`;
      log.info(`${who} removed machine ${quoted(name)} at ${address}`);
      drive((now) => cluster.forget(id, now));
    },
  };
}
