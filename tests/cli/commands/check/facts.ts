/** A machine on which all is well; the tests of `unagi check` change one fact at a time. */
import type {
  CheckFacts,
  ClusterFacts,
  MachineFacts,
} from "../../../../src/cli/commands/check/facts.ts";
import type { Config } from "../../../../src/config/config.ts";
import { loadConfig } from "../../../../src/config/load-config.ts";

/** The configuration of these options, without a file. */
export function configOf(...argv: readonly string[]): Config {
  const readText = () => ({ kind: "absent" }) as const;
  const loaded = loadConfig({ argv, env: {}, readText });
  if (loaded.kind !== "config") throw new Error(JSON.stringify(loaded));
  return loaded.config;
}

export const WELL: CheckFacts = {
  config: configOf("-s", "192.168.1.", "-S", "lab"),
  notes: [],
  keyCount: 0,
  hasServiceKey: false,
  keyProblems: [],
  ports: [
    { transport: "udp", port: 10_080, option: "-p", state: { kind: "free" } },
    { transport: "tcp", port: 8_000, option: "-h", state: { kind: "free" } },
  ],
  networks: {
    lan: {
      wired: { allow: ["192.168.1.0/24"], scan: ["192.168.1.0/24"] },
      withWireless: { allow: ["192.168.1.0/24"], scan: ["192.168.1.0/24"] },
      leftOut: [
        { name: "docker0", reason: "it is a bridge without a hardware port" },
        { name: "lo", reason: "it is loopback" },
      ],
    },
    unmatched: [],
    ownAddresses: [
      { address: "192.168.1.7", interfaceName: "eth0", isAllowed: true, isScanned: true },
    ],
    scanSize: 254,
    onLinkScanSize: 253,
  },
  running: { kind: "none" },
  asked: { askedCount: 253, ofCount: 253, answered: ["192.168.1.9"] },
  messages: { kind: "readable", source: "/var/log/syslog" },
  isRoot: false,
  neighbourLimit: 1_024,
};

/** The facts of a machine that runs a unagi and knows these others. */
export function withCluster(
  others: readonly Partial<MachineFacts>[],
  more: Partial<ClusterFacts> = {},
): CheckFacts {
  const { asked: _, ...rest } = WELL;
  const self = { name: "anago", state: "up", isSelf: true } as const;
  const machines = others.map((other, index): MachineFacts => {
    const number = index + 2;
    const common = { name: `m${number}`, isSelf: false };
    return { ...common, state: "up", ...other };
  });
  const ports = WELL.ports.map((port) => {
    const holder = { pid: 42, command: "unagi", isUnagi: true };
    return { ...port, state: { kind: "held", holder } as const };
  });
  const cluster = { network: "lab", isSealed: false, candidates: 0, ...more };
  const known = { machines: [self, ...machines], unsealedSenders: [], problems: [], ...cluster };
  return {
    ...rest,
    ports,
    running: { kind: "cluster", cluster: known },
  };
}
