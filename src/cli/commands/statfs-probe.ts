/**
 * `unagi statfs-probe MOUNT`: measures one file system for the daemon that started it, which
 * cannot ask a file server that may never answer.
 */
import { runStatfsProbe, STATFS_PROBE_COMMAND } from "../../collectors/filesystems/statfs-probe.ts";
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
  run: (mount) => {
    runStatfsProbe(mount);
    return 0;
  },
};
