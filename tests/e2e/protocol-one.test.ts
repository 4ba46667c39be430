/** The executable on one network with a strict protocol-1 peer. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import type { ClusterJson } from "../../src/api/types.ts";
import type { Machine } from "../../src/cluster/machine.ts";
import { type Daemon, freePort, startDaemon, until } from "./daemon.ts";
import {
  editedReport,
  longReport,
  StrictPeer,
  sampleReport,
  wrappedReport,
} from "./strict-peer.ts";

const SIGNATURE = "lab-2005";
const DAEMON = "127.0.3.2";
const PEER = "127.0.3.3";
/** An interval that lets a test see at most one report after the first. */
const UPDATE_SECONDS = 600;

let port: number;
let daemon: Daemon;
let peer: StrictPeer;
/** Peers whose reports the old program reads. */
const others: StrictPeer[] = [];

beforeAll(async () => {
  port = await freePort();
  peer = await StrictPeer.open({ address: PEER, port, signature: SIGNATURE });
  peer.publish(sampleReport("oldie", 37));
  const reports = [wrappedReport("wrapped"), longReport("talkative"), editedReport("edited")];
  for (const [index, report] of reports.entries()) {
    const other = await StrictPeer.open({
      address: `127.0.3.${20 + index}`,
      port,
      signature: SIGNATURE,
    });
    other.publish(report);
    peer.known.add(other.address);
    others.push(other);
  }
  daemon = await startDaemon({
    address: DAEMON,
    httpPort: await freePort(),
    p2pPort: port,
    options: [
      "-S",
      SIGNATURE,
      "-n",
      "127.0.3.2-22",
      "-u",
      String(UPDATE_SECONDS),
      "--name",
      "newbie",
    ],
  });
});

afterAll(async () => {
  await daemon.stop();
  for (const one of [peer, ...others]) one.close();
});

async function machine(name: string): Promise<Machine | undefined> {
  const { machines } = await daemon.json<{ machines: Machine[] }>("/api/v1/cluster");
  return machines.find((one) => one.name === name);
}

describe("beside a protocol-1 peer,", () => {
  test("the daemon finds the peer by scanning and shows its report", async () => {
    await until(async () => (await machine("oldie"))?.report?.cpu?.userPercent === 37);
    const shown = await machine("oldie");
    expect(shown).toMatchObject({ state: "up", protocol: 1, address: PEER, id: PEER });
    expect(shown?.report?.load?.one).toBe(0.15);
    expect(shown?.report?.load?.fifteen).toBe(12.34);
    expect(shown?.report?.processes?.[0]).toMatchObject({ user: "ann", command: "blender" });
    expect(shown?.report?.users?.[0]).toMatchObject({ name: "ann", command: "bash" });
    expect(shown?.report?.messages).toEqual(["Nov 22 08:00:01 old kernel: eth0 link up"]);
  });

  test("the peer gets the daemon's report once, valid to the last field, and then signs of life", async () => {
    await until(async () => (await machine("newbie"))?.report !== undefined);
    peer.say(DAEMON, ">");
    await until(() => peer.reports.has(DAEMON));
    const report = peer.reports.get(DAEMON);
    expect(report?.fields[0]).toBe("newbie");
    expect(report?.fields[2]).toBe("60");
    expect(Math.abs(Number(report?.fields[1]) - Date.now() / 1000)).toBeLessThan(30);

    // Averaged over half a second: CPU, swap, disk and network are 0, as the old program begins.
    expect(report?.fields.slice(11)).toEqual(Array(9).fill("0"));

    const answers = () =>
      peer.texts(DAEMON).filter((text) => text.startsWith(`${SIGNATURE}<`)).length;
    const before = answers();
    peer.say(DAEMON, ">");
    await until(() => answers() > before);
    expect(peer.texts(DAEMON).at(-1)).toBe(`${SIGNATURE}<`);
    expect(peer.signsOfLife).toContain(DAEMON);
  });

  test("a report with counters that wrapped costs only the wrapped figures", async () => {
    await until(async () => (await machine("wrapped"))?.report !== undefined);
    const { cpu, network, disk, memory } = (await machine("wrapped"))?.report ?? {};
    expect(cpu).toEqual({ userPercent: 37, systemPercent: 4 });
    expect(network).toEqual({ transmitBytesPerSecond: (5 * 2 ** 20) / 60 });
    expect(disk?.readBytesPerSecond).toBeGreaterThan(0);
    expect(memory?.usedPercent).toBe(42);
  });

  test("a report of over 4,096 bytes is read as far as the old program reads it", async () => {
    await until(async () => (await machine("talkative"))?.report !== undefined);
    const report = (await machine("talkative"))?.report;
    expect(report?.users?.map(({ name }) => name)).toEqual(["ann", "bo"]);
    expect(report?.messages).toHaveLength(5);
  });

  test("a report of a program whose constants were edited is reckoned with and cut", async () => {
    await until(async () => (await machine("edited"))?.report !== undefined);
    const report = (await machine("edited"))?.report;
    expect(report?.disk?.readBytesPerSecond).toBe(2 ** 20);
    expect(report?.processes).toHaveLength(5);
    expect(report?.users).toHaveLength(10);
  });

  test("an initial query is answered with the machines that are up", async () => {
    peer.say(DAEMON, "?");
    await until(() =>
      peer.texts(DAEMON).some((text) => text.startsWith(`${SIGNATURE}!`) && text.includes(DAEMON)),
    );
  });

  test("the peer refused nothing that the daemon sent", () => {
    expect(peer.refused).toEqual([]);
  });

  test("empty reports count as signs of life and keep the machine up with its last report", async () => {
    const asker = await startDaemon({
      address: "127.0.3.6",
      httpPort: await freePort(),
      p2pPort: port,
      options: ["-S", SIGNATURE, "-n", "127.0.3.2-9", "-u", "1"],
    });
    try {
      const shown = async () => {
        const { machines } = await asker.json<{ machines: Machine[] }>("/api/v1/cluster");
        return machines.find((one) => one.name === "oldie");
      };
      await until(async () => (await shown())?.report !== undefined);
      const asked = () =>
        peer.texts("127.0.3.6").filter((text) => text.startsWith(`${SIGNATURE}>`));
      const before = asked().length;
      // The peer has no new report and answers each time with an empty one.
      await until(() => asked().length >= before + 3);
      await until(async () => ((await shown())?.lastHeardSeconds ?? 99) < 1);
      expect(await shown()).toMatchObject({ state: "up", protocol: 1 });
      expect((await shown())?.report?.cpu?.userPercent).toBe(37);
      expect((await shown())?.reportAgeSeconds).toBeGreaterThan(1);
    } finally {
      await asker.stop();
    }
  }, 30_000);

  test("a host that goes back to the old program stays one row, and its old page is kept", async () => {
    const host = "127.0.3.15";
    const options = ["-S", SIGNATURE, "-n", "127.0.3.2-22", "-u", "600", "--name", "goes-back"];
    const place = { address: host, httpPort: await freePort(), p2pPort: port, options };
    const modern = await startDaemon(place);
    try {
      await until(async () => (await machine("goes-back"))?.report !== undefined);
    } finally {
      await modern.stop();
    }
    const id = (await machine("goes-back"))?.id;
    const old = await StrictPeer.open({ address: host, port, signature: SIGNATURE });
    try {
      old.publish(sampleReport("goes-back", 21));
      // A machine of 2005 asks as soon as it runs, and so is asked in turn.
      old.say(DAEMON, "?");
      await until(async () => (await machine("goes-back"))?.protocol === 1);
      await until(async () => (await machine("goes-back"))?.report?.cpu?.userPercent === 21);
      const { machines } = await daemon.json<{ machines: (Machine & { replaces?: string })[] }>(
        "/api/v1/cluster",
      );
      const rows = machines.filter(({ name }) => name === "goes-back");
      expect(rows).toMatchObject([{ id: host, protocol: 1, state: "up", replaces: id }]);
      const kept = await daemon.json<{ id: string; state: string }>(`/api/v1/machines/${id}`);
      expect(kept).toMatchObject({ id, state: "stopped" });
    } finally {
      old.close();
    }
  }, 40_000);

  test("a report that cannot be read marks its machine until the next good one", async () => {
    const asker = await startDaemon({
      address: "127.0.3.7",
      httpPort: await freePort(),
      p2pPort: port,
      options: ["-S", SIGNATURE, "-n", "127.0.3.2-22", "-u", "1"],
    });
    try {
      const trouble = async () => {
        const { machines } = await asker.json<ClusterJson>("/api/v1/cluster");
        const shown = machines.find((one) => one.name === "wrapped" && one.state === "up");
        return shown?.report && (shown.reportTrouble ?? "none");
      };
      await until(async () => (await trouble()) === "none");
      others[0]?.publish("wrapped 1 2 3\n\n\n");
      await until(async () => (await trouble()) !== "none");
      expect(await trouble()).toMatchObject({ kind: "refused", reason: "not 20 fields in line 1" });
      const plain = await (await fetch(`${asker.url}/status.txt`)).text();
      expect(plain).toContain("wrapped reports refused since");
      others[0]?.publish(wrappedReport("wrapped"));
      await until(async () => (await trouble()) === "none");
    } finally {
      await asker.stop();
    }
  }, 30_000);

  test.each([
    { title: "a wrong signature", from: "127.0.3.4", text: "lab-2006?" },
    { title: "a longer signature", from: "127.0.3.4", text: "xlab-2005?" },
    { title: "an address outside the range", from: "127.0.4.4", text: `${SIGNATURE}?` },
    { title: "an unknown kind", from: "127.0.3.4", text: `${SIGNATURE}=` },
  ])("a packet with $title gets no answer", async ({ from, text }) => {
    // The answer to an allowed question shows that the daemon has read the other packet before it.
    const stranger = await openRaw(from);
    const witness = await openRaw("127.0.3.5");
    try {
      stranger.socket.send(text, port, DAEMON);
      await until(() => {
        witness.socket.send(`${SIGNATURE}?`, port, DAEMON);
        return witness.received.length > 0;
      });
      expect(stranger.received).toEqual([]);
    } finally {
      stranger.socket.close();
      witness.socket.close();
    }
  });
});

async function openRaw(address: string) {
  const socket = createSocket("udp4");
  const received: string[] = [];
  socket.on("message", (bytes) => received.push(bytes.toString("latin1")));
  await new Promise<void>((resolve) => socket.bind(port, address, () => resolve()));
  return { socket, received };
}
