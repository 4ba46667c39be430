/** The sampler on whole trees of files, on hostile ones, and on the machine that runs the test. */
import { describe, expect, test } from "bun:test";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { type CollectorModule, collector } from "../../src/collectors/collector.ts";
import { type CollectorOptions, createCollectors } from "../../src/collectors/collectors.ts";
import { createSampler, type SamplerOptions } from "../../src/collectors/sampler.ts";
import { REPORT_SUBJECTS, type ReportSubject } from "../../src/protocol/report.ts";
import { fixture, withRoot } from "../linux/fixture.ts";

const about = { name: "eel", version: "1.0.0", tags: [], updateSeconds: 600 };

/** The sampler with the collectors of this root, or with others; the clock goes on by hand. */
function sampler(
  root: string,
  {
    collectors,
    ...more
  }: Partial<CollectorOptions & Pick<SamplerOptions, "collectors" | "wait">> = {},
) {
  let elapsedMs = 0;
  const sampler = createSampler({
    collectors:
      collectors ??
      createCollectors({
        root,
        messages: false,
        executable: ["/bin/false"],
        statfs: () => ({ ok: true, size: { totalBytes: 100, freeBytes: 40 } }),
        ...more,
      }),
    root,
    about,
    clock: () => ({ elapsedMs, wallMs: 1_700_003_600_000 }),
    ...(more.wait === undefined ? {} : { wait: more.wait }),
  });
  return { ...sampler, pass: (ms: number) => (elapsedMs += ms) };
}

describe("on trees of files", () => {
  test("debian-12-vm", async () => {
    const subject = sampler(fixture("debian-12-vm"));
    subject.prime();
    subject.pass(250);
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
      { subject: "load", reason: "/proc/loadavg does not exist" },
      {
        subject: "users",
        reason: "neither /var/run/utmp nor /run/systemd/sessions exists",
        remedy: "start systemd-logind, or let the login programs write /var/run/utmp",
      },
    ]);
  });

  test("an empty root gives a report of problems, each of its own subject", async () => {
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
      subject.pass(250);
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
  test("are a series of their own, which interval reports neither end nor shorten", async () => {
    await withRoot(async (root) => {
      root.write("proc/vmstat", "pswpin 0\npswpout 0\n");
      const subject = sampler(root.path);
      subject.prime();
      subject.pass(250);
      subject.primeLive();
      subject.pass(250);
      expect(subject.takeLive().averageSeconds).toBe(0.3);
      subject.pass(500);
      expect((await subject.take()).averageSeconds).toBe(1);
      subject.pass(1000);
      expect(subject.takeLive().averageSeconds).toBe(1.5);
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

  test("leave out what belongs to the interval, and do not even read it", async () => {
    const interval = collector({
      subject: "messages",
      isLive: false,
      read: () => ({ ok: true, value: 1 }),
      report: (messageCount) => ({ messageCount }),
    });
    const subject = sampler("/nowhere", { collectors: [interval] });
    expect(subject.takeLive()).toEqual(about);
    expect(await subject.take()).toEqual({ ...about, messageCount: 1 });
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
      subject.pass(500);
      expect((await subject.take()).filesystems).toEqual([]);
      subject.pass(600_000);
      const report = await subject.take();
      expect(asked).toBe(1);
      expect(waited.every((ms) => ms <= 2000)).toBe(true);
      expect(report.problems?.map((each) => each.reason)).toContain(
        "/n (nfs4) has not answered for 601 s: left out until it does",
      );
    });
  });
});

describe("network mounts that answer", () => {
  test("are asked once before the first report, and then for each", async () => {
    await withRoot(async (root) => {
      root.write("proc/self/mountinfo", "1 0 0:40 / /n rw - nfs4 nas:/n rw\n");
      let asked = 0;
      const subject = sampler(root.path, {
        spawnProbe: () => {
          asked += 1;
          const answer = { ok: true, size: { totalBytes: 100, freeBytes: 100 - asked } } as const;
          return { answer: Promise.resolve(answer), kill: () => undefined };
        },
        wait: () => new Promise(() => undefined),
      });
      subject.prime();
      // The server answers before the first report is asked for.
      for (let i = 0; i < 10; i += 1) {
        await Promise.resolve();
      }
      const freeBytes = [];
      for (const ms of [500, 1000, 1000]) {
        subject.pass(ms);
        freeBytes.push((await subject.take()).filesystems?.[0]?.freeBytes);
      }
      expect(freeBytes).toEqual([99, 98, 97]);
    });
  });
});

describe("disks", () => {
  test("are asked for their temperature once before the first report, and then for each", async () => {
    await withRoot(async (root) => {
      root.write("sys/class/hwmon/hwmon0/name", "drivetemp\n");
      const input = "sys/class/hwmon/hwmon0/temp1_input";
      const subject = sampler(root.path, { wait: () => new Promise(() => undefined) });
      const celsius = async () => (await subject.take()).temperatures?.map((each) => each.celsius);
      root.write(input, "33000\n");
      subject.prime();
      subject.pass(500);
      expect(await celsius()).toEqual([33]);
      root.write(input, "44000\n");
      subject.pass(200);
      expect(await celsius()).toEqual([33]);
      subject.pass(1000);
      expect(await celsius()).toEqual([44]);
    });
  });
});

describe("the time between two samples", () => {
  const ticks = () => {
    let count = 0;
    return collector({
      subject: "load",
      read: () => {
        count += 1;
        return { ok: true, value: count };
      },
      report: (now, before) => ({
        load: { one: now, five: before?.reading ?? 0, fifteen: before?.seconds ?? 0 },
      }),
    });
  };

  test("is that of the monotonic clock, and comes with the reading before", async () => {
    const subject = sampler("/nowhere", { collectors: [ticks()] });
    subject.prime();
    subject.pass(2000);
    expect(await subject.take()).toEqual({
      ...about,
      averageSeconds: 2,
      load: { one: 2, five: 1, fifteen: 2 },
    });
  });

  test.each([
    ["stands still", 0],
    ["steps back", -500],
  ])("gives no rates when the clock %s", async (_, ms) => {
    const subject = sampler("/nowhere", { collectors: [ticks()] });
    subject.prime();
    subject.pass(ms);
    expect(await subject.take()).toEqual({ ...about, load: { one: 2, five: 0, fifteen: 0 } });
  });

  test("is unknown for a reading that failed, and for the one after it", async () => {
    let count = 0;
    const shaky = collector({
      subject: "load",
      read: () => {
        count += 1;
        return count === 2 ? { ok: false, reason: "gone" } : { ok: true, value: count };
      },
      report: (now, before) => ({ load: { one: now, five: before?.reading ?? 0 } }),
    });
    const subject = sampler("/nowhere", { collectors: [shaky] });
    const loads = [];
    for (let round = 0; round < 4; round += 1) {
      loads.push((await subject.take()).load);
      subject.pass(1000);
    }
    expect(loads).toEqual([
      { one: 1, five: 0 },
      undefined,
      { one: 3, five: 0 },
      { one: 4, five: 3 },
    ]);
  });
});

describe("what a collector has started", () => {
  const starting = (start: () => Promise<void> | undefined) =>
    collector({ subject: "load", start, read: () => ({ ok: true, value: 1 }), report: () => ({}) });
  const waits = () => {
    const waited: number[] = [];
    return { waited, wait: async (ms: number) => void waited.push(ms) };
  };

  test("is waited for 0.2 s before the first report, which must be quick, and then for 2 s", async () => {
    const { waited, wait } = waits();
    const never = starting(() => new Promise(() => undefined));
    const subject = sampler("/nowhere", { collectors: [never], wait });
    subject.prime();
    await subject.take();
    await subject.take();
    expect(waited).toEqual([200, 2000]);
  });

  test("delays a report only until it has ended", async () => {
    let isEnded = false;
    const short = starting(async () => {
      await Bun.sleep(0);
      isEnded = true;
    });
    const subject = sampler("/nowhere", {
      collectors: [short],
      wait: () => new Promise(() => undefined),
    });
    await subject.take();
    expect(isEnded).toBe(true);
  });

  test("is nothing where no child is needed: then there is no wait", async () => {
    const { waited, wait } = waits();
    const subject = sampler("/nowhere", { collectors: [starting(() => undefined)], wait });
    await subject.take();
    expect(waited).toEqual([]);
  });

  test.each([
    ["for each report", {}, [1, 2, 3, 4]],
    [
      "for each but the first, half a second later, where it is costly",
      { isCostly: true },
      [1, 1, 2, 3],
    ],
  ] as const)("is started with the daemon, and anew %s", async (_, costly, expected) => {
    const { waited, wait } = waits();
    let starts = 0;
    const counting = starting(() => {
      starts += 1;
      return new Promise(() => undefined);
    });
    const subject = sampler("/nowhere", { collectors: [{ ...counting, ...costly }], wait });
    subject.prime();
    const counts: number[] = [starts];
    for (const ms of [500, 1000, 1000]) {
      subject.pass(ms);
      await subject.take();
      counts.push(starts);
    }
    expect(counts).toEqual([...expected]);
    expect(waited).toEqual([200, 2000, 2000]);
  });

  test("is not started again for live reports", () => {
    let starts = 0;
    const counting = starting(() => {
      starts += 1;
      return undefined;
    });
    const subject = sampler("/nowhere", { collectors: [counting] });
    subject.primeLive();
    subject.takeLive();
    expect(starts).toBe(0);
  });
});

describe("a collector that throws", () => {
  const good = collector({
    subject: "load",
    read: () => ({ ok: true, value: 1 }),
    report: (one) => ({ load: { one } }),
  });
  const bug = () => {
    throw new Error("a bug");
  };
  const asyncBug = async () => bug();

  test.each([
    ["while it reads", { read: bug }],
    ["while it makes its part of the report", { report: bug }],
    ["while it starts its children", { start: bug }],
    ["while it waits for them", { start: asyncBug }],
  ])("%s costs its own section and nothing else, and is told once", async (_, broken) => {
    const whole: CollectorModule<number> = {
      subject: "memory",
      read: () => ({ ok: true, value: 2 }),
      report: () => ({}),
    };
    const subject = sampler("/nowhere", { collectors: [collector({ ...whole, ...broken }), good] });
    subject.prime();
    for (const _report of ["the first", "the second"]) {
      expect(await subject.take()).toEqual({
        ...about,
        load: { one: 1 },
        problems: [{ subject: "memory", reason: "cannot be collected: a bug" }],
      });
    }
  });

  test("at the start of the daemon alone is named in the first report alone", async () => {
    let starts = 0;
    const start = () => {
      starts += 1;
      return starts === 1 ? bug() : undefined;
    };
    const broken = collector({
      subject: "memory",
      start,
      read: () => ({ ok: true, value: 2 }),
      report: () => ({}),
    });
    const subject = sampler("/nowhere", { collectors: [broken] });
    subject.prime();
    expect((await subject.take()).problems).toHaveLength(1);
    expect((await subject.take()).problems).toBeUndefined();
  });

  test("never takes a live report with it either", () => {
    const subject = sampler("/nowhere", {
      collectors: [collector({ subject: "cpu", read: bug, report: () => ({}) }), good],
    });
    expect(subject.takeLive()).toMatchObject({ load: { one: 1 }, problems: [{ subject: "cpu" }] });
  });

  test("tells its subject, whichever it is", async () => {
    const collectors = REPORT_SUBJECTS.map((subject) =>
      collector({ subject, read: bug, report: () => ({}) }),
    );
    const report = await sampler("/nowhere", { collectors }).take();
    expect(report.problems?.map(({ subject }) => subject)).toEqual(REPORT_SUBJECTS.slice(0, 12));
  });
});

describe("the report", () => {
  test("is what others will read of it, however a broken driver counts", async () => {
    const odd = collector({
      subject: "users",
      read: () => ({ ok: true, value: "a\u0000b" }),
      report: (name) => ({ users: [{ name }], swap: { inBytesPerSecond: 1e40 } }),
    });
    expect(await sampler("/nowhere", { collectors: [odd] }).take()).toEqual({
      ...about,
      users: [{ name: "a b" }],
    });
  });

  test("tells twelve of very many problems, and the first of each subject before the rest", async () => {
    const troubled = (subject: ReportSubject, count: number) =>
      collector({
        subject,
        read: () => ({
          ok: true,
          value: 1,
          problems: Array.from({ length: count }, (_, i) => ({ reason: `${i}` })),
        }),
        report: () => ({}),
      });
    const collectors = [troubled("file systems", 50), troubled("network", 1), troubled("users", 2)];
    const { problems } = await sampler("/nowhere", { collectors }).take();
    expect(problems?.map(({ subject, reason }) => `${subject} ${reason}`)).toEqual([
      "file systems 0",
      "network 0",
      "users 0",
      ...Array.from({ length: 9 }, (_, i) => `file systems ${i + 1}`),
    ]);
  });
});

describe("on this machine", () => {
  const clock = () => ({ elapsedMs: performance.now(), wallMs: Date.now() });

  test("every section of the kernel's files is there, in range", async () => {
    const collectors = createCollectors({
      root: "/",
      messages: false,
      executable: ["/bin/false"],
    });
    const subject = createSampler({ collectors, root: "/", about, clock });
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
