/** Idle connections must not stop the daemon's work, and other machines may not connect unless allowed. */
import { afterAll, expect, test } from "bun:test";
import { connect, type Socket } from "node:net";
import { networkInterfaces } from "node:os";
import type { Report } from "../../src/protocol/report.ts";
import { freePort, runProgram, until } from "./daemon.ts";

const LIMIT = 120;
const CONNECTIONS = 300;

const sockets: Socket[] = [];
const running: { stop(): Promise<number> }[] = [];

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await Promise.all(running.map((run) => run.stop()));
});

function hold(port: number, host: string): void {
  const socket = connect(port, host, () => socket.write("GET / HTTP/1.1\r\nHost: l"));
  socket.on("error", () => socket.destroy());
  sockets.push(socket);
}

test("with a limit of 120 files, 300 idle connections are closed, and pages and reports continue", async () => {
  const port = await freePort();
  const daemon = runProgram(
    [
      ...["-c", "/dev/null", "--bind", "127.0.0.1", "-u", "1"],
      ...["-h", String(port), "-p", String(await freePort())],
    ],
    { openFiles: LIMIT },
  );
  running.push(daemon);
  const url = `http://127.0.0.1:${port}`;
  await until(async () => (await fetch(`${url}/healthz`)).ok);
  for (let index = 0; index < CONNECTIONS; index += 1) hold(port, "127.0.0.1");
  await until(() => daemon.stderr().includes("too many connections"));
  for (const socket of sockets) socket.destroy();
  await until(async () => (await fetch(`${url}/healthz`)).ok);
  await until(async () => {
    const answer = (await (await fetch(`${url}/api/v1/cluster`)).json()) as {
      machines: { report?: Report }[];
    };
    return answer.machines[0]?.report?.memory?.totalBytes !== undefined;
  });
}, 30_000);

test("without http-allow, the daemon listens on loopback only", async () => {
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((one) => one !== undefined && one.family === "IPv4" && !one.internal)?.address;
  const port = await freePort();
  const daemon = runProgram([
    ...["-c", "/dev/null", "-h", String(port), "-p", String(await freePort())],
  ]);
  running.push(daemon);
  await until(async () => (await fetch(`http://127.0.0.1:${port}/healthz`)).ok);
  await until(async () => (await fetch(`http://localhost:${port}/healthz`)).ok);
  // 127.0.0.9 is loopback too, but nothing listens there.
  for (const host of ["127.0.0.9", ...(outside === undefined ? [] : [outside])]) {
    expect(await refused(host, port)).toBe(true);
  }
});

async function refused(host: string, port: number): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect(port, host, () => {
      socket.destroy();
      resolve(false);
    });
    socket.on("error", (error) => resolve("code" in error && error.code === "ECONNREFUSED"));
  });
}
