import { afterAll, beforeAll, describe, expect, test } from "bun:test";

import { type HttpServer, type ListenPlace, startHttpServer } from "../../src/http/server.ts";
import { sampleSource } from "../page/sample-cluster.ts";
import { handlerOver } from "./handler-over.ts";

const handler = handlerOver(sampleSource({ cells: 2 }), {
  allow: (address) => address.startsWith("127."),
});
let server: HttpServer;

beforeAll(() => {
  const started = startHttpServer({ bind: "127.0.0.1", port: 0, handler });
  if (!started.ok) throw new Error(started.reason);
  server = started.value;
});
afterAll(() => server.stop());

/** Sends these bytes and gives back what comes until the other side closes or 2 s are over. */
function raw(text: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let received = "";
  const limit = setTimeout(() => resolve(received), 2000);
  const done = () => {
    clearTimeout(limit);
    resolve(received);
  };
  Bun.connect({
    hostname: "127.0.0.1",
    port: server.port,
    socket: {
      open: (socket) => void socket.write(text),
      data: (_, bytes) => {
        received += bytes.toString();
      },
      close: done,
      error: done,
    },
  }).catch(done);
  return promise;
}

const CLOSE = "Connection: close\r\n";

describe("a request as bytes", () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      "an ordinary one",
      `GET /healthz HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`,
      /^HTTP\/1.1 200 OK[\s\S]*ok\n$/,
    ],
    ["HTTP/1.0 with a Host", "GET /healthz HTTP/1.0\r\nHost: localhost\r\n\r\n", /^HTTP\/1.\d 200/],
    ["HTTP/1.0 without a Host", "GET / HTTP/1.0\r\n\r\n", /^HTTP\/1.\d 200[\s\S]*<title>/],
    ["HTTP/1.0 with an empty Host", "GET /healthz HTTP/1.0\r\nHost:\r\n\r\n", /^HTTP\/1.\d 421/],
    ["HTTP/1.0 for a text", "GET /status.txt HTTP/1.0\r\n\r\n", /^HTTP\/1.\d 200[\s\S]*node/],
    ["HTTP/1.1 without a Host", "GET / HTTP/1.1\r\n\r\n", /^HTTP\/1.1 4\d\d/],
    ["one whose Host is no host", `GET / HTTP/1.1\r\nHost: a b\r\n${CLOSE}\r\n`, /^HTTP\/1.1 421/],
    [
      "one with two Hosts",
      `GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil\r\n${CLOSE}\r\n`,
      /^HTTP\/1.1 4\d\d/,
    ],
    [
      "one with another site in the request line",
      `GET http://evil/healthz HTTP/1.1\r\nHost: evil\r\n${CLOSE}\r\n`,
      /^HTTP\/1.1 421/,
    ],
    [
      "one with broken percent-encoding",
      `GET /machines/%zz HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`,
      /^HTTP\/1.1 400/,
    ],
    [
      "one with dot segments",
      `GET /machines/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`,
      /^HTTP\/1.1 404/,
    ],
    [
      "one with huge headers",
      `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(100_000)}\r\n${CLOSE}\r\n`,
      /^HTTP\/1.1 431/,
    ],
    [
      "one with a body",
      `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9000\r\n${CLOSE}\r\n`,
      /^HTTP\/1.1 4(05|13)/,
    ],
    ["no HTTP at all", "\u0016\u0003\u0001\r\n\r\n", /^HTTP\/1.1 400/],
  ];
  for (const [name, bytes, wanted] of cases) {
    test(`that is ${name} is answered with ${wanted.source.slice(0, 24)}`, async () => {
      const answer = await raw(bytes);
      expect(answer).toMatch(wanted);
      expect(answer).not.toMatch(/\bat .*\.ts:\d+/);
    });
  }

  test("with HEAD gives the headers of GET and no body", async () => {
    const answer = await raw(`HEAD / HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 200/);
    expect(answer.toLowerCase()).toMatch(/content-length: [1-9]\d{3,}/);
    expect(answer).toEndWith("\r\n\r\n");
  });

  test("for a page gets its headers", async () => {
    const answer = await raw(`GET / HTTP/1.1\r\nHost: localhost\r\n${CLOSE}\r\n`);
    expect(answer.toLowerCase()).toContain("content-security-policy: default-src 'none'");
    expect(answer).toContain("<title>");
  });
});

describe("the server", () => {
  test("takes no port that is in use, and says so", () => {
    const second = startHttpServer({ bind: "127.0.0.1", port: server.port, handler });
    expect(second.ok).toBe(false);
    if (second.ok) return;
    for (const part of [String(server.port), "in use", "-h"]) expect(second.reason).toContain(part);
  });

  test("names the address that is not this machine's", () => {
    const started = startHttpServer({ bind: "203.0.113.7", port: 0, handler });
    expect(started.ok).toBe(false);
    if (!started.ok) expect(started.reason).toContain("203.0.113.7");
  });

  test("answers on IPv4 without a bind address, and knows its client", async () => {
    const seen: string[] = [];
    const started = startHttpServer({
      port: 0,
      handler: (_, address) => {
        seen.push(address);
        return new Response("ok");
      },
    });
    if (!started.ok) throw new Error(started.reason);
    try {
      const answer = await fetch(`http://127.0.0.1:${started.value.port}/`);
      expect(await answer.text()).toBe("ok");
      expect(seen[0]).toEndWith("127.0.0.1");
    } finally {
      started.value.stop();
    }
  });

  /** A server with one open stream, and a reader of it. */
  async function withStream(place: ListenPlace) {
    let stream: ReadableStreamDefaultController<string> | undefined;
    const body = new ReadableStream<string>({
      start: (controller) => {
        stream = controller;
        controller.enqueue("first");
      },
    });
    const started = startHttpServer({
      ...place,
      port: 0,
      handler: () =>
        new Response(body.pipeThrough(new TextEncoderStream()), {
          headers: { "content-type": "text/event-stream" },
        }),
    });
    if (!started.ok) throw new Error(started.reason);
    const { value: own } = started;
    const answer = await fetch(`http://127.0.0.1:${own.port}/`);
    const reader = answer.body?.getReader();
    const read = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await read()).toBe("first");
    return { own, read, write: (text: string) => stream?.enqueue(text) };
  }

  const places: readonly (readonly [ListenPlace, ListenPlace])[] = [
    [{ isLocal: true }, { isLocal: true }],
    [{ isLocal: false }, {}],
    [{ bind: "127.0.0.1", isLocal: true }, { bind: "127.0.0.1" }],
  ];
  test.each(places)(
    "at %o keeps its open streams when it is told to listen at %o",
    async (at, next) => {
      const { own, read, write } = await withStream(at);
      expect(own.relisten(next)).toEqual({ ok: true, value: undefined });
      write("second");
      expect(await read()).toBe("second");
      own.stop();
    },
  );

  test("ends its open streams when it is told to listen elsewhere, and answers there", async () => {
    const { own, read } = await withStream({ isLocal: true });
    expect(own.relisten({ isLocal: false })).toEqual({ ok: true, value: undefined });
    await expect(read()).rejects.toThrow();
    const again = await fetch(`http://127.0.0.1:${own.port}/`);
    expect(again.status).toBe(200);
    await again.body?.cancel().catch(() => undefined);
    own.stop();
  });

  test("shows no stack when the handler fails, and logs it", async () => {
    const logged: string[] = [];
    const started = startHttpServer({
      bind: "127.0.0.1",
      port: 0,
      handler: () => {
        throw new Error("secret detail");
      },
      log: { warn: (text) => logged.push(text) },
    });
    if (!started.ok) throw new Error(started.reason);
    try {
      const answer = await fetch(`http://127.0.0.1:${started.value.port}/`);
      expect(answer.status).toBe(500);
      expect(await answer.text()).not.toContain("secret");
      expect(answer.headers.get("content-security-policy")).not.toBeNull();
      expect(logged[0]).toContain("secret detail");
    } finally {
      started.value.stop();
    }
  });
});
