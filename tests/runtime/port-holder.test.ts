import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { portInUseReason, socketsInTheWay, whoHoldsPort } from "../../src/runtime/port-holder.ts";
import { withRoot } from "../linux/fixture.ts";

const UDP = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  381: 00000000:2760 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 52343 2 0000000000000000 0
  382: 0100007F:2761 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 52344 2 0000000000000000 0
  383: 0200007F:2760 00000000:0000 07 00000000:00000000 00:00000000 00000000  1000        0 52345 2 0000000000000000 0
`;
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 700 1 0000000000000000 100 0 0 10 0
   1: 0100007F:1F40 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 701 1 0000000000000000 100 0 0 10 0
   2: 0100007F:1F40 0100007F:D432 06 00000000:00000000 00:00000000 00000000     0        0 0 1 0000000000000000 100 0 0 10 0
`;

const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000001000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 801 1 0
   1: 0000000000000000FFFF00000100007F:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 802 1 0
   2: B80D0120000000000000000007000000:1F40 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 803 1 0
   3: 00000000000000000000000000000000:1F41 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 804 1 0
`;

for (const [what, text, wanted, inodes] of [
  ["every UDP socket on the port", UDP, { transport: "udp", port: 10080 }, ["52343", "52345"]],
  ["none on another port", UDP, { transport: "udp", port: 10082 }, []],
  [
    "one on the same address and one on all",
    UDP,
    { transport: "udp", port: 10080, bind: "127.0.0.2" },
    ["52343", "52345"],
  ],
  ["none on another address", UDP, { transport: "udp", port: 10081, bind: "127.0.0.2" }, []],
  ["only the listening TCP socket", TCP, { transport: "tcp", port: 8000 }, ["700"]],
  ["one on ::1", TCP6, { transport: "tcp", port: 8000, bind: "::1" }, ["801"]],
  ["one on a mapped address", TCP6, { transport: "tcp", port: 8000, bind: "127.0.0.1" }, ["802"]],
  ["one on an IPv6 address", TCP6, { transport: "tcp", port: 8000, bind: "2001:db8::7" }, ["803"]],
  [
    "one on all of both families",
    TCP6,
    { transport: "tcp", port: 8001, bind: "10.0.0.1" },
    ["804"],
  ],
  ["nothing in an empty table", "", { transport: "udp", port: 10080 }, []],
  [
    "nothing in a truncated line",
    "  381: 00000000:2760 00000000:0000 07",
    { transport: "udp", port: 10080 },
    [],
  ],
  [
    "nothing in noise",
    "\0\n:2760 :2760 :2760\n".repeat(1000),
    { transport: "udp", port: 10080, bind: "127.0.0.1" },
    [],
  ],
] as const) {
  test(`the sockets that keep another from being bound: ${what}`, () =>
    withRoot((root) => {
      root.write(`proc/net/${wanted.transport}`, text);
      expect([...socketsInTheWay(root.path, wanted)].map(String)).toEqual([...inodes]);
    }));
}

const root = mkdtempSync(join(tmpdir(), "unagi-port-"));
afterAll(() => rmSync(root, { recursive: true }));

function addProcess(pid: number, comm: string, cmdline: string, inode: number): void {
  mkdirSync(join(root, `proc/${pid}/fd`), { recursive: true });
  writeFileSync(join(root, `proc/${pid}/comm`), `${comm}\n`);
  writeFileSync(join(root, `proc/${pid}/cmdline`), cmdline.replaceAll(" ", "\0"));
  symlinkSync("/dev/null", join(root, `proc/${pid}/fd/0`));
  symlinkSync(`socket:[${inode}]`, join(root, `proc/${pid}/fd/3`));
}

mkdirSync(join(root, "proc/net"), { recursive: true });
mkdirSync(join(root, "proc/notapid/fd"), { recursive: true });
writeFileSync(join(root, "proc/net/udp"), UDP);
writeFileSync(join(root, "proc/net/tcp6"), TCP);
addProcess(41, "na\x1bmed", "/usr/sbin/named -f", 52344);
addProcess(42, "unagi", "/usr/bin/unagi -p 10080", 52345);
addProcess(43, "bun", "/opt/bun /srv/unagi/src/main.ts -h 8000", 700);

test("the holder of a port is named, and another unagi is recognised, compiled or run from source", () => {
  expect(whoHoldsPort(root, { transport: "udp", port: 10081 })).toEqual({
    pid: 41,
    command: "na\\x1bmed",
    isUnagi: false,
  });
  expect(whoHoldsPort(root, { transport: "udp", port: 10080 })).toEqual({
    pid: 42,
    command: "unagi",
    isUnagi: true,
  });
  expect(whoHoldsPort(root, { transport: "tcp", port: 8000 })).toEqual({
    pid: 43,
    command: "bun",
    isUnagi: true,
  });
  expect(whoHoldsPort(root, { transport: "udp", port: 9 })).toBeUndefined();
  expect(whoHoldsPort(join(root, "nowhere"), { transport: "udp", port: 10080 })).toBeUndefined();
});

for (const [port, words] of [
  [10080, /^-p 10080: the UDP port is in use by unagi \(process 42\).* -c \/dev\/null/],
  [10081, /^-p 10081: .* by na\\x1bmed \(process 41\); choose another with -p$/],
  [9, /^-p 9: the UDP port is in use; choose another with -p$/],
] as const) {
  test(`the reason why port ${port} is in use names its holder and the remedy`, () => {
    expect(portInUseReason(root, { transport: "udp", port, option: "-p" })).toMatch(words);
  });
}

test("the holder of a real socket of this process is found on the running system", () => {
  const server = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data: () => undefined } });
  const port = server.port;
  expect(whoHoldsPort("/", { transport: "tcp", port })?.pid).toBe(process.pid);
  server.stop(true);
  expect(whoHoldsPort("/", { transport: "tcp", port })).toBeUndefined();
});
