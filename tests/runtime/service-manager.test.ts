/** What the service manager receives, through a real socket of the local family. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServiceManager, type ServiceManager } from "../../src/runtime/service-manager.ts";
import { openNotifyReceiver } from "./notify-receiver.ts";

const scratch = mkdtempSync(join(tmpdir(), "unagi-notify-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const CALLS: readonly (readonly [string, (manager: ServiceManager) => void, string])[] = [
  ["ready", (it) => it.ready("3 machines"), "READY=1\nSTATUS=3 machines\n"],
  ["stopping", (it) => it.stopping(), "STOPPING=1\n"],
  ["watchdog", (it) => it.watchdog(), "WATCHDOG=1\n"],
  ["a status", (it) => it.ready("välkommen"), "READY=1\nSTATUS=välkommen\n"],
  ["an empty status", (it) => it.ready(""), "READY=1\nSTATUS=\n"],
  ["a status with lines in it", (it) => it.ready("a\nb=1\0c"), "READY=1\nSTATUS=a b=1 c\n"],
  ["a huge status", (it) => it.ready("x".repeat(9_999)), `READY=1\nSTATUS=${"x".repeat(200)}\n`],
];

const PLACES: readonly (readonly [string, string])[] = [
  ["a path", join(scratch, "notify")],
  ["an abstract name", `@unagi-test-${process.pid}`],
  ["the longest path", join(scratch, "n".repeat(106 - scratch.length))],
];

describe("the service manager", () => {
  for (const [place, path] of PLACES) {
    test(`receives every message as one datagram, with ${place} for its socket`, () => {
      const receiver = openNotifyReceiver(path);
      const manager = createServiceManager({ NOTIFY_SOCKET: path });
      for (const [, call, expected] of CALLS) {
        call(manager);
        expect(receiver.receive()).toEqual([expected]);
      }
      receiver.close();
    });
  }

  test.each([
    ["none", undefined],
    ["an empty one", ""],
    ["a vsock one", "vsock:2:1234"],
    ["a relative path", "notify"],
    ["nothing but the mark", "@"],
    ["nothing but the root", "/"],
    ["a path longer than an address", `/${"x".repeat(108)}`],
    ["a path where nobody listens", join(scratch, "nobody")],
  ])("is told nothing, and nothing fails, with %s for its socket", (_name, path) => {
    const faults: string[] = [];
    const env = path === undefined ? {} : { NOTIFY_SOCKET: path };
    const manager = createServiceManager(env, { onFault: (reason) => faults.push(reason) });
    for (const [, call] of CALLS) call(manager);
    expect(faults.length).toBe(path === undefined || path === "" ? 0 : 1);
  });

  test("is told nothing where the C library cannot be opened, and the log says why", () => {
    const faults: string[] = [];
    const path = join(scratch, "no-library");
    const receiver = openNotifyReceiver(path);
    const manager = createServiceManager(
      { NOTIFY_SOCKET: path, WATCHDOG_USEC: "1000000" },
      { library: "libnone.so.0", onFault: (reason) => faults.push(reason) },
    );
    manager.ready("");
    expect(receiver.receive()).toEqual([]);
    expect(faults).toEqual([expect.stringContaining("no socket to it can be opened")]);
    expect(manager.watchdogIntervalMs).toBeUndefined();
    receiver.close();
  });

  test("receives what its full queue refused as soon as there is room, except old pings", () => {
    const path = join(scratch, "full");
    const receiver = openNotifyReceiver(path);
    const manager = createServiceManager({ NOTIFY_SOCKET: path });
    // More than the kernel's net.unix.max_dgram_qlen, which is 10 or 512.
    for (let i = 0; i < 2_000; i++) manager.watchdog();
    manager.ready("up");
    const queued = receiver.receive();
    expect(new Set(queued)).toEqual(new Set(["WATCHDOG=1\n"]));
    expect(queued.length).toBeLessThan(2_000);
    manager.watchdog();
    manager.watchdog();
    expect(receiver.receive()).toEqual(["READY=1\nSTATUS=up\nWATCHDOG=1\n", "WATCHDOG=1\n"]);
    receiver.close();
  });
});

describe("the start of a reload", () => {
  test("is told with the kernel's monotonic time, which is at most the uptime", () => {
    const path = `@unagi-reload-${process.pid}`;
    const receiver = openNotifyReceiver(path);
    createServiceManager({ NOTIFY_SOCKET: path }).reloading();
    const uptimeSeconds = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
    const [text = ""] = receiver.receive();
    const usec = Number(/^RELOADING=1\nMONOTONIC_USEC=(\d+)\n$/.exec(text)?.[1]);
    expect(usec).toBeGreaterThan(0);
    expect(usec / 1e6).toBeLessThan(uptimeSeconds + 1);
    receiver.close();
  });
});

describe("the watchdog's interval", () => {
  const path = `@unagi-watchdog-${process.pid}`;
  const CASES: readonly (readonly [string, Record<string, string>, number | undefined])[] = [
    ["is half of the allowed time", { WATCHDOG_USEC: "30000000", WATCHDOG_PID: "42" }, 15_000],
    ["is for any process if no pid is named", { WATCHDOG_USEC: "30000000" }, 15_000],
    ["is off if another pid is named", { WATCHDOG_USEC: "30000000", WATCHDOG_PID: "4" }, undefined],
    ["is off without a time", { WATCHDOG_PID: "42" }, undefined],
    ["is off if it is 0", { WATCHDOG_USEC: "0" }, undefined],
    ["is off if it is no number", { WATCHDOG_USEC: "3e7" }, undefined],
    ["is off if it is negative", { WATCHDOG_USEC: "-5" }, undefined],
    ["is off if the number is endless", { WATCHDOG_USEC: "9".repeat(40) }, undefined],
  ];
  test.each(CASES)("%s", (_name, env, expected) => {
    const manager = createServiceManager({ NOTIFY_SOCKET: path, ...env }, { pid: 42 });
    expect(manager.watchdogIntervalMs).toBe(expected);
  });

  test("is off without a socket to ping", () => {
    expect(createServiceManager({ WATCHDOG_USEC: "1000" }).watchdogIntervalMs).toBeUndefined();
  });
});
