/**
 * A scan of a network in which nobody answers, in a network namespace of its own, so that no packet
 * leaves this machine.
 */
import { expect, test } from "bun:test";
import { join } from "node:path";

const UDP = join(import.meta.dir, "../../src/runtime/udp.ts");

/** A wire with a free end: the kernel asks for addresses on it by ARP and gets no answer. */
const WIRE = [
  "ip link add wire0 type veth peer name wire1",
  "ip addr add 10.99.0.1/16 dev wire0",
  "ip link set wire0 up",
  "ip link set wire1 up",
];

/** The packets that 3 s of a scan leave waiting (100 a second), and questions to peers besides. */
const WAITING = 400;

const SCRIPT = `
import { openPeerSocket } from ${JSON.stringify(UDP)};
const faults = [];
const opened = await openPeerSocket({
  port: 0,
  onPacket: () => undefined,
  onFault: (reason) => faults.push(reason),
});
if (!opened.ok) throw new Error(opened.reason);
let sent = 0;
for (let i = 0; i < ${WAITING}; i++) {
  const to = { address: "10.99." + (1 + (i >> 7)) + "." + (1 + (i & 127)), port: 10080 };
  if (opened.value.send(to, Buffer.from("lab?")) === "sent") sent += 1;
}
console.log("sent", sent, ...faults);
opened.value.close();
`;

function inNamespace(commands: readonly string[]) {
  return Bun.spawnSync(["unshare", "-n", "sh", "-c", commands.join(" && ")], {
    stdout: "pipe",
    stderr: "pipe",
    timeout: 20_000,
  });
}

function hasNamespaces(): boolean {
  try {
    return inNamespace(WIRE).exitCode === 0;
  } catch {
    return false; // No unshare here.
  }
}

test.skipIf(!hasNamespaces())(
  "all queries of a scan of 400 addresses without a machine are sent (needs network namespaces)",
  () => {
    const run = `exec "${process.execPath}" -e '${SCRIPT}'`;
    const { stdout, stderr } = inNamespace([...WIRE, run]);
    expect(stderr.toString()).toBe("");
    expect(stdout.toString().trim()).toBe(`sent ${WAITING}`);
  },
);
