/** The list of all collectors, in the order of the report. A new subject is a line here. */
import { readPageBytes } from "../linux/proc/auxv.ts";
import type { AnyCollector } from "./collector.ts";
import { cpu } from "./cpu.ts";
import { disk } from "./disk.ts";
import { createFilesystems } from "./filesystems/filesystems.ts";
import {
  createStatfsProber,
  type ProbeChild,
  type StatfsAnswer,
  spawnStatfsProbe,
} from "./filesystems/statfs-probe.ts";
import { createHost } from "./host.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { createMessages, messageSources } from "./messages/messages.ts";
import { network } from "./network.ts";
import { pressure } from "./pressure.ts";
import { createProcesses } from "./processes/processes.ts";
import { createSwap } from "./swap.ts";
import { createTemperatures } from "./temperatures.ts";
import { uptime } from "./uptime.ts";
import { users } from "./users.ts";

export interface CollectorOptions {
  /** "/", or the top of a fixture tree. */
  readonly root: string;
  /** `messages = false` switches the messages off. */
  readonly messages: boolean;
  /** How to start ourselves, for the hidden command `statfs-probe MOUNT`. */
  readonly executable: readonly string[];
  /** For tests: in place of the system call, the children, and the wait until one is late. */
  readonly statfs?: (path: string) => StatfsAnswer;
  readonly spawnProbe?: (mountPoint: string) => ProbeChild;
  readonly wait?: (ms: number) => Promise<void>;
}

/** Those with a state, such as a cache or a child process, are made anew for each sampler. */
export function createCollectors(options: CollectorOptions): readonly AnyCollector[] {
  const { root, spawnProbe = spawnStatfsProbe(options.executable), wait = Bun.sleep } = options;
  const pageBytes = readPageBytes(root);
  const prober = createStatfsProber({ spawn: spawnProbe, wait });
  return [
    uptime,
    createHost(root),
    cpu,
    load,
    memory,
    pressure,
    createSwap(pageBytes),
    disk,
    createFilesystems({ ...options, prober }),
    network,
    createTemperatures(root),
    users,
    createProcesses(root, pageBytes),
    ...(options.messages ? [createMessages(messageSources(root))] : []),
  ];
}
