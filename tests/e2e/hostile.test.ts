/** Whatever arrives on its two ports, the executable stays up, small and fast. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { createSocket } from "node:dgram";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import type { Machine } from "../../src/cluster/machine.ts";
import { seededRandom } from "../simulation/world/random.ts";
import { type Daemon, freePort, startDaemon, until } from "./daemon.ts";

const SIGNATURE = "lab";
const PACKETS = 20_000;
const MEBIBYTE = 1024 * 1024;
/** The growth that a flood may cause: socket buffers, and garbage that is not yet collected. */
const GROWTH_BYTES = 40 * MEBIBYTE;

let daemon: Daemon;
let port: number;

beforeAll(async () => {
  port = await freePort();
  daemon = await startDaemon({
    address: "127.0.5.2",
    httpPort: await freePort(),
    p2pPort: port,
    options: ["-S", SIGNATURE, "-n", "127.0.5.", "-s", "127.0.5.2-9"],
  });
});

afterAll(async () => {
  await daemon.stop();
});

function residentBytes(pid: number): number {
  const kilobytes = readFileSync(`/proc/${pid}/status`, "utf8").match(/VmRSS:\s+(\d+)/)?.[1];
  return Number(kilobytes) * 1024;
}

const SHAPES = [
  (r: () => number) => Buffer.from(Array.from({ length: Math.floor(r() * 200) }, () => r() * 256)),
  (r: () => number) =>
    Buffer.from(`${SIGNATURE}${"?!><#"[Math.floor(r() * 5)]}${"x".repeat(r() * 9)}`),
  (r: () => number) =>
    Buffer.from(
      `${SIGNATURE}!${Array.from({ length: 50 }, () => `127.0.5.${Math.floor(r() * 300)}`).join(" ")}`,
    ),
  (r: () => number) =>
    Buffer.from(`${SIGNATURE}<{"answer":${Math.floor(r() * 1e15)},"id":"__proto__"}`),
  (r: () => number) => Buffer.from(`${SIGNATURE}>{"question":${Math.floor(r() * 2 ** 48)}}`),
  () => Buffer.from(`${SIGNATURE}<a b c\n\n\n`),
  () => Buffer.alloc(9000, `${SIGNATURE}<${"[".repeat(50)}`),
];

describe("under hostile packets,", () => {
  test("an executable serves its page, does not grow, shows no invented machine and logs little", async () => {
    const random = seededRandom(7);
    const socket = createSocket("udp4");
    await new Promise<void>((resolve) => socket.bind(port, "127.0.5.66", () => resolve()));
    const before = residentBytes(daemon.pid);
    for (let sent = 0; sent < PACKETS; sent += 1) {
      const shape = SHAPES[Math.floor(random() * SHAPES.length)] ?? SHAPES[0];
      if (shape !== undefined) {
        socket.send(shape(random), port, daemon.address);
      }
      if (sent % 500 === 0) {
        await Bun.sleep(1);
      }
    }
    await until(async () => (await fetch(`${daemon.url}/healthz`)).ok);
    const { machines } = await daemon.json<{ machines: Machine[] }>("/api/v1/cluster");
    expect(machines).toHaveLength(1);
    expect(residentBytes(daemon.pid) - before).toBeLessThan(GROWTH_BYTES);
    expect(daemon.stderr().length).toBeLessThan(10_000);
    socket.close();
  });
});

describe("the HTTP server", () => {
  test.each([
    ["HTTP/1.0 without Host", "GET / HTTP/1.0\r\n\r\n"],
    ["a foreign Host", "GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"],
    ["a bad Host", "GET / HTTP/1.1\r\nHost: [::\r\nConnection: close\r\n\r\n"],
    ["a bad escape", "GET /machines/%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
    ["an absurd method", "BREW / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
    [
      "a body",
      "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello",
    ],
    ["noise", "\u0000\u0001\u0002\r\n\r\n"],
    ["an endless header", `GET / HTTP/1.1\r\nX: ${"a".repeat(70_000)}\r\n\r\n`],
    [
      "a path that leads upwards",
      "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
    ],
  ])(
    "answers %s or closes the connection, prints no stack trace and stays up",
    async (_title, request) => {
      const answer = await raw(request);
      expect(answer).not.toMatch(/^\s+at |root:x:0/m);
      expect(answer).not.toMatch(/^HTTP\/1.1 5/);
      expect((await fetch(`${daemon.url}/healthz`)).status).toBe(200);
      expect(daemon.stderr()).not.toMatch(/^\s+at /m);
    },
  );

  test("answers a name that is not this machine's with 421", async () => {
    const response = await fetch(`${daemon.url}/`, { headers: { Host: "evil.example" } });
    expect(response.status).toBe(421);
    expect(await response.text()).toContain("http-name");
  });
});

/** Sends these bytes. Returns what comes back until the connection ends or is quiet for 2 s. */
async function raw(request: string): Promise<string> {
  const { hostname, port: httpPort } = new URL(daemon.url);
  return await new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(httpPort), hostname, () => socket.write(request, "latin1"));
    socket.setTimeout(2_000, () => socket.destroy());
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
    });
    socket.on("error", () => socket.destroy());
    socket.on("close", () => resolve(answer));
  });
}
