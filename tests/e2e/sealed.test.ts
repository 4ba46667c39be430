/** Executables with keys: which show each other, what the wire shows, and how a key is changed. */
import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Machine } from "../../src/cluster/machine.ts";
import { readKeyFile } from "../../src/runtime/key-file.ts";
import { createEnvelope } from "../../src/sealing/envelope.ts";
import {
  type Daemon,
  freePort,
  runProgram,
  scratchDirectory,
  startDaemon,
  until,
} from "./daemon.ts";

const SIGNATURE = "sealed-lab";
const TEST_MS = 60_000;
/** Machines find each other within seconds; a busy machine that runs the tests is slower. */
const KNOWN_MS = 15_000;
/** About as many packets as two machines send in their first seconds. */
const CHANGED_PACKETS = 100;

const scratch = scratchDirectory();
const OLD = join(scratch.path, "old.key");
const NEW = join(scratch.path, "new.key");
const running = new Set<Daemon>();
let port: number;

beforeAll(async () => {
  port = await freePort();
  for (const path of [OLD, NEW]) {
    const keygen = runProgram(["keygen", path]);
    expect({ code: await keygen.exited, error: keygen.stderr() }).toEqual({ code: 0, error: "" });
  }
});

afterEach(async () => {
  await Promise.all([...running].map((daemon) => daemon.stop("SIGKILL")));
  running.clear();
});

afterAll(() => scratch.remove());

interface Start {
  readonly address: string;
  readonly name: string;
  readonly keys?: readonly string[];
  /** The range for `-s`, which is the default of `-n`. */
  readonly scan: string;
  readonly env?: Readonly<Record<string, string>>;
}

async function start({ address, name, keys = [], scan, env = {} }: Start): Promise<Daemon> {
  const keyOptions = keys.flatMap((key) => ["--key-file", key]);
  const options = ["-S", SIGNATURE, "-s", scan, "--name", name, ...keyOptions];
  const place = { address, httpPort: await freePort(), p2pPort: port };
  const daemon = await startDaemon({ ...place, options, env });
  running.add(daemon);
  return daemon;
}

async function stop(daemon: Daemon): Promise<void> {
  running.delete(daemon);
  await daemon.stop();
}

async function others(daemon: Daemon): Promise<Machine[]> {
  const { machines } = await daemon.json<{ machines: Machine[] }>("/api/v1/cluster?report=summary");
  return machines.filter(({ isSelf }) => !isSelf);
}

/** The names of the other machines that it shows as up with a report. */
async function namesUp(daemon: Daemon): Promise<string[]> {
  const up = (await others(daemon)).filter(({ state, report }) => state === "up" && report);
  return up.map(({ name }) => name).sort();
}

function linesWith(daemon: Daemon, text: string): string[] {
  return daemon
    .stderr()
    .split("\n")
    .filter((line) => line.includes(text));
}

test("keygen makes a file that only its owner may read, and never overwrites one", async () => {
  expect(statSync(OLD).mode & 0o777).toBe(0o600);
  const before = readFileSync(OLD, "utf8");
  const again = runProgram(["keygen", OLD]);
  expect(await again.exited).toBe(1);
  expect(again.stderr()).toContain("exists already and is not overwritten");
  expect(readFileSync(OLD, "utf8")).toBe(before);
  expect(readFileSync(NEW, "utf8")).not.toBe(before);
});

describe("a key file", () => {
  const cases: readonly (readonly [string, (path: string) => void, string])[] = [
    ["that others may read", (path) => chmodSync(path, 0o644), "chmod 600"],
    ["that has other contents", (path) => writeFileSync(path, "secret"), "is no key file of unagi"],
  ];
  test.each(cases)("%s makes the start fail with the remedy", async (title, spoil, remedy) => {
    const path = join(scratch.path, title.replaceAll(" ", "-"));
    copyFileSync(OLD, path);
    chmodSync(path, 0o600);
    spoil(path);
    const program = runProgram([
      ...["-c", "/dev/null", "--bind", "127.0.33.1", "-p", String(port)],
      ...["-h", String(await freePort()), "--key-file", path],
    ]);
    expect(await program.exited).toBe(1);
    expect(program.stderr()).toContain(remedy);
    expect(program.stderr()).not.toContain(readFileSync(path, "utf8").slice(-20));
  });
});

test(
  "machines with the same key show each other, and only log those without it or with another",
  async () => {
    const scan = "127.0.33.1-4";
    const [ann, bob, stranger, plain] = await Promise.all([
      start({ address: "127.0.33.1", name: "ann", keys: [OLD], scan }),
      start({ address: "127.0.33.2", name: "bob", keys: [OLD], scan }),
      start({ address: "127.0.33.3", name: "stranger", keys: [NEW], scan }),
      start({ address: "127.0.33.4", name: "plain", scan }),
    ]);
    const texts = {
      key: "from 127.0.33.3 could not be opened: another key?",
      none: "from 127.0.33.4 came unsealed: is there no key?",
    };
    await until(async () => `${await namesUp(ann)} ${await namesUp(bob)}` === "bob ann", KNOWN_MS);
    await until(() => Object.values(texts).every((text) => linesWith(ann, text).length > 0));
    await until(() => linesWith(plain, "is --key-file missing here?").length > 0);
    await until(() => linesWith(stranger, "could not be opened: another key?").length > 0);
    // They go on scanning, but the second line about each comes only after a minute.
    await Bun.sleep(3000);
    for (const text of Object.values(texts)) expect(linesWith(ann, text)).toHaveLength(1);
    expect(await namesUp(ann)).toEqual(["bob"]);
    expect(await others(stranger)).toEqual([]);
    expect(await others(plain)).toEqual([]);
    expect(await (await fetch(`${plain.url}/`)).text()).toMatch(/[1-9]\d* sealed/);
    for (const { daemon, word } of [
      { daemon: ann, word: ", sealed," },
      { daemon: plain, word: ", not sealed," },
    ]) {
      expect(linesWith(daemon, `in network '${SIGNATURE}'${word}`)).toHaveLength(1);
    }
    expect(await ann.json("/api/v1/cluster")).toMatchObject({
      isSealed: true,
      unsealedSenders: ["127.0.33.4"],
    });
  },
  TEST_MS,
);

describe("the traffic between two sealed machines", () => {
  const ANN = "127.0.34.1";
  const BOB = "127.0.34.2";
  /** Each takes this address for the other machine, so that all packets pass through it. */
  const BETWEEN = "127.0.34.9";

  test(
    "shows no name, user, process or address, and is dropped with any bit changed",
    async () => {
      const packets: Buffer[] = [];
      const relay = await Bun.udpSocket({
        ...{ hostname: BETWEEN, port },
        socket: {
          data: (socket, data, _port, from) => {
            packets.push(Buffer.from(data));
            socket.send(data, port, from === ANN ? BOB : ANN);
          },
          // The other machine may not have started yet.
          error: () => undefined,
        },
      });
      try {
        const ann = await start({ address: ANN, name: "annika-01", keys: [OLD], scan: BETWEEN });
        const bob = await start({ address: BOB, name: "bobby-02", keys: [OLD], scan: BETWEEN });
        await until(
          async () => `${await namesUp(ann)} ${await namesUp(bob)}` === "bobby-02 annika-01",
        );
        const [self] = (await ann.json<{ machines: Machine[] }>("/api/v1/cluster")).machines;
        const { processes = [], host } = self?.report ?? {};
        const secrets = [
          ...["annika-01", "bobby-02", ANN, BOB, BETWEEN, userInfo().username, "unagi", "report"],
          ...[
            "answer",
            "question",
            "cpu",
            self?.id ?? "",
            self?.incarnation ?? "",
            host?.model ?? "cpu",
          ],
          ...processes.flatMap(({ user, command }) => [user, command]),
        ].filter((secret) => secret.length > 3);
        expect(secrets.length).toBeGreaterThan(8);
        const wire = Buffer.concat(packets);
        const shown = secrets.filter(
          (secret) =>
            wire.includes(secret) ||
            (secret === self?.id && wire.includes(Buffer.from(secret, "hex"))),
        );
        expect(shown).toEqual([]);
        expect(
          packets.every((packet) => packet.toString("latin1").startsWith(`${SIGNATURE}#`)),
        ).toBe(true);

        // The reports are among the packets: they open with the key, but not with any bit changed.
        const opener = () => reader(OLD);
        const reports = packets.filter((packet) => {
          const opened = opener().open(packet);
          return opened.ok && Buffer.from(opened.message).includes('"report":{');
        });
        expect(reports.length).toBeGreaterThan(1);
        for (const packet of [packets[0], reports[0]]) {
          if (packet === undefined) throw new Error("no packet was captured");
          expect(packet.length).toBeLessThanOrEqual(1_472);
          expect(survivingBits(packet, opener())).toEqual([]);
        }

        // The executable drops and counts the changed packets, and still shows their sender as up.
        const before = await droppedBy(bob);
        const changed = packets.slice(0, CHANGED_PACKETS).map(withOneBitChanged);
        for (const [index, packet] of changed.entries()) {
          relay.send(packet, port, BOB);
          if (index % 20 === 0) await Bun.sleep(5);
        }
        await until(async () => (await droppedBy(bob)) - before >= changed.length);
        expect(await namesUp(bob)).toEqual(["annika-01"]);
      } finally {
        relay.close();
      }
    },
    TEST_MS,
  );
});

/** The envelope of a reader that has the key and has sent nothing. */
function reader(path: string) {
  const key = readKeyFile(path);
  if (!key.ok || key.value === undefined) throw new Error("no key");
  return createEnvelope({
    ...{
      signature: SIGNATURE,
      secrets: [key.value],
      id: "0".repeat(16),
      incarnation: "0".repeat(16),
    },
    randomBytes: (count) => Buffer.alloc(count),
  });
}

/** Changes a different bit in each packet, so that all parts of a packet are covered. */
function withOneBitChanged(packet: Buffer, index: number): Buffer {
  const changed = Buffer.from(packet);
  const bit = (index * 1009) % (packet.length * 8);
  changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
  return changed;
}

async function droppedBy(daemon: Daemon): Promise<number> {
  const { drops } = await daemon.json<{ drops: Record<string, number> }>("/api/v1/cluster");
  return Object.values(drops).reduce((sum, count) => sum + count, 0);
}

/** The numbers of the bits whose change does not keep the packet from being opened. */
function survivingBits(packet: Buffer, envelope: ReturnType<typeof reader>): number[] {
  const survivors: number[] = [];
  for (let bit = 0; bit < packet.length * 8; bit++) {
    const changed = Buffer.from(packet);
    changed.writeUInt8((changed[bit >> 3] ?? 0) ^ (1 << (bit & 7)), bit >> 3);
    if (envelope.open(changed).ok) survivors.push(bit);
  }
  return survivors;
}

test(
  "while a key is changed in three steps, one machine after the other, none is hidden",
  async () => {
    const names = ["ann", "bob", "cem"];
    const machines = new Map<string, Daemon>();
    const startOne = async (index: number, keys: readonly string[]) => {
      const name = names[index] ?? "";
      const address = `127.0.35.${index + 1}`;
      machines.set(name, await start({ address, name, keys, scan: "127.0.35.1-3" }));
    };
    const allSeeAll = async () => {
      const views = await Promise.all([...machines.values()].map(namesUp));
      return views.every((view) => view.length === names.length - 1);
    };
    let hidden: string[] = [];
    const watching = setInterval(async () => {
      const views = await Promise.allSettled([...machines.values()].map(others));
      const shown = views.flatMap((view) => (view.status === "fulfilled" ? view.value : []));
      const away = shown.filter(({ state }) => state !== "up" && state !== "new");
      hidden = [...hidden, ...away.map(({ name, state }) => `${name} ${state}`)];
    }, 200);
    try {
      await Promise.all(names.map((_, index) => startOne(index, [OLD])));
      await until(allSeeAll, KNOWN_MS);
      for (const keys of [[OLD, NEW], [NEW, OLD], [NEW]]) {
        for (const [index, name] of names.entries()) {
          const before = machines.get(name);
          if (before === undefined) throw new Error(`${name} does not run`);
          machines.delete(name);
          await stop(before);
          await startOne(index, keys);
          await until(allSeeAll, KNOWN_MS);
        }
        // A goodbye is believed after 4 s if no answer comes from its sender's address.
        await Bun.sleep(4500);
        expect({ keys, hidden }).toEqual({ keys, hidden: [] });
      }
    } finally {
      clearInterval(watching);
    }
  },
  TEST_MS,
);

describe("the credentials of a service", () => {
  const credentials = join(scratch.path, "credentials");
  const cases: readonly (readonly [string, string, string])[] = [
    ["with a key make the daemon seal its packets", "key", ", sealed,"],
    ["with an empty line do not make it seal them", "\n", ", not sealed,"],
  ];
  test.each(cases)("%s", async (title, content, word) => {
    const directory = join(credentials, title.replaceAll(" ", "-"));
    mkdirSync(directory, { recursive: true });
    const text = content === "key" ? readFileSync(OLD, "utf8") : content;
    for (const name of ["key", "other-key"]) {
      writeFileSync(join(directory, name), name === "key" ? text : "\n", { mode: 0o440 });
    }
    const env = { CREDENTIALS_DIRECTORY: directory };
    const daemon = await start({ address: "127.0.36.1", name: "ann", scan: "127.0.36.1", env });
    expect(linesWith(daemon, `in network '${SIGNATURE}'${word}`)).toHaveLength(1);
  });
});
