/** Removal over HTTP: who may ask for it, which machine is meant, and what is answered. */
import { describe, expect, test } from "bun:test";
import { withoutUndefined } from "../../src/base/without-undefined.ts";
import type { Machine } from "../../src/cluster/machine.ts";
import type { Client } from "../../src/http/service.ts";
import type { MachineState } from "../../src/store/history-types.ts";
import { LAB, type Sketch, sampleSource } from "../page/sample-cluster.ts";
import { handlerOver } from "./handler-over.ts";

const [MODEL] = LAB;
if (MODEL === undefined) throw new Error("an empty lab");

function named(name: string, address: string, state: MachineState): Sketch {
  const { outages: _outages, ...model } = { ...MODEL, state };
  return { ...model, name, address } as Sketch;
}

const source = sampleSource({
  sketches: [
    ...LAB,
    named("twin", "192.168.1.61", "up"),
    named("twin", "192.168.1.62", "silent"),
    named("ghost", "192.168.1.63", "down"),
    named("ghost", "192.168.1.64", "stopped"),
    named("busy", "192.168.1.65", "up"),
    named("busy", "192.168.1.66", "new"),
    named("<b>\u202e", "192.168.1.67", "up"),
  ],
  cells: 2,
});

const idOf = (address: string) =>
  source.view.machines.find((machine) => machine.address === address)?.id ?? "";

interface Ask {
  readonly method?: string;
  readonly from?: string;
  readonly port?: number;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ownAddress?: string;
}

async function ask(path: string, options: Ask = {}) {
  const removed: string[] = [];
  const clients: Client[] = [];
  const handler = handlerOver(source, {
    allow: (address) => address === "127.0.0.1" || address === "::1" || address.startsWith("192."),
    removal: withoutUndefined({
      ownAddress: options.ownAddress,
      remove: ({ id }: Machine, client: Client) => {
        removed.push(id);
        clients.push(client);
      },
    }),
  });
  const { method = "DELETE", from = "127.0.0.1", port, host = "localhost:8000" } = options;
  const headers = { host, ...(options.headers ?? { "x-unagi": "forget" }) };
  const request = new Request(`http://localhost:8000${path}`, { method, headers });
  const answer = await handler(request, from, port);
  const text = await answer.text();
  const json = text.startsWith("{") ? JSON.parse(text) : undefined;
  return {
    status: answer.status,
    allow: answer.headers.get("allow"),
    text,
    json,
    removed,
    clients,
  };
}

const GHOST = "/api/v1/machines/192.168.1.63";

describe("DELETE of a machine", () => {
  test.each([
    { title: "by id", key: idOf("192.168.1.63"), address: "192.168.1.63" },
    { title: "by address", key: "192.168.1.64", address: "192.168.1.64" },
    { title: "by name", key: "node07", address: "192.168.1.17" },
    { title: "by name in capitals", key: "NODE07", address: "192.168.1.17" },
    { title: "that is silent", key: "node05", address: "192.168.1.15" },
    { title: "that has stopped", key: "desk2", address: "192.168.1.52" },
    { title: "by a name that it shares with one that is up", key: "twin", address: "192.168.1.62" },
  ])("$title removes it and says which one it was", async ({ key, address }) => {
    const found = source.view.machines.find((machine) => machine.address === address);
    const answer = await ask(`/api/v1/machines/${key}`);
    expect(answer.removed).toEqual([idOf(address)]);
    expect([answer.status, answer.json]).toEqual([
      200,
      { forgotten: { id: idOf(address), name: found?.name, address, state: found?.state } },
    ]);
  });

  test.each([
    {
      title: "that is not known",
      key: "nobody",
      status: 404,
      error: "no machine has this id, address or name",
    },
    {
      title: "that is up",
      key: "gpu-a",
      status: 409,
      error: "gpu-a is up: stop it first, or it would come back at once",
    },
    {
      title: "that is this one",
      key: "node01",
      status: 409,
      error: "node01 is this machine itself",
    },
    {
      title: "whose name is shared by two that are up",
      key: "busy",
      status: 409,
      error: "busy is up: stop it first, or it would come back at once",
    },
    {
      title: "with a hostile name",
      key: "192.168.1.67",
      status: 409,
      error: "<b>\\u202e is up: stop it first, or it would come back at once",
    },
    {
      title: "whose name is shared by two that are down or stopped",
      key: "ghost",
      status: 300,
      error: "several machines that are silent, stopped or down have this name",
    },
  ])("$title is refused with $status and the reason", async ({ key, status, error }) => {
    const answer = await ask(`/api/v1/machines/${key}`);
    expect([answer.status, answer.json.error, answer.removed]).toEqual([status, error, []]);
  });

  test("gives the choice where two that are down or stopped share a name", async () => {
    const { json } = await ask("/api/v1/machines/ghost");
    expect(json.choices).toEqual([
      { id: idOf("192.168.1.63"), name: "ghost", address: "192.168.1.63", state: "down" },
      { id: idOf("192.168.1.64"), name: "ghost", address: "192.168.1.64", state: "stopped" },
    ]);
  });

  test("passes on who asked", async () => {
    const { clients } = await ask(GHOST, { from: "::ffff:127.0.0.1", port: 54_321 });
    expect(clients).toEqual([{ address: "127.0.0.1", port: 54_321 }]);
  });
});

describe("a removal", () => {
  const cases: readonly (readonly [string, Ask, number])[] = [
    ["a program on this machine", {}, 200],
    ["a program on this machine over IPv6", { from: "::1" }, 200],
    [
      "a program that comes from the bound address",
      { from: "192.168.1.11", ownAddress: "192.168.1.11" },
      200,
    ],
    ["a reader from elsewhere", { from: "192.168.1.7" }, 403],
    [
      "a reader from elsewhere, where one address is bound",
      { from: "192.168.1.7", ownAddress: "192.168.1.11" },
      403,
    ],
    ["a stranger", { from: "10.0.0.1" }, 403],
    ["a program on this machine without the header", { headers: {} }, 403],
    ["a program with the header of another value", { headers: { "x-unagi": "1" } }, 403],
    ["a page of another site, by its name", { host: "evil.example" }, 421],
    [
      "a proxy on this machine",
      { headers: { "x-unagi": "forget", "x-forwarded-for": "10.0.0.1" } },
      403,
    ],
    [
      "a proxy that says Forwarded",
      { headers: { "x-unagi": "forget", forwarded: "for=10.0.0.1" } },
      403,
    ],
    ["a proxy that says Via", { headers: { "x-unagi": "forget", via: "1.1 gate" } }, 403],
  ];
  const titled = cases.map(([title, options, status]) => ({ title, options, status }));
  test.each(titled)("asked for by $title gives $status", async ({ options, status }) => {
    const answer = await ask(GHOST, options);
    expect(answer.status).toBe(status);
    expect(answer.removed).toEqual(status === 200 ? [idOf("192.168.1.63")] : []);
  });

  test("asked for from elsewhere is refused with the place to ask", async () => {
    const { json } = await ask(GHOST, { from: "192.168.1.7" });
    expect(json.error).toContain("run unagi forget NAME there");
  });
});

describe("the method", () => {
  const cases: readonly (readonly [string, string, number, string | null])[] = [
    ["GET", GHOST, 200, null],
    ["HEAD", GHOST, 200, null],
    ["POST", GHOST, 405, "GET, HEAD, DELETE"],
    ["OPTIONS", GHOST, 405, "GET, HEAD, DELETE"],
    ["DELETE", "/", 405, "GET, HEAD"],
    ["DELETE", "/api/v1/machines", 405, "GET, HEAD"],
    ["DELETE", "/api/v1/machines/", 405, "GET, HEAD"],
    ["DELETE", `${GHOST}/`, 405, "GET, HEAD"],
    ["DELETE", `${GHOST}/entries`, 405, "GET, HEAD"],
    ["DELETE", "/machines/ghost", 405, "GET, HEAD"],
    ["DELETE", "/api/v1/machines/%zz", 400, null],
  ];
  test.each(cases)("%s of %s gives %d", async (method, path, status, allow) => {
    const answer = await ask(path, { method });
    expect([answer.status, answer.allow]).toEqual([status, allow]);
    expect(answer.removed).toEqual([]);
  });
});
