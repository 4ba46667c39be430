/** Network mounts that answer late, wrongly, or never. */
import { describe, expect, test } from "bun:test";
import {
  createStatfsProber,
  measure,
  parseStatfsAnswer,
  type StatfsAnswer,
  spawnStatfsProbe,
} from "../../../src/collectors/filesystems/statfs-probe.ts";
import { controlled } from "./controlled-prober.ts";

const answered: StatfsAnswer = { ok: true, size: { totalBytes: 100, freeBytes: 40 } };

describe("parseStatfsAnswer", () => {
  const broken: StatfsAnswer = { ok: false, code: "EINVAL" };
  const table: [string, string, StatfsAnswer][] = [
    ["a size", '{"ok":true,"size":{"totalBytes":100,"freeBytes":40}}\n', answered],
    ["an error", '{"ok":false,"code":"ESTALE"}\n', { ok: false, code: "ESTALE" }],
    ["nothing: the child was killed", "", broken],
    ["no JSON", "Segmentation fault", broken],
    ["another JSON", "[1]", broken],
    ["null", "null", broken],
    ["a size of words", '{"ok":true,"size":{"totalBytes":"1","freeBytes":1}}', broken],
    ["no size", '{"ok":true}', broken],
  ];
  test.each(table)("%s", (_, text, expected) => {
    expect(parseStatfsAnswer(text)).toEqual(expected);
  });
});

describe("measure", () => {
  test("gives the size of a real file system, and the error's name otherwise", () => {
    const root = measure("/");
    expect(root.ok && root.size.totalBytes).toBeGreaterThan(0);
    expect(measure("/no/such/mount")).toEqual({ ok: false, code: "ENOENT" });
  });
});

describe("spawnStatfsProbe", () => {
  test("calls the executable with the hidden command and the mount", async () => {
    const script = `printf '{"ok":false,"code":"%s"}' "$1 $2"`;
    const child = spawnStatfsProbe(["/bin/sh", "-c", script, "sh"])("/mnt/my disk");
    expect(await child.answer).toEqual({ ok: false, code: "statfs-probe /mnt/my disk" });
  });

  test("a child that is killed answers nothing of use", async () => {
    const child = spawnStatfsProbe(["/bin/sh", "-c", "exec sleep 20", "sh"])("/mnt/x");
    child.kill();
    expect(await child.answer).toEqual({ ok: false, code: "EINVAL" });
  });
});

describe("createStatfsProber", () => {
  test("a mount that answers has its answer, and is asked again the next time", async () => {
    const world = controlled();
    world.prober.start(["/n"], 0);
    expect(world.prober.view("/n")).toEqual({});
    const running = world.prober.running();
    await world.answer("/n", answered);
    await running;
    expect(world.prober.view("/n")).toEqual({ answer: answered });
    world.prober.start(["/n"], 1000);
    expect(world.started).toEqual(["/n", "/n"]);
  });

  test("one that hangs in the kernel keeps its only child, and is late since it was asked", async () => {
    const world = controlled();
    world.prober.start(["/n"], 500);
    await world.timeOut();
    expect(world.killed).toEqual(["/n"]);
    for (const now of [600_500, 1_200_500]) {
      world.prober.start(["/n"], now);
      expect(world.prober.running()).toBeUndefined();
    }
    expect(world.started).toEqual(["/n"]);
    expect(world.prober.view("/n")).toEqual({ waitingSinceMs: 500 });
  });

  test("one that could be killed is asked again, and stays late until it answers", async () => {
    const world = controlled();
    world.prober.start(["/n"], 500);
    await world.timeOut();
    await world.answer("/n", parseStatfsAnswer(""));
    expect(world.prober.view("/n")).toEqual({ waitingSinceMs: 500 });
    world.prober.start(["/n"], 600_500);
    expect(world.started).toHaveLength(2);
    await world.answer("/n", answered);
    expect(world.prober.view("/n")).toEqual({ answer: answered });
  });

  test("an executable that cannot be started is an answer too", () => {
    const prober = createStatfsProber({
      spawn: () => {
        throw Object.assign(new Error("no"), { code: "EMFILE" });
      },
      wait: () => new Promise(() => undefined),
    });
    prober.start(["/n"], 0);
    expect(prober.view("/n").answer).toEqual({ ok: false, code: "EMFILE" });
  });

  test("has nothing to wait for while no child is out", () => {
    expect(controlled().prober.running()).toBeUndefined();
  });

  test("forgets a mount that is gone", async () => {
    const world = controlled();
    world.prober.start(["/n"], 0);
    await world.answer("/n", answered);
    world.prober.start([], 1000);
    expect(world.prober.view("/n")).toEqual({});
  });
});
