/** Pages, JSON and compressed bodies are made once, however many readers ask. */
import { describe, expect, spyOn, test } from "bun:test";
import { createChangeLog } from "../../src/daemon/watching/change-log.ts";
import { createWatcherCount } from "../../src/daemon/watching/watcher-count.ts";
import { EventStreams } from "../../src/http/events.ts";

import { HandClock } from "../daemon/hand-clock.ts";
import { SAMPLE_NOW_MS, sampleSource } from "../page/sample-cluster.ts";
import { handlerOver } from "./handler-over.ts";

/** A daemon's handler, its time and its changes in the hand of the test. */
function bench() {
  const clock = new HandClock();
  const changes = createChangeLog(1);
  const sample = sampleSource({ cells: 1 });
  let { machines } = sample.view;
  let looks = 0;
  const source = {
    ...sample,
    version: () => changes.version(),
    moment: () => ({ elapsedMs: clock.nowMs, wallMs: SAMPLE_NOW_MS + clock.nowMs }),
    cluster: () => {
      looks += 1;
      return { ...sample.view, machines };
    },
  };
  const { after } = clock;
  const watchers = createWatcherCount(() => undefined, after);
  const events: number[] = [];
  const streams = new EventStreams({
    ...{ source, changes, watchers, after },
    onMade: (characters) => events.push(characters),
  });
  const handler = handlerOver(source, { watchers, streams });
  return {
    clock,
    events,
    streams,
    looks: () => looks,
    /** Another name is to be seen wherever machines are. */
    rename: (name: string) => {
      machines = machines.map((one) => (one.name.startsWith("gpu-b") ? { ...one, name } : one));
      changes.note(machines.find((one) => one.name === name)?.id ?? "");
    },
    ask: async (path: string, headers: Record<string, string> = {}) =>
      await handler(
        new Request(`http://localhost${path}`, { headers: { host: "localhost", ...headers } }),
        "127.0.0.1",
      ),
  };
}

const GZIP = { "accept-encoding": "gzip" };

describe("two readers of one state", () => {
  for (const path of ["/", "/?by=user", "/machines/gpu-a", "/status.txt", "/api/v1/cluster"]) {
    test(`get the same ${path}, made once and compressed once`, async () => {
      const { ask, looks, rename } = bench();
      const gzip = spyOn(Bun, "gzipSync");
      const first = await (await ask(path, GZIP)).bytes();
      const [made, compressed] = [looks(), gzip.mock.calls.length];
      expect([made, compressed]).toEqual([1, 1]);
      expect(await (await ask(path, GZIP)).bytes()).toEqual(first);
      expect([looks(), gzip.mock.calls.length]).toEqual([made, compressed]);
      rename("gpu-b2");
      await ask(path, GZIP);
      expect(looks()).toBe(2);
      gzip.mockRestore();
    });
  }
});

describe("a page that is followed", () => {
  test("is made once between two events, however much changes, and shows it then", async () => {
    const { ask, clock, looks, rename, streams } = bench();
    await ask("/api/v1/events?report=none");
    await ask("/");
    const before = looks();
    for (let step = 0; step < 20; step += 1) {
      rename(`gpu-b${step}`);
      await ask("/");
    }
    expect(looks()).toBe(before);
    // The stream has been opened just now, and is written to at most once a second.
    clock.pass(1000);
    expect((await (await ask("/")).text()).includes("gpu-b19")).toBeTrue();
    const told = looks();
    rename("gpu-b20");
    expect((await (await ask("/")).text()).includes("gpu-b19")).toBeTrue();
    expect(looks()).toBe(told);
    clock.pass(1000);
    expect((await (await ask("/")).text()).includes("gpu-b20")).toBeTrue();
    streams.stop();
  });

  test("is made anew each second, for its ages, while nothing changes", async () => {
    const { ask, clock, looks, streams } = bench();
    await ask("/api/v1/events?report=none");
    const before = looks();
    for (let step = 0; step < 30; step += 1) {
      await ask("/");
      clock.pass(100);
    }
    expect(looks() - before).toBe(3);
    streams.stop();
  });

  test("holds back neither JSON, nor a page while no event stream is open", async () => {
    const { ask, rename, streams } = bench();
    await ask("/api/v1/events?report=none");
    await ask("/api/v1/cluster");
    rename("gpu-b1");
    expect((await (await ask("/api/v1/cluster")).text()).includes("gpu-b1")).toBeTrue();
    streams.stop();
    await ask("/");
    rename("gpu-b2");
    expect((await (await ask("/")).text()).includes("gpu-b2")).toBeTrue();
  });
});

describe("an event", () => {
  test("is made once for all readers of the same detail, and counted when it is made", async () => {
    const { ask, clock, events, rename, streams } = bench();
    const first = await ask("/api/v1/events?report=none");
    for (const query of ["?report=none", ""]) await ask(`/api/v1/events${query}`);
    // A reader that comes while nothing has changed is told what another was.
    expect(events).toHaveLength(2);
    rename("gpu-b1");
    clock.pass(1000);
    expect(events).toHaveLength(4);
    streams.stop();
    expect((await first.text()).length).toBe((events[0] ?? 0) + (events[2] ?? 0));
  });
});
