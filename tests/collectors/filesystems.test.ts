/** Sizes of file systems, and network mounts that answer late, wrongly, or never. */
import { describe, expect, test } from "bun:test";
import { readFilesystems, startProbes } from "../../src/collectors/filesystems.ts";
import {
  createStatfsProber,
  measure,
  type ProbeChild,
  parseStatfsAnswer,
  type StatfsAnswer,
  spawnStatfsProbe,
} from "../../src/collectors/statfs-probe.ts";
import { readProcMountinfo } from "../../src/linux/proc/mountinfo.ts";
import { withRoot } from "../linux/fixture.ts";

const size = { totalBytes: 100, freeBytes: 40 };
const answered: StatfsAnswer = { ok: true, size };

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

/** A world of one root, children that are answered by hand, and waits that end by hand. */
function controlled() {
  const started: string[] = [];
  const killed: string[] = [];
  const open = new Map<string, (answer: StatfsAnswer) => void>();
  const waits: (() => void)[] = [];
  const prober = createStatfsProber({
    spawn: (mountPoint): ProbeChild => {
      started.push(mountPoint);
      const answer = new Promise<StatfsAnswer>((resolve) => open.set(mountPoint, resolve));
      return { answer, kill: () => killed.push(mountPoint) };
    },
    wait: () => new Promise((resolve) => waits.push(resolve)),
  });
  return {
    prober,
    started,
    killed,
    answer: async (mountPoint: string, answer: StatfsAnswer) => {
      open.get(mountPoint)?.(answer);
      await turn();
    },
    /** Every limit that is running is over. */
    timeOut: async () => {
      for (const resolve of waits.splice(0)) {
        resolve();
      }
      await turn();
    },
  };
}

/** Lets what is resolved run; no time passes. */
async function turn(): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await Promise.resolve();
  }
}

describe("createStatfsProber", () => {
  test("a mount that answers has its answer, and is asked again the next time", async () => {
    const world = controlled();
    world.prober.start(["/n"], 0);
    expect(world.prober.view("/n")).toEqual({});
    await world.answer("/n", answered);
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
      await world.prober.settle(2000);
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

  test("waits for nobody when nobody is out", async () => {
    await controlled().prober.settle(2000);
  });

  test("forgets a mount that is gone", async () => {
    const world = controlled();
    world.prober.start(["/n"], 0);
    await world.answer("/n", answered);
    world.prober.start([], 1000);
    expect(world.prober.view("/n")).toEqual({});
  });
});

describe("readFilesystems", () => {
  const mountinfo =
    "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n" +
    "2 0 0:40 / /mnt/archive rw - nfs4 nas:/archive rw\n" +
    "3 0 8:2 / /data rw - xfs /dev/sda2 rw\n";

  test("a dead server costs one line, and the others are there", () =>
    withRoot(async (root) => {
      root.write("proc/self/mountinfo", mountinfo);
      const world = controlled();
      startProbes(root.path, world.prober, 1000);
      await world.timeOut();
      const section = readFilesystems({
        root: root.path,
        mounts: readProcMountinfo(root.path),
        prober: world.prober,
        nowMs: 42_000,
        statfs: (path) => (path.endsWith("/data") ? { ok: false, code: "EIO" } : answered),
      });
      expect(section).toEqual({
        filesystems: [{ mount: "/", type: "ext4", ...size }],
        problems: [
          { subject: "file systems", reason: "/data (xfs) cannot be measured (EIO)" },
          {
            subject: "file systems",
            reason: "/mnt/archive (nfs4) has not answered for 41 s: left out until it does",
          },
        ],
      });
    }));

  const quiet: [string, StatfsAnswer][] = [
    ["a user's private FUSE mount", { ok: false, code: "EACCES" }],
    ["one that has gone since", { ok: false, code: "ENOENT" }],
    ["one without storage of its own", { ok: true, size: { totalBytes: 0, freeBytes: 0 } }],
  ];
  test.each(quiet)("leaves out %s in silence", (_, answer) =>
    withRoot((root) => {
      root.write("proc/self/mountinfo", "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n");
      const section = readFilesystems({
        root: root.path,
        mounts: readProcMountinfo(root.path),
        prober: controlled().prober,
        nowMs: 0,
        statfs: () => answer,
      });
      expect(section).toEqual({ filesystems: [], problems: [] });
    }),
  );

  test("of very many mounts shows the largest, and asks only some of the network's", () =>
    withRoot((root) => {
      const local = Array.from(
        { length: 40 },
        (_, i) => `1 0 8:${i} / /l${i} rw - ext4 /dev/x rw\n`,
      );
      const remote = Array.from({ length: 40 }, (_, i) => `1 0 0:${i} / /r${i} rw - nfs n:/ rw\n`);
      root.write("proc/self/mountinfo", [...local, ...remote].join(""));
      const world = controlled();
      startProbes(root.path, world.prober, 0);
      expect(world.started).toHaveLength(16);
      const section = readFilesystems({
        root: root.path,
        mounts: readProcMountinfo(root.path),
        prober: world.prober,
        nowMs: 0,
        statfs: (path) => {
          return { ok: true, size: { totalBytes: Number(path.slice(-1)) + 1, freeBytes: 0 } };
        },
      });
      expect(section.filesystems).toHaveLength(24);
      expect(Math.min(...(section.filesystems ?? []).map((each) => each.totalBytes ?? 0))).toBe(5);
      expect(section.problems).toEqual([
        {
          subject: "file systems",
          reason: "24 more network mounts are left out: only 16 are measured",
        },
      ]);
    }));
});
