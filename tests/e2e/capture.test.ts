/**
 * What a listener on the switch sees: the names, users, processes and addresses of two plain machines,
 * and none of these of two sealed machines.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Machine } from "../../src/cluster/machine.ts";
import { TYPICAL_REPORT } from "../sealing/typical-report.ts";
import { runProgram, scratchDirectory, until } from "./daemon.ts";
import { canMakeNetworks, makeNetwork, type SwitchedNetwork } from "./switched-network.ts";

const TEST_MS = 60_000;
/** 1,500 bytes and the Ethernet header of 14. */
const FRAME_BYTES = 1_514;
/** Matches fragments of long datagrams too: only the first has a port, but all have these bits set. */
const FILTER = "udp port 10080 or (ip[6:2] & 0x3fff != 0)";
const NAMES = ["annika-01", "bobby-02"];

const scratch = scratchDirectory();
const canRun = canMakeNetworks("tcpdump");
const keyFile = join(scratch.path, "key");
const networks: SwitchedNetwork[] = [];

beforeAll(async () => {
  const keygen = runProgram(["keygen", keyFile]);
  expect({ code: await keygen.exited, error: keygen.stderr() }).toEqual({ code: 0, error: "" });
});

afterAll(async () => {
  for (const network of networks) await network.remove();
  scratch.remove();
});

interface Capture {
  /** Whole frames, in the order in which they passed. */
  readonly frames: readonly Buffer[];
  /** Words from the reports, by subject. */
  readonly terms: Readonly<Record<string, readonly string[]>>;
  readonly reportLength: number;
}

/** Captures what two machines send until each has the other's report and a few lists. */
async function capture(name: string, options: readonly string[]): Promise<Capture> {
  const network = makeNetwork(name, NAMES.length);
  networks.push(network);
  const file = join(scratch.path, `${name}.pcap`);
  const tcpdump = network.spawnOnSwitch(
    ...["tcpdump", "-i", "p1", "-U", "-s", "0", "-Z", "root", "-w", file, FILTER],
  );
  await until(() => readFileSync(file).length >= PCAP_HEADER_BYTES);
  const own = NAMES.map((_, index) => network.address(index + 1));
  for (const [index, machine] of NAMES.entries()) {
    network.start(index + 1, [
      ...["-c", "/dev/null", "-S", "captured", "-n", "10.77.0.", "-s", "10.77.0.1-2"],
      ...["-a", "10.77.0.", "--name", machine, ...options],
    ]);
  }
  let self: Machine | undefined;
  await until(() => {
    const machines = own.map((address) => machinesAt(network, address));
    self = machines[0]?.find(({ isSelf }) => isSelf);
    return machines.every((shown) => shown.filter(({ report }) => report).length === 2);
  });
  // After its start a machine asks for lists after 1, 2 and 4 s.
  await Bun.sleep(3_000);
  tcpdump.kill("SIGINT");
  await tcpdump.exited;
  const { report } = self ?? {};
  return {
    frames: framesOf(readFileSync(file)),
    terms: {
      names: NAMES,
      addresses: own,
      users: long(report?.processes?.map(({ user }) => user)),
      processes: long(report?.processes?.map(({ command }) => command)),
      system: long([report?.host?.model, report?.host?.kernel, report?.host?.os]),
      messages: ["report", "answer", "question", self?.id ?? ""],
    },
    reportLength: JSON.stringify(report).length,
  };
}

function machinesAt(network: SwitchedNetwork, address: string): Machine[] {
  const url = `http://${address}:8000/api/v1/cluster`;
  const answer = network.onSwitch(["curl", "-s", "--max-time", "2", url]);
  return answer === "" ? [] : (JSON.parse(answer) as { machines: Machine[] }).machines;
}

/** The terms of more than three letters; shorter ones may occur among so many bytes by chance. */
function long(terms: readonly (string | undefined)[] = []): string[] {
  return terms.filter((term): term is string => term !== undefined && term.length > 3);
}

/** Formats of pcap-savefile(5); little-endian, as written on this machine. */
const PCAP_HEADER_BYTES = 24;
const RECORD_HEADER_BYTES = 16;

function framesOf(file: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = PCAP_HEADER_BYTES; at < file.length; ) {
    const start = at + RECORD_HEADER_BYTES;
    const end = start + file.readUInt32LE(at + 8);
    frames.push(file.subarray(start, end));
    at = end;
  }
  return frames;
}

/** By subject, the terms that occur in any frame. */
function shown({ frames, terms }: Capture): Record<string, string[]> {
  const wire = Buffer.concat(frames);
  return Object.fromEntries(
    Object.entries(terms).map(([subject, some]) => [
      subject,
      some.filter((term) => wire.includes(term)),
    ]),
  );
}

/** Whether the frame is a fragment: it has "more fragments" or an offset set (RFC 791). */
function isPiece(frame: Buffer): boolean {
  return (frame.readUInt16BE(20) & 0x3fff) !== 0;
}

describe.skipIf(!canRun)("a capture on the switch (needs root, ip, curl and tcpdump)", () => {
  test(
    "shows everything that two plain machines tell each other",
    async () => {
      const plain = await capture("cp", []);
      const seen = shown(plain);
      for (const [subject, terms] of Object.entries(plain.terms)) {
        expect(terms.length, subject).toBeGreaterThan(0);
      }
      expect(seen).toEqual(plain.terms as Record<string, string[]>);
    },
    TEST_MS,
  );

  test(
    "shows nothing that two sealed machines tell each other, and each report is one frame",
    async () => {
      const sealed = await capture("cs", ["--key-file", keyFile]);
      for (const [subject, terms] of Object.entries(shown(sealed))) {
        expect({ subject, terms }).toEqual({ subject, terms: [] });
      }
      const udp = sealed.frames.map((frame) => frame.subarray(14 + 20 + 8));
      expect(udp.every((bytes) => bytes.toString("latin1").startsWith("captured#"))).toBe(true);
      const longest = Math.max(...sealed.frames.map((frame) => frame.length));
      expect(longest).toBeGreaterThan(500);
      // This is not promised for a machine whose report is longer than the typical one.
      if (sealed.reportLength > JSON.stringify(TYPICAL_REPORT).length) return;
      expect(sealed.frames.filter(isPiece)).toEqual([]);
      expect(longest).toBeLessThanOrEqual(FRAME_BYTES);
      console.info(`longest sealed frame: ${longest} bytes, report of ${sealed.reportLength}`);
    },
    TEST_MS,
  );
});
