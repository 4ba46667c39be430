/** What a service manager sees of the daemon: start, watchdog pings, end and reload. */
import { afterAll, describe, expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NotifyReceiver, openNotifyReceiver } from "../runtime/notify-receiver.ts";
import { freePort, runProgram, scratchDirectory, spawnDaemon, until } from "./daemon.ts";

const scratch = scratchDirectory();
afterAll(() => scratch.remove());

/** A `WatchdogSec=` of 0.6 s, which means a ping every 0.3 s. */
const WATCHDOG_USEC = "600000";
const PING_MS = 300;

interface Listening {
  readonly receiver: NotifyReceiver;
  readonly env: Readonly<Record<string, string>>;
  /** All messages so far. */
  readonly heard: string[];
  /** Waits for a message with this beginning. */
  wait(start: string): Promise<string>;
}

function listen(name: string): Listening {
  const path = join(scratch.path, name);
  const receiver = openNotifyReceiver(path);
  const heard: string[] = [];
  return {
    receiver,
    heard,
    env: { NOTIFY_SOCKET: path, WATCHDOG_USEC },
    wait: async (start) => {
      await until(() => {
        heard.push(...receiver.receive());
        return heard.some((message) => message.startsWith(start));
      });
      return heard.find((message) => message.startsWith(start)) ?? "";
    },
  };
}

function pings(messages: readonly string[]): number {
  return messages.filter((message) => message === "WATCHDOG=1\n").length;
}

describe("the service manager", () => {
  test("gets READY once both ports are bound, then pings, and STOPPING on SIGTERM", async () => {
    const { receiver, env, heard, wait } = listen("notify");
    const [p2pPort, httpPort] = [await freePort(), await freePort()];
    const daemon = spawnDaemon({ p2pPort, httpPort, env, options: ["--name", "anago"] });
    const ready = await wait("READY=1\n");
    // Both ports must be bound at the moment of READY.
    expect((await fetch(`${daemon.url}/healthz`)).ok).toBe(true);
    const again = async () => Bun.udpSocket({ hostname: "127.0.0.1", port: p2pPort });
    await expect(again()).rejects.toThrow("EADDRINUSE");
    expect(ready).toBe(
      `READY=1\nSTATUS='anago' in network 'localhost', not sealed, UDP port ${p2pPort}, ` +
        `page at http://127.0.0.1:${httpPort}/\n`,
    );
    const before = pings(heard);
    await Bun.sleep(PING_MS * 5);
    heard.push(...receiver.receive());
    expect(pings(heard) - before).toBeGreaterThanOrEqual(3);
    expect(pings(heard) - before).toBeLessThanOrEqual(8);
    expect(await daemon.stop()).toBe(0);
    heard.push(...receiver.receive());
    expect(heard.at(-1)).toBe("STOPPING=1\n");
    expect(heard.filter((message) => !message.startsWith("WATCHDOG")).length).toBe(2);
    receiver.close();
  });

  test("gets nothing from a daemon whose main loop stands still", async () => {
    const { receiver, env, wait } = listen("blocked");
    const daemon = spawnDaemon({ p2pPort: await freePort(), httpPort: await freePort(), env });
    await wait("WATCHDOG=1\n");
    process.kill(daemon.pid, "SIGSTOP");
    // Discards pings that were under way when the signal came.
    await Bun.sleep(50);
    receiver.receive();
    await Bun.sleep(PING_MS * 4);
    expect(receiver.receive()).toEqual([]);
    process.kill(daemon.pid, "SIGCONT");
    await until(() => receiver.receive().includes("WATCHDOG=1\n"));
    expect(await daemon.stop()).toBe(0);
    receiver.close();
  });

  test("gets no READY from a daemon that cannot start", async () => {
    const { receiver, env } = listen("failed");
    const held = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const httpPort = held.port ?? 0;
    const daemon = spawnDaemon({ p2pPort: await freePort(), httpPort, env });
    expect(await daemon.exited).toBe(1);
    expect(receiver.receive()).toEqual([]);
    await held.stop(true);
    receiver.close();
  });

  test("gets no pings if the watchdog is for another process", async () => {
    const { receiver, env, wait } = listen("other-pid");
    const daemon = spawnDaemon({
      ...{ p2pPort: await freePort(), httpPort: await freePort() },
      env: { ...env, WATCHDOG_PID: "1" },
    });
    await wait("READY=1\n");
    await Bun.sleep(PING_MS * 3);
    expect(receiver.receive()).toEqual([]);
    await daemon.stop();
    receiver.close();
  });
});

interface ClusterJson {
  readonly self: string;
  readonly updateSeconds: number;
  readonly machines: readonly {
    readonly id: string;
    readonly name: string;
    readonly tags: readonly string[];
    readonly isSelf: boolean;
    readonly report?: { readonly updateSeconds?: number };
  }[];
}

describe("SIGHUP", () => {
  /** Starts a daemon with a configuration file that `reload` makes it read again. */
  async function start(file: string, text: string) {
    const path = join(scratch.path, file);
    writeFileSync(path, text);
    const notify = listen(`${file}.socket`);
    const [p2pPort, httpPort] = [await freePort(), await freePort()];
    const common = ["-p", String(p2pPort), "-h", String(httpPort)];
    const run = runProgram(["-c", path, ...common], { env: notify.env });
    await notify.wait("READY=1\n");
    const url = `http://127.0.0.10:${httpPort}`;
    const cluster = async (at = url) =>
      (await (await fetch(`${at}/api/v1/cluster`)).json()) as ClusterJson;
    const reload = async (newText: string | undefined) => {
      if (newText !== undefined) writeFileSync(path, newText);
      notify.heard.length = 0;
      process.kill(run.pid, "SIGHUP");
      await notify.wait("READY=1\n");
    };
    return { ...run, ...notify, path, p2pPort, httpPort, url, cluster, reload };
  }

  const TEXT = `bind = "127.0.0.10"
scan = ["127.0.0.20"]
p2p-allow = ["127.0.0.20"]
signature = "reload"
name = "anago"
tag = ["one"]
update = 600
`;

  test("changes names, tags and the interval at once, without losing state", async () => {
    const daemon = await start("tags.toml", TEXT);
    await until(async () => (await daemon.cluster()).machines[0]?.report !== undefined);
    const before = await daemon.cluster();
    await daemon.reload(
      TEXT.replace('"one"', '"two", "three"').replace("600", "60").replace("anago", "buri"),
    );
    await until(async () => (await daemon.cluster()).machines[0]?.name === "buri");
    const after = await daemon.cluster();
    expect(after.self).toBe(before.self);
    expect(after.updateSeconds).toBe(60);
    expect(after.machines[0]).toMatchObject({
      ...{ id: before.self, tags: ["two", "three"] },
      report: { updateSeconds: 60, name: "buri" },
    });
    const entries = await fetch(`${daemon.url}/api/v1/machines/${before.self}/entries`);
    const history = (await entries.json()) as { entries: { report: { name: string } }[] };
    expect(history.entries.map(({ report }) => report.name)).toEqual(["buri", "anago"]);
    expect(daemon.stderr()).toContain("configuration read again; changed: name, tag, update");
    expect(daemon.stderr()).toMatch(/name: this machine keeps its id/);
    const [first, second] = daemon.heard.filter((message) => !message.startsWith("WATCHDOG"));
    expect(first).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d+\n$/);
    expect(second).toStartWith("READY=1\nSTATUS='buri' in network 'reload'");
    expect(await daemon.stop()).toBe(0);
    daemon.receiver.close();
  });

  test("changes the ranges, so that a machine that was outside them is found", async () => {
    const daemon = await start("ranges.toml", TEXT);
    const other = spawnDaemon({
      ...{ address: "127.0.0.30", p2pPort: daemon.p2pPort, httpPort: daemon.httpPort },
      options: ["-S", "reload", "-s", "127.0.0.10", "--name", "fugu"],
    });
    const names = async () => (await daemon.cluster()).machines.map(({ name }) => name);
    await until(async () => (await fetch(`${other.url}/healthz`)).ok);
    await Bun.sleep(1_000);
    expect(await names()).toEqual(["anago"]);
    await daemon.reload(TEXT.replaceAll("127.0.0.20", "127.0.0.30"));
    await until(async () => (await names()).includes("fugu"));
    expect(daemon.stderr()).toContain("changed: scan, p2p-allow");
    await other.stop();
    expect(await daemon.stop()).toBe(0);
    daemon.receiver.close();
  });

  test("changes which addresses may read the page and under which names", async () => {
    const daemon = await start(
      "readers.toml",
      `${TEXT}http-allow = ["10.0.0.0/8", "127.0.0.99"]\n`,
    );
    const ask = (host: string) => fetch(`${daemon.url}/healthz`, { headers: { host } });
    expect((await ask("127.0.0.10")).status).toBe(403);
    await daemon.reload(`${TEXT}http-name = ["cluster.example.org"]\n`);
    expect((await ask("127.0.0.10")).status).toBe(200);
    expect((await ask("cluster.example.org")).status).toBe(200);
    expect((await ask("cluster.example.com")).status).toBe(421);
    expect(await daemon.stop()).toBe(0);
    daemon.receiver.close();
  });

  test("keeps event streams open, except those of readers that may not read any more", async () => {
    const daemon = await start("streams.toml", TEXT);
    const stream = await fetch(`${daemon.url}/api/v1/events`);
    const reader = stream.body?.getReader();
    const read = async () => new TextDecoder().decode((await reader?.read())?.value);
    expect(await read()).toStartWith("event: machine");
    const others = `http-allow = ["10.0.0.0/8", "127.0.0.1"]\n`;
    await daemon.reload(`${TEXT.replace("anago", "buri")}${others}`);
    let text = "";
    while (!text.includes('"name":"buri"')) text += await read();
    await daemon.reload(`${TEXT}http-allow = ["127.0.0.99"]\n`);
    const end = async () => {
      for (;;) await read();
    };
    await expect(end()).rejects.toThrow();
    expect(await daemon.stop()).toBe(0);
    daemon.receiver.close();
  });

  test("names the changes that need a restart and does not make them", async () => {
    const daemon = await start("restart.toml", TEXT);
    const other = TEXT.replace('"reload"', '"other"').replace('"one"', '"two"');
    await daemon.reload(`${other}p2p-port = 9\nhistory = 7\n`);
    const lines = daemon.stderr().split("\n");
    const restart = lines.filter((line) => line.includes("takes effect at the next restart"));
    // The port on the command line overrides the file's, so it has not changed.
    expect(restart).toEqual([
      expect.stringContaining("signature:"),
      expect.stringContaining("history:"),
    ]);
    const cluster = (await daemon.cluster()) as ClusterJson & { network: string };
    expect(cluster.network).toBe("reload");
    await until(async () => (await daemon.cluster()).machines[0]?.tags[0] === "two");
    expect(await daemon.stop()).toBe(0);
    daemon.receiver.close();
  });

  test("keeps the running configuration if the file is broken, and names all problems", async () => {
    const daemon = await start("broken.toml", TEXT);
    await daemon.reload(`${TEXT.replace("600", "0")}p2p-prot = 5\n`);
    expect(daemon.stderr()).toMatch(/update/);
    expect(daemon.stderr()).toMatch(/p2p-prot.*p2p-port/);
    expect(daemon.stderr()).toContain("the running configuration stays as it is");
    expect((await daemon.cluster()).updateSeconds).toBe(600);
    await daemon.reload(TEXT);
    expect(daemon.stderr()).toContain("configuration read again; nothing to change now");
    expect(await daemon.stop()).toBe(0);
    daemon.receiver.close();
  });
});
