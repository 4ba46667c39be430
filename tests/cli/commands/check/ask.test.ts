/** What `unagi check` asks the ports, the running unagi and the network, and what it makes of it. */
import { describe, expect, test } from "bun:test";
import { randomBytes } from "node:crypto";
import { createServer } from "node:net";
import { askRunning, parseCluster } from "../../../../src/cli/commands/check/ask-running.ts";
import { askScan, chooseTargets } from "../../../../src/cli/commands/check/ask-scan.ts";
import type { ClusterFacts } from "../../../../src/cli/commands/check/facts.ts";
import { tryPort } from "../../../../src/cli/commands/check/try-port.ts";
import { resolveRanges } from "../../../../src/net/address-set.ts";
import { rangeList } from "../../../../src/net/ranges.ts";
import { createEnvelope } from "../../../../src/sealing/envelope.ts";

const CLUSTER = {
  self: "a1",
  network: "lab",
  isSealed: true,
  candidates: 2,
  unsealedSenders: ["192.168.1.30"],
  machines: [
    {
      ...{ id: "a1", name: "anago", address: "192.168.1.7", state: "up", isSelf: true },
      report: { name: "anago", problems: [{ subject: "messages", reason: "no", remedy: "yes" }] },
    },
    {
      ...{ id: "b2", name: "buri", address: "192.168.1.8", state: "down", isSelf: false },
      ...{ lastHeardSeconds: 9, clockOffsetSeconds: -3 },
    },
  ],
};

const READ: ClusterFacts = {
  network: "lab",
  isSealed: true,
  candidates: 2,
  unsealedSenders: ["192.168.1.30"],
  machines: [
    { name: "anago", state: "up", isSelf: true },
    {
      ...{ name: "buri", state: "down", isSelf: false },
      ...{ lastHeardSeconds: 9, clockOffsetSeconds: -3 },
    },
  ],
  problems: [{ subject: "messages", reason: "no", remedy: "yes" }],
};

describe("parseCluster", () => {
  test("keeps what the check needs of an answer", () => {
    expect(parseCluster(JSON.stringify(CLUSTER))).toEqual(READ);
  });

  test.each(["", "{", "null", "[]", "{}", '{"network":"lab"}', '{"network":1,"machines":[]}'])(
    "takes no cluster from %j",
    (text) => {
      expect(parseCluster(text)).toBeUndefined();
    },
  );

  test("leaves out machines and problems of other shapes", () => {
    const machines = [null, 1, {}, { ...CLUSTER.machines[1], state: "happy" }];
    expect(parseCluster(JSON.stringify({ network: "lab", machines }))).toEqual({
      ...{ network: "lab", isSealed: false, candidates: 0, machines: [], problems: [] },
      unsealedSenders: [],
    });
    const self = {
      ...CLUSTER.machines[0],
      report: { name: "anago", problems: [{ subject: 1 }, null] },
    };
    expect(parseCluster(JSON.stringify({ ...CLUSTER, machines: [self] }))?.problems).toEqual([]);
  });
});

describe("askRunning", () => {
  const ANSWERS: readonly (readonly [string, () => Response, unknown])[] = [
    [
      "gives the cluster of a unagi",
      () => Response.json(CLUSTER),
      { kind: "cluster", cluster: READ },
    ],
    [
      "tells a unagi that refuses this machine",
      () => new Response(null, { status: 403 }),
      { kind: "refused" },
    ],
    [
      "tells another program that refuses",
      () => new Response("Forbidden", { status: 403 }),
      { kind: "other", reason: "it answers 403" },
    ],
    [
      "tells another program that knows no such path",
      () => new Response("no", { status: 404 }),
      { kind: "other", reason: "it answers 404" },
    ],
    [
      "tells another program that answers anything",
      () => new Response("<html>"),
      { kind: "other", reason: "its answer is not that of a unagi" },
    ],
  ];
  test.each(ANSWERS)("%s", async (_name, answer, expected) => {
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: answer });
    expect(await askRunning({ port: server.port ?? 0 })).toEqual(expected as never);
    await server.stop(true);
  });

  test("tells that no program listens", async () => {
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const port = server.port ?? 0;
    await server.stop(true);
    expect(await askRunning({ port })).toEqual({ kind: "none" });
  });

  test("asks this machine whatever proxy the environment names", async () => {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => Response.json(CLUSTER),
    });
    const saved = process.env["http_proxy"];
    process.env["http_proxy"] = "http://127.0.0.1:1/";
    const found = await askRunning({ port: server.port ?? 0 });
    if (saved === undefined) delete process.env["http_proxy"];
    else process.env["http_proxy"] = saved;
    expect(found.kind).toBe("cluster");
    await server.stop(true);
  });
});

describe("tryPort", () => {
  test("finds a port free and leaves it free", async () => {
    for (const transport of ["udp", "tcp"] as const) {
      const port = await freePort();
      expect(await tryPort({ transport, port })).toEqual({ kind: "free" });
      expect(await tryPort({ transport, port, bind: "127.0.0.1" })).toEqual({ kind: "free" });
    }
  });

  test("finds the program that holds a port on any address", async () => {
    const udp = await Bun.udpSocket({ hostname: "127.0.0.1", port: 0 });
    const tcp = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const wanted = [
      { transport: "udp", port: udp.port },
      { transport: "tcp", port: tcp.port ?? 0 },
      { transport: "tcp", port: tcp.port ?? 0, bind: "127.0.0.1" },
    ] as const;
    for (const each of wanted) {
      const state = await tryPort(each);
      expect(state.kind === "held" ? state.holder?.pid : state.kind).toBe(process.pid);
    }
    udp.close();
    await tcp.stop(true);
  });

  test("tells an address that this machine does not have", async () => {
    for (const transport of ["udp", "tcp"] as const) {
      const wanted = { transport, port: await freePort(), bind: "192.0.2.77" };
      expect(await tryPort(wanted)).toEqual({ kind: "refused", code: "EADDRNOTAVAIL" });
    }
  });
});

const NO_LAN = {
  wired: { allow: [], scan: [] },
  withWireless: { allow: [], scan: [] },
  leftOut: [],
};

function scanOf(...texts: readonly string[]) {
  return resolveRanges(rangeList(texts, "scan"), NO_LAN);
}

describe("chooseTargets", () => {
  const anyone = {
    isOwn: () => false,
    isAllowed: () => true,
    neighbours: [],
    random: () => 0.5,
    most: 300,
  };

  test("leaves out this machine and the addresses that are not allowed", () => {
    const chosen = chooseTargets({
      ...anyone,
      scan: scanOf("10.0.0.1-5"),
      isOwn: (address) => address === "10.0.0.2",
      isAllowed: (address) => address !== "10.0.0.5",
    });
    expect([...chosen.targets].sort()).toEqual(["10.0.0.1", "10.0.0.3", "10.0.0.4"]);
    expect(chosen.ofCount).toBe(3);
  });

  test("takes the neighbours first, then others at random, up to the limit", () => {
    let state = 1;
    const random = () => {
      state = (state * 16_807) % 2_147_483_647;
      return state / 2_147_483_647;
    };
    const neighbours = ["10.0.9.9", "10.0.1.200", "172.16.0.1"];
    const scan = scanOf("10.0.0.0/20");
    const chosen = chooseTargets({ ...anyone, scan, neighbours, random, most: 50 });
    expect(chosen.targets.slice(0, 2)).toEqual(["10.0.1.200", "10.0.9.9"]);
    expect(new Set(chosen.targets).size).toBe(50);
    expect(chosen.ofCount).toBe(4_094);
    // Not just the beginning of the range.
    expect(new Set(chosen.targets.map((address) => address.split(".")[2])).size).toBeGreaterThan(8);
  });

  test("takes none of an empty range", () => {
    const chosen = chooseTargets({ ...anyone, scan: { ...scanOf("10.0.0.1"), size: 0 } });
    expect(chosen).toEqual({ targets: [], ofCount: 0 });
  });
});

describe("askScan", () => {
  test("counts each machine that answers for this network once", async () => {
    const replies: Readonly<Record<string, string>> = {
      "127.0.31.2": "lab!127.0.31.3",
      "127.0.31.3": "lab!",
      "127.0.31.4": "other!127.0.31.3",
      "127.0.31.5": "lab<",
    };
    const port = await freePort();
    const heard: string[] = [];
    const sockets = await Promise.all(
      Object.entries(replies).map(([hostname, reply]) =>
        Bun.udpSocket({
          ...{ hostname, port },
          socket: {
            data: (socket, data, fromPort, from) => {
              heard.push(`${data.toString()} ${fromPort === port}`);
              socket.send(reply, fromPort, from);
              socket.send(reply, fromPort, from);
            },
          },
        }),
      ),
    );
    const targets = [...Object.keys(replies), "127.0.31.6"];
    const found = await askScan({
      ...{ signature: "lab", port, bind: "127.0.31.1", targets, ofCount: 9 },
    });
    for (const socket of sockets) socket.close();
    const { answered, ...counts } = found;
    expect(counts).toEqual({ askedCount: 5, ofCount: 9 });
    expect([...answered].sort()).toEqual(["127.0.31.2", "127.0.31.3"]);
    expect(heard).toEqual(Array(4).fill("lab? true"));
  });

  test("counts only machines with the key in a sealed network", async () => {
    const envelopeOf = (id: string, key: number) =>
      createEnvelope({
        ...{ signature: "lab", id: id.padEnd(16, "0"), incarnation: "b".repeat(16), randomBytes },
        secrets: [Buffer.alloc(32, key)],
      });
    const port = await freePort();
    const sockets = await Promise.all(
      [1, 1, 2].map((key, index) => {
        const envelope = envelopeOf(`a${index}`, key);
        return Bun.udpSocket({
          ...{ hostname: `127.0.32.${index + 2}`, port },
          socket: {
            data: (socket, data, fromPort, from) => {
              const opened = envelope.open(data);
              // The first answers in the open, as nobody of this network does.
              if (index === 0) socket.send("lab!", fromPort, from);
              else if (opened.ok) socket.send(envelope.seal(Buffer.from("lab!")), fromPort, from);
            },
          },
        });
      }),
    );
    const targets = ["127.0.32.2", "127.0.32.3", "127.0.32.4"];
    const found = await askScan({
      ...{ signature: "lab", port, bind: "127.0.32.1", targets, ofCount: 3 },
      envelope: envelopeOf("c", 1),
    });
    for (const socket of sockets) socket.close();
    expect(found.answered).toEqual(["127.0.32.3"]);
  });

  test("opens no socket if there is no address to ask", async () => {
    const question = { signature: "lab", port: 1, targets: [], ofCount: 0 };
    expect(await askScan(question)).toEqual({ askedCount: 0, ofCount: 0, answered: [] });
  });

  test("says why it could ask no address", async () => {
    const question = { signature: "lab", port: 1, bind: "192.0.2.77", targets: ["192.0.2.1"] };
    const found = await askScan({ ...question, ofCount: 1 });
    expect(found.problem).toContain("192.0.2.77");
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
