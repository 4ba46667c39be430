/**
 * `unagi statfs-probe MOUNT`: measures one file system for the daemon that started it. The daemon
 * itself must not wait for a file server that may never answer.
 */
import {
  STATFS_PROBE_COMMAND,
  statfsProbeLine,
} from "../../collectors/filesystems/statfs-probe.ts";
import type { Command } from "../command.ts";

export const statfsProbe: Command<string> = {
  name: STATFS_PROBE_COMMAND,
  description: "measure one file system",
  usage: "unagi statfs-probe MOUNT",
  help: [],
  options: [],
  isHidden: true,
  read: ([mount, ...others]) =>
    mount === undefined || others.length > 0
      ? { kind: "problems", problems: ["statfs-probe needs one mount point"] }
      : { kind: "run", input: mount },
  run: (mount, { out }) => {
    out(statfsProbeLine(mount));
    return 0;
  },
};
