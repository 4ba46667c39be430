/** The event streams and `?fresh=`, over a source that changes when a test says so. */
import { afterEach, describe, expect, test } from "bun:test";
import { gunzipSync } from "node:zlib";
import type { Machine } from "../../src/cluster/machine.ts";
import { createChangeLog } from "../../src/daemon/watching/change-log.ts";
import { createWatcherCount } from "../../src/daemon/watching/watcher-count.ts";
import { EventStreams, MOST_BYTES_BEHIND, MOST_STREAMS } from "../../src/http/events.ts";
import { createFreshener, MOST_WAITING } from "../../src/http/fresh.ts";
import { startHttpServer } from "../../src/http/server.ts";
import { HandClock } from "../daemon/hand-clock.ts";
import { SAMPLE_NOW_MS, sampleSource } from "../page/sample-cluster.ts";
import { handlerOver } from "./handler-over.ts";

interface MachineEvent {
  readonly version: number;
  readonly machines: readonly (Record<string, unknown> & { id: string; name: string })[];
  readonly removed: readonly string[];
}

const decoder = new TextDecoder();
const open: { stop(): void }[] = [];
afterEach(() => {
  for (const one of open.splice(0)) one.stop();
});

function bench() {
  const clock = new HandClock();
  const changes = createChangeLog(1_700_000_000_000);
  const watching: boolean[] = [];
  const { after } = clock;
  const watchers = createWatcherCount((on) => watching.push(on), after);
  const sample = sampleSource({ cells: 1 });
  let machines: readonly Machine[] = sample.view.machines;
  let views = 0;
  const source = {
    ...sample,
    version: () => changes.version(),
    moment: () => ({ elapsedMs: clock.nowMs, wallMs: SAMPLE_NOW_MS + clock.nowMs }),
    cluster: () => {
      views += 1;
      return { ...sample.view, machines };
    },
  };
  const following = { source, changes, watchers, after };
  const streams = new EventStreams(following);
  open.push(streams);
  const handler = handlerOver(source, {
    ...{ watchers, streams },
    freshener: createFreshener(following),
    allow: (address) => address.startsWith("127."),
  });
  const ask = (path: string, more: RequestInit & { from?: string; host?: string } = {}) => {
    const { from = "127.0.0.1", host = "localhost", headers, ...init } = more;
    const request = new Request(`http://localhost${path}`, {
      ...init,
      headers: { host, ...(headers as Record<string, string> | undefined) },
    });
    return Promise.resolve(handler(request, from));
  };
  return {
    ...{ clock, changes, watching, streams, handler, ask },
    views: () => views,
    ids: machines.map(({ id }) => id),
    change: (id: string, fields: Partial<Machine>) => {
      machines = machines.map((one) => (one.id === id ? { ...one, ...fields } : one));
      changes.note(id);
    },
    remove: (id: string) => {
      machines = machines.filter((one) => one.id !== id);
      changes.note(id);
    },
    stream: async (query = "", headers: Record<string, string> = {}, from = "127.0.0.1") =>
      new Reading(await ask(`/api/v1/events${query}`, { headers, from })),
  };
}

/** What a reader of a stream gets, chunk by chunk. */
class Reading {
  readonly response: Response;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;

  constructor(response: Response) {
    this.response = response;
    if (response.body === null) throw new Error(`no stream: ${response.status}`);
    this.#reader = response.body.getReader();
  }

  async chunk(): Promise<Uint8Array | undefined> {
    return (await this.#reader.read()).value;
  }

  async text(): Promise<string> {
    return decoder.decode(await this.chunk());
  }

  async event(): Promise<MachineEvent> {
    const text = await this.text();
    const match = /^event: machine\nid: (\d+)\ndata: (.*)\n\n$/.exec(text);
    if (match === null) throw new Error(`no event: ${text.slice(0, 80)}`);
    const event = JSON.parse(match[2] ?? "") as MachineEvent;
    expect(String(event.version)).toBe(match[1] ?? "");
    return event;
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

describe("an event stream", () => {
  test("begins with all machines, as /api/v1/cluster shows them", async () => {
    const { ask, stream, changes } = bench();
    const { machines } = (await (await ask("/api/v1/cluster")).json()) as { machines: unknown[] };
    const event = await (await stream()).event();
    expect(event).toEqual({ version: changes.version(), machines, removed: [] } as never);
  });

  test("tells of each machine without its report with report=none", async () => {
    const { ask, stream } = bench();
    const answer = await ask("/api/v1/cluster?report=none");
    const { machines } = (await answer.json()) as { machines: never[] };
    expect(machines[0]).not.toHaveProperty("report");
    expect(machines[0]).toHaveProperty("state");
    expect((await (await stream("?report=none")).event()).machines).toEqual(machines as never);
  });

  test("leaves out the long lists with report=summary", async () => {
    const { ask, stream } = bench();
    const answer = await ask("/api/v1/cluster?report=summary");
    const { machines } = (await answer.json()) as { machines: never };
    expect((await (await stream("?report=summary")).event()).machines).toEqual(machines);
  });

  test("then tells once what has changed, and which machines are shown no longer", async () => {
    const { stream, clock, change, remove, ids } = bench();
    const [first = "", second = "", third = ""] = ids;
    const reading = await stream();
    const { version } = await reading.event();
    clock.pass(1000);
    change(first, { name: "renamed" });
    change(second, { unanswered: 1 });
    change(first, { name: "again" });
    remove(third);
    clock.pass(100);
    const event = await reading.event();
    expect(event.version).toBeGreaterThan(version);
    expect(event.machines.map(({ id, name }) => [id, name])).toContainEqual([first, "again"]);
    expect(event.machines.map(({ id }) => id).sort()).toEqual([first, second].sort());
    expect(event.removed).toEqual([third]);
    change(second, { unanswered: 2 });
    clock.pass(1000);
    expect((await reading.event()).machines.map(({ id }) => id)).toEqual([second]);
  });

  test("writes at most once a second, and makes no event where no machine has changed", async () => {
    const { stream, clock, change, changes, ids, views } = bench();
    const [first = ""] = ids;
    const reading = await stream();
    await reading.event();
    const before = views();
    for (let i = 0; i < 100; i++) {
      change(first, { unanswered: i });
      clock.pass(50);
    }
    expect(views() - before).toBeWithin(4, 7);
    clock.pass(2000);
    const calm = views();
    changes.touch();
    clock.pass(2000);
    expect(views()).toBe(calm);
  });

  test("begins with what changed since the version that the reader holds, if that can be told", async () => {
    const { stream, clock, change, changes, ids } = bench();
    const [first = ""] = ids;
    const version = changes.version();
    change(first, { name: "renamed" });
    const told = async (query: string, headers = {}) => {
      clock.pass(1000);
      return (await (await stream(query, headers)).event()).machines.length;
    };
    expect(await told(`?since=${version}`)).toBe(1);
    expect(await told(`?since=${version + 1}`)).toBe(0);
    expect(await told(`?since=${version - 1}`)).toBe(ids.length);
    expect(await told(`?since=${version + 100}`)).toBe(ids.length);
    // A browser that connects again says itself what it saw last.
    expect(await told(`?since=${version}`, { "last-event-id": `${version + 1}` })).toBe(0);
    expect(await told("", { "last-event-id": "no number" })).toBe(ids.length);
  });

  test("says that it is alive every 15 s", async () => {
    const { stream, clock } = bench();
    const reading = await stream();
    await reading.event();
    clock.pass(15_000);
    expect(await reading.text()).toBe(": ping\n\n");
    clock.pass(15_000);
    expect(await reading.text()).toBe(": ping\n\n");
  });

  test("is made once for all readers", async () => {
    const { stream, clock, change, ids, views } = bench();
    const [first = ""] = ids;
    const readings = await Promise.all(Array.from({ length: 100 }, () => stream()));
    expect(views()).toBe(1);
    const chunks = await Promise.all(readings.map((reading) => reading.chunk()));
    expect(new Set(chunks.map((chunk) => chunk?.buffer)).size).toBe(1);
    clock.pass(1000);
    change(first, { name: "renamed" });
    clock.pass(50);
    expect(views()).toBe(2);
    for (const reading of readings) {
      expect((await reading.event()).machines).toHaveLength(1);
    }
  });

  test("is begun anew for a reader that comes a second later, with ages that hold then", async () => {
    const { stream, clock, views } = bench();
    await stream();
    clock.pass(999);
    await stream();
    expect(views()).toBe(1);
    clock.pass(1);
    await stream();
    expect(views()).toBe(2);
  });

  test("is begun anew for a reader that comes after all others have left", async () => {
    const { stream, clock, views } = bench();
    await (await stream()).cancel();
    clock.pass(3_600_000);
    await stream();
    expect(views()).toBe(2);
  });

  test("is compressed for readers that take gzip, and reads as the plain one does", async () => {
    const { stream, clock, change, ids } = bench();
    const [first = ""] = ids;
    const plain = await stream();
    clock.pass(100);
    const packed = await stream("", { "accept-encoding": "gzip, deflate" });
    expect(packed.response.headers.get("content-encoding")).toBe("gzip");
    expect(plain.response.headers.get("content-encoding")).toBeNull();
    clock.pass(1000);
    change(first, { name: "renamed" });
    clock.pass(50);
    const texts = (await plain.text()) + (await plain.text());
    // Two chunks of the first event, the head and the rest, and one of the second.
    const bytes = Buffer.concat([
      ...[await packed.chunk(), await packed.chunk(), await packed.chunk()].map((one) =>
        Buffer.from(one ?? []),
      ),
      // The end that a stream without end does not have: an empty last block, as RFC 1951 has it.
      Buffer.from([3, 0]),
    ]);
    const ended = gunzipSync(Buffer.concat([bytes, footerOf(texts)]));
    expect(ended.toString("utf8")).toBe(texts);
    expect(bytes.length).toBeLessThan(texts.length / 3);
  });
});

/** CRC-32 and length (RFC 1952). */
function footerOf(text: string): Buffer {
  const footer = Buffer.alloc(8);
  footer.writeUInt32LE(Bun.hash.crc32(text), 0);
  footer.writeUInt32LE(Buffer.byteLength(text), 4);
  return footer;
}

describe("watching", () => {
  test("lasts as long as a stream is open", async () => {
    const { stream, watching, streams, clock } = bench();
    const first = await stream();
    const second = await stream("?report=summary");
    expect(watching).toEqual([true]);
    await first.cancel();
    expect(watching).toEqual([true]);
    await second.cancel();
    expect(watching).toEqual([true, false]);
    expect(streams.count()).toBe(0);
    expect(clock.pending).toBe(0);
  });

  test.each([
    ["/", true],
    ["/?sort=cpu", true],
    ["/machines/node01", true],
    ["/status.txt", true],
    ["/?at=2026-11-24T03:10:00Z", false],
    ["/api/v1/cluster", false],
    ["/healthz", false],
    ["/page.css", false],
    ["/nothing", false],
  ])("a request of %s watches: %p", async (path, isWatching) => {
    const { ask, watching, clock } = bench();
    await ask(path);
    expect(watching).toEqual(isWatching ? [true] : []);
    clock.pass(10_000);
    expect(watching).toEqual(isWatching ? [true, false] : []);
  });

  test("does not begin for a client that may not read", async () => {
    const { ask, watching } = bench();
    await ask("/", { from: "10.0.0.1" });
    await ask("/", { host: "evil.example" });
    expect(watching).toEqual([]);
  });
});

describe("opening an event stream", () => {
  test("is undone for a client that may not read any more, and the others go on", async () => {
    const { stream, streams, change, clock, ids } = bench();
    const out = await stream("", {}, "::ffff:127.0.0.1");
    const stays = await stream("", {}, "127.0.0.2");
    await stays.event();
    streams.endUnless((address) => address !== "127.0.0.1");
    expect(streams.count()).toBe(1);
    await expect(out.chunk()).rejects.toBeUndefined();
    change(ids[0] ?? "", { name: "renamed" });
    clock.pass(1000);
    expect((await stays.event()).machines).toHaveLength(1);
  });

  test.each([
    [{ from: "10.0.0.1" }, 403],
    [{ host: "evil.example" }, 421],
    [{ method: "POST" }, 405],
  ])("with %o gives %d", async (more, status) => {
    const { ask, streams } = bench();
    expect((await ask("/api/v1/events", more)).status).toBe(status);
    expect(streams.count()).toBe(0);
  });

  test.each(["?report=short", "?since=x", "?since=-1", "?since=1e3", "?since=", "?topic=all"])(
    "with %s is refused with the parameter and the remedy",
    async (query) => {
      const { ask, streams } = bench();
      const answer = await ask(`/api/v1/events${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.json()).toHaveProperty("parameter", query.slice(1).split("=")[0]);
      expect(streams.count()).toBe(0);
    },
  );

  test("gives the headers of every answer, and is never kept", async () => {
    const { stream } = bench();
    const { headers } = (await stream()).response;
    expect(headers.get("content-type")).toBe("text/event-stream");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("content-security-policy")).toContain("default-src 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
  });

  test("with HEAD gives the headers and opens nothing", async () => {
    const { ask, streams, watching } = bench();
    const answer = await ask("/api/v1/events", { method: "HEAD" });
    expect(answer.headers.get("content-type")).toBe("text/event-stream");
    expect(answer.body).toBeNull();
    expect(streams.count()).toBe(0);
    expect(watching).toEqual([]);
  });

  test("is refused with a reason where 512 are open", async () => {
    const { stream, ask, streams } = bench();
    const readings: Reading[] = [];
    for (let i = 0; i < MOST_STREAMS; i++) readings.push(await stream("?report=summary"));
    const refused = await ask("/api/v1/events");
    expect(refused.status).toBe(503);
    expect(await refused.json()).toEqual({
      error: "512 event streams are open, and that is all there may be",
    });
    await readings[0]?.cancel();
    expect((await ask("/api/v1/events")).status).toBe(200);
    expect(streams.count()).toBe(MOST_STREAMS);
  });

  test("cuts off a reader that is more than 1 MB behind, and the others go on", async () => {
    const { stream, clock, change, ids, streams } = bench();
    const [first = ""] = ids;
    const slow = await stream();
    const quick = await stream();
    await quick.event();
    const tag = "x".repeat(100_000);
    let writes = 0;
    for (; streams.count() === 2 && writes < 100; writes++) {
      clock.pass(1000);
      change(first, { tags: [tag, String(writes)] });
      clock.pass(50);
      if (streams.count() === 2) await quick.event();
    }
    expect(writes * tag.length).toBeWithin(MOST_BYTES_BEHIND, MOST_BYTES_BEHIND * 1.3);
    await expect(slow.chunk()).rejects.toBeUndefined();
    change(first, { tags: ["short"] });
    clock.pass(1000);
    expect((await quick.event()).machines).toHaveLength(1);
  });
});

describe("?fresh=", () => {
  test("is answered at once when all reports are that fresh", async () => {
    const { ask, change, ids, watching } = bench();
    for (const id of ids) change(id, { reportAgeSeconds: 1.5 });
    const answer = await ask("/api/v1/cluster?fresh=2");
    expect(answer.status).toBe(200);
    expect(watching).toEqual([]);
  });

  test("watches until the reports have come", async () => {
    const { ask, change, ids, watching, clock } = bench();
    let isAnswered = false;
    const asked = ask("/api/v1/cluster?fresh=2").then((answer) => {
      isAnswered = true;
      return answer;
    });
    expect(watching).toEqual([true]);
    clock.pass(300);
    await Promise.resolve();
    expect(isAnswered).toBe(false);
    for (const id of ids) change(id, { reportAgeSeconds: 0.1 });
    clock.pass(50);
    const answer = await asked;
    expect(watching).toEqual([true, false]);
    const { machines } = (await answer.json()) as { machines: { reportAgeSeconds: number }[] };
    expect(machines.every(({ reportAgeSeconds }) => reportAgeSeconds === 0.1)).toBe(true);
  });

  test("is answered with what there is after a second", async () => {
    const { ask, watching, clock } = bench();
    const asked = ask("/api/v1/cluster?fresh=2");
    clock.pass(1000);
    expect((await asked).status).toBe(200);
    expect(watching).toEqual([true, false]);
    expect(clock.pending).toBe(0);
  });

  test("waits for no machine that is down or speaks protocol 1", async () => {
    const { ask, change, ids, watching } = bench();
    const [first = "", second = "", ...others] = ids;
    for (const id of others) change(id, { reportAgeSeconds: 1 });
    change(first, { state: "down", reportAgeSeconds: 5000 });
    change(second, { protocol: 1, reportAgeSeconds: 500 });
    await ask("/api/v1/cluster?fresh=2");
    expect(watching).toEqual([]);
  });

  test("costs as much for fifty requests at once as for one", async () => {
    const { ask, clock } = bench();
    const asked = Array.from({ length: 50 }, () => ask("/api/v1/cluster?fresh=2"));
    await Promise.resolve();
    expect(clock.pending).toBe(1);
    clock.pass(1000);
    for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200);
  });

  test("costs as much for a hundred different ages as for one", async () => {
    const { ask, change, clock, ids, views, watching } = bench();
    const asked = Array.from({ length: 100 }, (_, index) =>
      ask(`/api/v1/cluster?fresh=${2 + index / 1000}`),
    );
    expect(clock.pending).toBe(1);
    expect(views()).toBe(1);
    change(ids[0] ?? "", { reportAgeSeconds: 0.1 });
    clock.pass(50);
    expect(views()).toBe(2);
    clock.pass(950);
    const answers = await Promise.all(asked);
    expect(new Set(await Promise.all(answers.map((answer) => answer.text()))).size).toBe(1);
    expect(views()).toBe(3);
    expect(watching).toEqual([true, false]);
    expect(clock.pending).toBe(0);
  });

  test("is answered for each request as soon as the reports are as fresh as it asks", async () => {
    const { ask, change, clock, ids } = bench();
    const answered: string[] = [];
    for (const id of ids) change(id, { reportAgeSeconds: 100 });
    for (const age of ["5", "3"]) {
      void ask(`/api/v1/cluster?fresh=${age}`).then(() => answered.push(age));
    }
    for (const id of ids) change(id, { reportAgeSeconds: 4 });
    clock.pass(50);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toEqual(["5"]);
    for (const id of ids) change(id, { reportAgeSeconds: 1 });
    clock.pass(50);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toEqual(["5", "3"]);
  });

  test("is answered at once with what there is where 256 requests wait", async () => {
    const { ask, clock } = bench();
    let answered = 0;
    const asked = Array.from({ length: MOST_WAITING + 3 }, () =>
      ask("/api/v1/cluster?fresh=2").then((answer) => {
        answered += 1;
        return answer;
      }),
    );
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(3);
    clock.pass(1000);
    for (const answer of await Promise.all(asked)) expect(answer.status).toBe(200);
  });

  test("with a wrong age is refused at once", async () => {
    const { ask, clock } = bench();
    expect((await ask("/api/v1/cluster?fresh=soon")).status).toBe(400);
    expect(clock.pending).toBe(0);
  });
});

describe("an event stream on a real socket", () => {
  function serve() {
    const parts = bench();
    const started = startHttpServer({ bind: "127.0.0.1", port: 0, handler: parts.handler });
    if (!started.ok) throw new Error(started.reason);
    open.push(started.value);
    return { ...parts, url: `http://localhost:${started.value.port}/api/v1/events` };
  }

  async function untilSo(isSo: () => boolean): Promise<void> {
    const limit = performance.now() + 5000;
    while (!isSo()) {
      if (performance.now() > limit) throw new Error("not so after 5 s");
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  test("is read piece by piece, and its end is noticed", async () => {
    const { url, clock, change, ids, watching } = serve();
    const [first = ""] = ids;
    const leaving = new AbortController();
    const response = await fetch(url, { signal: leaving.signal });
    expect(response.headers.get("content-encoding")).toBe("gzip");
    const reading = new Reading(response);
    let text = "";
    while (!text.endsWith("\n\n")) text += await reading.text();
    clock.pass(1000);
    change(first, { name: "renamed" });
    clock.pass(50);
    expect((await reading.event()).machines[0]?.name).toBe("renamed");
    expect(watching).toEqual([true]);
    leaving.abort();
    await untilSo(() => watching.length === 2);
    expect(watching).toEqual([true, false]);
  });

  test("is cut off where the reader stops reading, and holds no more than its due", async () => {
    const { url, clock, change, ids, streams } = serve();
    const [first = ""] = ids;
    const { port } = new URL(url);
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: Number(port),
      socket: {
        open: (one) => {
          one.write("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        },
        data: (one) => one.pause(),
      },
    });
    await untilSo(() => streams.count() === 1);
    const tag = "x".repeat(500_000);
    let writes = 0;
    // What the two sockets hold is the kernel's: a few megabytes.
    while (streams.count() === 1 && writes < 200) {
      change(first, { tags: [tag, String(writes++)] });
      clock.pass(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(streams.count()).toBe(0);
    expect(writes * tag.length).toBeLessThan(30_000_000);
    socket.terminate();
  });
});
