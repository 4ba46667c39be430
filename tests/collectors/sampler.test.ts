/** The sampler on whole trees of files, on hostile ones, and on the machine that runs the test. */
import { describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { createSampler, type SamplerOptions } from "../../src/collectors/sampler.ts";
import { fixture, withRoot } from "../linux/fixture.ts";

const about = { name: "eel", version: "1.0.0", tags: [], updateSeconds: 600 };

function sampler(root: string, more: Partial<SamplerOptions> = {}) {
  let elapsedMs = 0;
  return createSampler({
    root,
    about,
    messages: false,
    executable: ["/bin/false"],
    clock: () => {
      elapsedMs += 250;
      return { elapsedMs, wallMs: 1_700_003_600_000 };
    },
    statfs: () => ({ ok: true, size: { totalBytes: 100, freeBytes: 40 } }),
    ...more,
  });
}

describe("on trees of files", () => {
  test("debian-12-vm", async () => {
    const subject = sampler(fixture("debian-12-vm"));
    subject.prime();
    const report = await subject.take();
    expect(report).toMatchObject({
      name: "eel",
      averageSeconds: 0.3,
      host: { cores: 2, model: "AMD EPYC", os: "Debian GNU/Linux 12 (bookworm)" },
      swap: { inBytesPerSecond: 0, outBytesPerSecond: 0 },
      disk: { readBytesPerSecond: 0, writeBytesPerSecond: 0 },
      filesystems: [{ mount: "/", type: "ext4", totalBytes: 100, freeBytes: 40 }],
      network: { receiveBytesPerSecond: 0, interfaces: [{ name: "eth0" }] },
      processCount: 4,
    });
    // The files stand still: no tick has passed, and so no share is known.
    expect(report.cpu).toBeUndefined();
    expect(report.processes?.find((each) => each.command === "bash")?.user).toBe("alice");
    expect(report.problems?.map((each) => each.subject)).toEqual(["users"]);
  });

  test("kernel-2.6.32 has no pressure and no available memory, which is no problem", async () => {
    const report = await sampler(fixture("kernel-2.6.32")).take();
    expect(report.pressure).toBeUndefined();
    expect(report.memory?.availableBytes).toBeUndefined();
    expect(report.memory?.usedBytes).toBeGreaterThan(0);
    expect(report.host).toMatchObject({ cores: 2, kernel: "2.6.32-754.el6.x86_64" });
    expect(report.problems?.map((each) => each.subject)).toEqual(["users"]);
  });

  test("container: what is missing costs its own section and is named", async () => {
    const report = await sampler(fixture("container")).take();
    expect(report.load).toBeUndefined();
    expect(report.swap).toBeUndefined();
    expect(report.filesystems).toMatchObject([{ mount: "/", type: "overlay" }]);
    expect(report.processes).toMatchObject([{ user: "1000", command: "sh" }]);
    expect(report.problems).toEqual([
      {
        subject: "users",
        reason: "neither /var/run/utmp nor /run/systemd/sessions exists",
        remedy: "start systemd-logind, or let the login programs write /var/run/utmp",
      },
      { subject: "load", reason: "/proc/loadavg does not exist" },
    ]);
  });

  test("an empty root gives a report of problems", async () => {
    await withRoot(async (root) => {
      const report = await sampler(root.path, { messages: true }).take();
      const { problems = [], ...rest } = report;
      expect(rest).toEqual(about);
      expect(problems.map((each) => each.subject).sort()).toEqual([
        "cpu",
        "disk",
        "file systems",
        "load",
        "memory",
        "messages",
        "network",
        "processes",
        "swap",
        "uptime",
        "users",
      ]);
    });
  });

  test("files full of noise cost their sections and nothing else", async () => {
    await withRoot(async (root) => {
      const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 7919 + i * i) % 256));
      const files =
        "stat meminfo loadavg uptime vmstat diskstats net/dev self/mountinfo cpuinfo pressure/cpu " +
        "1/stat 1/status self/auxv";
      for (const file of files.split(" ")) {
        root.write(`proc/${file}`, noise);
      }
      root.write("var/run/utmp", noise);
      root.write("etc/passwd", noise);
      root.write("etc/os-release", noise);
      const subject = sampler(root.path);
      subject.prime();
      const report = await subject.take();
      expect(report.processCount).toBe(0);
      expect(report.cpu).toBeUndefined();
      expect(report.memory).toBeUndefined();
    });
  });
});

describe("messages", () => {
  test("are those since the start, and since the last report", async () => {
    await withRoot(async (root) => {
      root.write("var/log/messages", "before the start\n");
      const log = join(root.path, "var/log/messages");
      const subject = sampler(root.path, { messages: true });
      subject.prime();
      for (let i = 0; i < 10; i += 1) {
        await Promise.resolve();
      }
      appendFileSync(log, "one\n");
      expect(await subject.take()).toMatchObject({ messages: ["one"], messageCount: 1 });
      appendFileSync(log, "two\nthree\n");
      expect(await subject.take()).toMatchObject({ messages: ["two", "three"], messageCount: 2 });
      expect(await subject.take()).toMatchObject({ messages: [], messageCount: 0 });
    });
  });

  test("are absent, without a problem, where they are switched off", async () => {
    await withRoot(async (root) => {
      const report = await sampler(root.path).take();
      expect(report.messages).toBeUndefined();
      expect(report.problems?.some((each) => each.subject === "messages")).toBe(false);
    });
  });
});

describe("live reports", () => {
  test("have a window of their own, which interval reports neither end nor shorten", async () => {
    await withRoot(async (root) => {
      root.write("proc/vmstat", "pswpin 0\npswpout 0\n");
      const subject = sampler(root.path);
      subject.prime();
      subject.primeLive();
      expect(subject.takeLive().averageSeconds).toBe(0.3);
      subject.takeLive();
      // The clock goes on by 0.25 s whenever it is read.
      expect((await subject.take()).averageSeconds).toBe(1);
      expect(subject.takeLive().averageSeconds).toBe(0.5);
    });
  });

  test("carry no messages, and leave them to the interval report", async () => {
    await withRoot(async (root) => {
      root.write("var/log/messages", "before the start\n");
      const subject = sampler(root.path, { messages: true });
      subject.prime();
      for (let i = 0; i < 10; i += 1) {
        await Promise.resolve();
      }
      appendFileSync(join(root.path, "var/log/messages"), "one\n");
      subject.primeLive();
      const live = subject.takeLive();
      expect(live.messages).toBeUndefined();
      expect(live.problems?.some((each) => each.subject === "messages")).toBe(false);
      expect(await subject.take()).toMatchObject({ messages: ["one"], messageCount: 1 });
    });
  });

  test("start no child for a network mount, and show what the last one found", async () => {
    await withRoot(async (root) => {
      root.write("proc/self/mountinfo", "1 0 0:40 / /n rw - nfs4 nas:/n rw\n");
      let asked = 0;
      const subject = sampler(root.path, {
        spawnProbe: () => {
          asked += 1;
          const answer = { ok: true, size: { totalBytes: 100, freeBytes: 40 } } as const;
          return { answer: Promise.resolve(answer), kill: () => undefined };
        },
        wait: async () => undefined,
      });
      subject.prime();
      await subject.take();
      subject.primeLive();
      expect(subject.takeLive().filesystems).toMatchObject([{ mount: "/n", freeBytes: 40 }]);
      expect(asked).toBe(1);
    });
  });
});

describe("network mounts", () => {
  test("are asked once before the first report, and it does not wait for a dead one", async () => {
    await withRoot(async (root) => {
      root.write("proc/self/mountinfo", "1 0 0:40 / /n rw - nfs4 nas:/n rw\n");
      let asked = 0;
      const waited: number[] = [];
      const subject = sampler(root.path, {
        spawnProbe: () => {
          asked += 1;
          return { answer: new Promise(() => undefined), kill: () => undefined };
        },
        wait: async (ms) => {
          waited.push(ms);
        },
      });
      subject.prime();
      expect((await subject.take()).filesystems).toEqual([]);
      const report = await subject.take();
      expect(asked).toBe(1);
      expect(waited.every((ms) => ms <= 2000)).toBe(true);
      expect(report.problems?.map((each) => each.reason)).toContain(
        "/n (nfs4) has not answered for 1 s: left out until it does",
      );
    });
  });
});

describe("on this machine", () => {
  const clock = () => ({ elapsedMs: performance.now(), wallMs: Date.now() });
  const options = { root: "/", about, messages: false, executable: ["/bin/false"], clock };

  test("every section of the kernel's files is there, in range", async () => {
    const subject = createSampler(options);
    subject.prime();
    // Some ticks of work, so that there are shares to be told: the kernel counts 100 a second.
    const until = performance.now() + 60;
    while (performance.now() < until) {
      Math.sqrt(until);
    }
    const report = await subject.take();
    expect(report.uptimeSeconds).toBeGreaterThan(0);
    expect(report.host?.cores).toBeGreaterThan(0);
    expect(report.memory?.totalBytes).toBeGreaterThan(report.memory?.usedBytes ?? Number.NaN);
    expect(report.cpu?.idlePercent).toBeWithin(0, 100.1);
    for (const core of report.cpu?.cores ?? []) {
      expect(core).toBeWithin(0, 100.1);
    }
    expect(report.processCount).toBeGreaterThan(1);
    expect(report.processes?.[0]?.cpuPercent).toBeGreaterThan(0);
    expect(JSON.stringify(report).length).toBeLessThan(8192);
  });
});
