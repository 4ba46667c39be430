/**
 * Machines on one switch for the end-to-end tests: each is a network namespace, connected to a bridge in
 * a further one. Names contain the process id, so that two test runs do not collide. The caller must
 * call `remove` whatever happens. Needs root.
 */
import { spawnSync } from "node:child_process";
import { EXECUTABLE } from "./daemon.ts";

export interface SwitchedNetwork {
  /** `10.77.0.INDEX`; the switch itself has index 254. */
  address(index: number): string;
  /** Runs a command on a machine or on the switch. Returns what it prints. */
  inside(index: number, ...command: string[]): string;
  onSwitch(command: readonly string[], input?: string): string;
  /** Starts a process on the switch; it is ended by `remove`. */
  spawnOnSwitch(...command: string[]): Bun.Subprocess;
  /** Starts the executable on a machine under the host name `nodeINDEX`. */
  start(index: number, options: readonly string[], env?: Readonly<Record<string, string>>): void;
  /** Ends all processes and takes everything apart. */
  remove(): Promise<void>;
}

/** Whether this user may make network namespaces and this machine has these programs. */
export function canMakeNetworks(...programs: string[]): boolean {
  const isMissing = ["ip", "curl", ...programs].some((name) => Bun.which(name) === null);
  if (process.geteuid?.() !== 0 || isMissing) return false;
  const probe = `unagi${process.pid}p`;
  const isMade = ip("netns", "add", probe);
  return isMade && ip("netns", "del", probe);
}

/** Machines 1 to `count`; the port of machine N on the switch is `pN`. */
export function makeNetwork(name: string, count: number): SwitchedNetwork {
  const prefix = `unagi${process.pid}${name}`;
  const hub = `${prefix}s`;
  const machines = Array.from({ length: count }, (_, index) => index + 1);
  const namespace = (index: number) => `${prefix}m${index}`;
  const running: Bun.Subprocess[] = [];
  const spawn = (command: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const child = Bun.spawn([...command], {
      env: { PATH: process.env["PATH"] ?? "", ...env },
      ...{ stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    });
    running.push(child);
    return child;
  };

  function plugIn(index: number): void {
    const [machine, plug] = [namespace(index), `p${index}`];
    ip("netns", "add", machine);
    ip("link", "add", "eth0", "netns", machine, "type", "veth", "peer", "name", plug, "netns", hub);
    ip("-n", hub, "link", "set", plug, "master", "br0", "up");
    ip("-n", machine, "addr", "add", `${address(index)}/24`, "dev", "eth0");
    ip("-n", machine, "link", "set", "lo", "up");
    ip("-n", machine, "link", "set", "eth0", "up");
  }

  ip("netns", "add", hub);
  ip("-n", hub, "link", "add", "br0", "type", "bridge");
  ip("-n", hub, "addr", "add", `${address(254)}/24`, "dev", "br0");
  ip("-n", hub, "link", "set", "br0", "up");
  for (const index of machines) plugIn(index);

  return {
    address,
    inside: (index, ...command) => printed(namespace(index), command),
    onSwitch: (command, input) => printed(hub, command, input),
    spawnOnSwitch: (...command) => spawn(["ip", "netns", "exec", hub, ...command]),
    start: (index, options, env) => {
      // With a host name of its own, it is another machine for the others.
      const script = `hostname node${index} && exec ip netns exec ${namespace(index)} "$0" "$@"`;
      spawn(["unshare", "--uts", "sh", "-c", script, EXECUTABLE, ...options], env);
    },
    remove: async () => {
      for (const child of running) child.kill("SIGTERM");
      const isOver = Promise.all(running.map((child) => child.exited));
      await Promise.race([isOver, Bun.sleep(PATIENCE_MS)]);
      for (const child of running) child.kill("SIGKILL");
      await isOver;
      for (const index of machines) ip("netns", "del", namespace(index));
      ip("netns", "del", hub);
    },
  };
}

/** A process that does not end by itself is killed after this. */
const PATIENCE_MS = 5_000;

function address(index: number): string {
  return `10.77.0.${index}`;
}

function ip(...args: string[]): boolean {
  return spawnSync("ip", args, { stdio: "ignore" }).status === 0;
}

/** Runs a command in a namespace. Returns what it prints; an empty text if it fails. */
function printed(namespace: string, command: readonly string[], input?: string): string {
  const run = spawnSync("ip", ["netns", "exec", namespace, ...command], {
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
  return run.stdout ?? "";
}
