/** Real faults: a full disk, a torn file, another process's lock. Nothing is mocked. */
import { Database } from "bun:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { openDatabase, SCHEMA_VERSION } from "../../src/store/database.ts";
import type { History } from "../../src/store/history.ts";
import { historyFile } from "../../src/store/history-file.ts";
import { down, INTERVAL_MS, machine, noise, Place, T0, up, words } from "./support.ts";

const isRoot = process.geteuid?.() === 0;
/** Only root may mount, and not in every container: in a mount namespace of its own it is tried. */
const canMount =
  isRoot &&
  Bun.which("unshare") !== null &&
  Bun.spawnSync(["unshare", "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).exitCode === 0;
const RETRY_MS = 5 * 60 * 1000;
let place: Place;
let path: string;
const mounts: string[] = [];

beforeEach(() => {
  place = new Place();
  path = historyFile(place.directory, "test");
});
afterEach(() => {
  place.close();
  for (const mount of mounts.splice(0)) Bun.spawnSync(["umount", "-l", mount]);
  place.remove();
});

/** Some machines with some entries each, written and closed. */
function fill(machines: number, entries: number, messageBytes = 500): void {
  const history = place.open();
  for (let index = 0; index < machines; index++) {
    history.remember(machine(`m${index}`));
    for (let entry = 0; entry < entries; entry++) {
      const messages = [noise(messageBytes, index * entries + entry)];
      history.append(`m${index}`, up(entry, { messages }));
    }
  }
  history.close();
}

const files = (): string[] => readdirSync(place.directory).sort();

/** Lays a small file system of its own over the state directory. */
function mountSmall(options: string): void {
  const mounted = Bun.spawnSync(["mount", "-t", "tmpfs", "-o", options, "tmpfs", place.directory]);
  if (mounted.exitCode !== 0) throw new Error(mounted.stderr.toString());
  mounts.push(place.directory);
}

/** A process that runs a script and says "ready" when its part is done; end it by `kill`. */
async function startScript(script: string): Promise<Bun.Subprocess<"ignore", "pipe", "inherit">> {
  const child = Bun.spawn([process.execPath, "-e", script], { stdout: "pipe", stderr: "inherit" });
  const reader = child.stdout.getReader();
  let said = "";
  while (!said.includes("ready")) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`the script ended after saying ${JSON.stringify(said)}`);
    said += new TextDecoder().decode(value);
  }
  reader.releaseLock();
  return child;
}

describe("the start is refused for a state directory", () => {
  const cases: readonly [string, (directory: string) => string, RegExp][] = [
    ["that is missing", (directory) => join(directory, "no"), /no such directory; .* mkdir -p /],
    ["that is a file", (directory) => writeAt(join(directory, "file")), /not a directory/],
    ["below a file", (directory) => join(writeAt(join(directory, "file")), "x"), /cannot be used/],
    ["where no file can be made", () => "/proc/self", /no file can be made in it .* chown /],
  ];
  for (const [what, make, expected] of cases) {
    test(what, () => {
      const directory = make(place.directory);
      const result = place.tryOpen({ directory });
      const reason = result.ok ? "opened" : result.reason;
      expect(reason).toMatch(expected);
      expect(reason.startsWith(`--state ${directory}: `)).toBe(true);
      expect(reason).toContain("leave --state out");
    });
  }

  test.skipIf(!canMount)("that is mounted read-only", () => {
    mountSmall("size=1m,ro");
    expect(place.tryOpen()).toEqual({
      ok: false,
      reason: expect.stringMatching(/no file can be made in it .*read-only/i),
    });
  });

  test.skipIf(!isRoot)("that belongs to another user, or holds root's file", () => {
    fill(1, 1);
    chmodSync(place.directory, 0o777);
    const other = asNobody(place.directory);
    expect(other).toContain(`the file ${path} cannot be used`);
    expect(other).toContain("chown 65534");
    chmodSync(place.directory, 0o755);
    expect(asNobody(place.directory)).toContain("no file can be made in it");
    expect(files()).toEqual([path.slice(place.directory.length + 1)]);
  });
});

function writeAt(file: string): string {
  writeFileSync(file, "x");
  return file;
}

/** What `openHistory` says to an ordinary user. */
function asNobody(directory: string): string {
  const script = `
    const { openHistory } = await import(${moduleOf("history.ts")});
    process.setgroups([]); process.setgid(65534); process.setuid(65534);
    const result = openHistory({ directory: ${JSON.stringify(directory)}, signature: "test",
      entriesPerMachine: 3, now: () => ({ elapsedMs: 0, wallMs: 0 }), log() {} });
    console.log(result.ok ? "opened " + result.value.notices() : result.reason);`;
  return Bun.spawnSync([process.execPath, "-e", script], { timeout: 20_000 }).stdout.toString();
}

function moduleOf(file: string): string {
  return JSON.stringify(join(import.meta.dir, "../../src/store", file));
}

test("the file is readable for its owner alone", () => {
  place.open().append("a", up(0));
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

describe("at the start", () => {
  const cases: readonly [string, () => void, RegExp][] = [
    [
      "a file of garbage",
      () => writeFileSync(path, new Uint8Array(8192).fill(65)),
      /not a database/,
    ],
    ["a file with a garbage header", () => overwrite(path, 0, 100), /not a database/],
    ["a file with a torn page of machines", () => tearTable("machines"), /malformed/],
    ["a file with a torn page of entries", () => tearTable("entries"), /malformed/],
    ["a truncated file", () => truncateSync(path, 4096), /malformed/],
  ];
  for (const [what, spoil, expected] of cases) {
    test(`${what} is set aside whole, and a new file begun`, () => {
      fill(20, 30);
      spoil();
      const bad = readFileSync(path);
      const history = place.open();
      const notices = history.notices().join("\n");
      expect(notices).toMatch(expected);
      const aside = files().find((name) => name.includes(".bad-"));
      expect(notices).toContain(join(place.directory, aside ?? "not there"));
      expect(readFileSync(join(place.directory, aside ?? "not there"))).toEqual(bad);
      history.append("new", up(0));
      history.close();
      expect(words(place.open(), "new")).toEqual(["r0"]);
    });
  }

  test.each([
    ["with other tables", 0, (sql: string) => sql.replace("TABLE reports", "TABLE other")],
    ["with a column of another name", 1, (sql: string) => sql.replace("rowid INT", "key INT")],
    ["with a column more", 1, (sql: string) => sql.replace("info BLOB", "info BLOB, last BLOB")],
  ])("a database %s is set aside whole", (_, version, change) => {
    const ours = openDatabase(":memory:").query("SELECT sql FROM sqlite_schema").values().flat();
    const theirs = new Database(path);
    for (const sql of ours) if (typeof sql === "string") theirs.run(change(sql));
    theirs.run("INSERT INTO machines (id, heard) VALUES ('kept', 0)");
    theirs.run(`PRAGMA user_version = ${version}`);
    theirs.close();
    const history = place.open();
    expect(history.notices().join()).toMatch(/other tables than .* set aside/);
    history.append("a", up(0));
    expect(words(history, "a")).toEqual(["r0"]);
    const aside = files().find((name) => name.includes(".bad-")) ?? "not there";
    const kept = new Database(join(place.directory, aside));
    expect(kept.query("SELECT id FROM machines").get()).toEqual({ id: "kept" });
    kept.close();
  });

  test("an empty file is taken as a new one", () => {
    writeFileSync(path, "");
    const history = place.open();
    history.append("a", up(0));
    expect(history.notices()).toEqual([]);
    expect(files().filter((name) => name.includes("bad"))).toEqual([]);
  });

  test("a file of a newer version keeps its content under a name that says so", () => {
    fill(1, 1);
    const database = new Database(path);
    database.run(`PRAGMA user_version = ${SCHEMA_VERSION + 1}`);
    database.close();
    const history = place.open();
    expect(history.notices().join()).toContain("written by a newer unagi");
    expect(history.knownMachines()).toEqual([]);
    const aside = files().find((name) => name.includes(".newer-")) ?? "not there";
    const kept = new Database(join(place.directory, aside), { readonly: true });
    expect(kept.query("SELECT count(*) AS count FROM entries").get()).toEqual({ count: 1 });
    kept.close();
  });

  test("files set aside in the same second do not replace one another", () => {
    for (let round = 0; round < 3; round++) {
      writeFileSync(path, `garbage ${round} ${"x".repeat(5000)}`);
      place.open().close();
    }
    const bad = files().filter((name) => name.includes(".bad-") && !/-(wal|shm)$/.test(name));
    expect(bad.length).toBe(3);
  });
});

function overwrite(file: string, from: number, to: number): void {
  const bytes = readFileSync(file);
  bytes.fill(0xa5, from, to);
  writeFileSync(file, bytes);
}

/** Spoils the root page of a table. */
function tearTable(table: string): void {
  const database = new Database(path, { readonly: true });
  const row = database
    .query<{ rootpage: number }, [string]>("SELECT rootpage FROM sqlite_schema WHERE name = ?")
    .get(table);
  database.close();
  const start = ((row?.rootpage ?? 1) - 1) * 4096;
  overwrite(path, start, start + 4096);
}

test("pages torn among the reports cost the file, but neither the daemon nor what can be read", () => {
  fill(30, 40, 3000);
  const size = statSync(path).size;
  for (let part = 0.4; part < 0.6; part += 0.02) {
    const start = Math.floor((size * part) / 4096) * 4096;
    overwrite(path, start, start + 2048);
  }
  const history = place.open();
  let read = 0;
  for (let index = 0; index < 30; index++) read += words(history, `m${index}`).length;
  const notices = history.notices().join("\n");
  expect(notices).toMatch(/malformed.*set aside|damaged entry/);
  expect(history.knownMachines().length).toBe(30);
  expect(read).toBeGreaterThan(300);
  history.append("m1", up(99));
  expect(words(history, "m1")[0]).toBe("r99");
  place.elapsedMs += RETRY_MS;
  history.flush();
  history.close();
  expect(words(place.open(), "m1")[0]).toBe("r99");
});

test("a file that another process holds is left alone, its holder named, and used once it is free", async () => {
  fill(2, 2);
  const child = await startScript(`
    const { openHistory } = await import(${moduleOf("history.ts")});
    const result = openHistory({ directory: ${JSON.stringify(place.directory)}, signature: "test",
      entriesPerMachine: 9, now: () => ({ elapsedMs: 0, wallMs: 0 }), log() {} });
    console.log("ready");
    setInterval(() => result, 1000);`);
  const history = place.open();
  expect(history.notices().join()).toContain(`process ${child.pid} has it locked`);
  expect(history.knownMachines()).toEqual([]);
  history.remember(machine("mine"));
  history.append("mine", up(1));
  history.append("m1", up(7));
  history.append("gone", up(1));
  history.forget("gone");
  history.forget("m0");
  expect(words(history, "mine")).toEqual(["r1"]);

  place.elapsedMs += RETRY_MS;
  history.flush();
  expect(history.notices().length).toBe(1);

  child.kill("SIGKILL");
  await child.exited;
  place.elapsedMs += RETRY_MS;
  history.flush();
  expect(history.notices()).toEqual([]);
  expect(place.logged.at(-1)).toContain("again");
  history.close();
  const next = place.open();
  expect(next.knownMachines().map(({ id }) => id)).toEqual(["m1", "mine"]);
  expect(words(next, "m1")).toEqual(["r7", "r1", "r0"]);
  expect(words(next, "mine")).toEqual(["r1"]);
  expect(words(next, "m0")).toEqual([]);
});

test("when two daemons start at once, one has the file and the other goes on in memory", async () => {
  const script = `
    const { openHistory } = await import(${moduleOf("history.ts")});
    const result = openHistory({ directory: ${JSON.stringify(place.directory)}, signature: "test",
      entriesPerMachine: 9, now: () => ({ elapsedMs: 0, wallMs: 0 }), log() {} });
    console.log("ready " + (result.ok ? result.value.notices().length : result.reason));
    setInterval(() => result, 1000);`;
  const two = [0, 1].map(() => Bun.spawn([process.execPath, "-e", script], { stdout: "pipe" }));
  const said = await Promise.all(
    two.map(async ({ stdout }) => {
      const { value } = await stdout.getReader().read();
      return new TextDecoder().decode(value).trim();
    }),
  );
  for (const child of two) {
    child.kill("SIGKILL");
    await child.exited;
  }
  expect(said.sort()).toEqual(["ready 0", "ready 1"]);
});

test("what happened in memory is carried into the file: outages that ended, machines renamed", () => {
  const first = place.open();
  first.append("a", up(0));
  first.append("a", down(1));
  first.append("old", up(0));
  first.close();
  const holder = new Database(path);
  holder.run("PRAGMA locking_mode = EXCLUSIVE");
  holder.run("BEGIN IMMEDIATE");
  const history = place.open();
  history.endOutage("a", T0 + 4 * INTERVAL_MS);
  history.append("a", up(5));
  history.append("old", up(6));
  history.rename("old", "new");
  history.flush();
  holder.close();
  place.elapsedMs += RETRY_MS;
  history.flush();
  expect(history.notices()).toEqual([]);
  expect(words(history, "a")).toEqual(["r5", "down 1-5", "r0"]);
  expect(words(history, "new")).toEqual(["r6", "r0"]);
  expect(words(history, "old")).toEqual([]);
});

test.skipIf(!canMount)(
  "on a full disk the history goes on in memory, and moves back when there is room",
  () => {
    mountSmall("size=2m");
    const history = place.open();
    history.remember(machine("a"));
    history.append("a", up(0));
    history.flush();
    let index = 1;
    for (; history.notices().length === 0 && index < 2000; index++) {
      history.append("a", up(index, { messages: [noise(8000, index)] }));
      history.flush();
    }
    expect(history.notices().join()).toMatch(/kept in memory.* full/);
    const kept = words(history, "a").length;
    expect(kept).toBe(Math.min(144, index));
    expect(history.knownMachines()).toEqual([machine("a")]);
    history.append("a", up(index));
    expect(words(history, "a")[0]).toBe(`r${index}`);
    // Still full: nothing changes, and nothing is lost.
    place.elapsedMs += RETRY_MS;
    history.flush();
    expect(history.notices().join()).toContain("kept in memory");
    expect(words(history, "a")[0]).toBe(`r${index}`);

    Bun.spawnSync(["mount", "-o", "remount,size=16m", place.directory]);
    place.elapsedMs += RETRY_MS;
    history.flush();
    expect(history.notices()).toEqual([]);
    history.close();
    expect(words(place.open(), "a")[0]).toBe(`r${index}`);
  },
);

function fillDisk(): void {
  try {
    writeFileSync(join(place.directory, "filler"), new Uint8Array(1024 * 1024));
  } catch (error) {
    expect(error).toMatchObject({ code: "ENOSPC" });
  }
}

test.skipIf(!canMount)("a disk that is full at the start does not refuse it", () => {
  mountSmall("size=64k");
  fillDisk();
  const history = place.open();
  expect(history.notices().join()).toContain("kept in memory");
  history.append("a", up(0));
  expect(words(history, "a")).toEqual(["r0"]);
  rmSync(join(place.directory, "filler"));
  Bun.spawnSync(["mount", "-o", "remount,size=8m", place.directory]);
  place.elapsedMs += RETRY_MS;
  history.flush();
  expect(history.notices()).toEqual([]);
});

test("a file that is removed while it is in use is written anew with what was in it", () => {
  const history = place.open();
  history.append("a", up(0));
  history.flush();
  for (const name of files()) rmSync(join(place.directory, name));
  history.append("a", up(1));
  history.flush();
  expect(history.notices().join()).toContain("removed");
  expect(words(history, "a")).toEqual(["r1", "r0"]);
  place.elapsedMs += RETRY_MS;
  history.flush();
  expect(history.notices()).toEqual([]);
  history.close();
  expect(words(place.open(), "a")).toEqual(["r1", "r0"]);
});

test("when the daemon is killed while it writes, all that was flushed is there and the file is whole", async () => {
  let known = 0;
  for (let round = 0; round < 4; round++) {
    const child = Bun.spawn([process.execPath, "-e", writerScript(known)], {
      stdout: "pipe",
      stderr: "inherit",
    });
    let said = "";
    for await (const chunk of child.stdout) {
      said += new TextDecoder().decode(chunk);
      // Killed at another moment of its writing in each round.
      if (said.length > 200 + round * 37) break;
    }
    child.kill("SIGKILL");
    await child.exited;
    const flushed = Number(said.trimEnd().split("\n").slice(0, -1).at(-1));
    expect(flushed).toBeGreaterThan(known);
    known = flushed;
    const history: History = place.open({ entriesPerMachine: 1_000_000 });
    const found = new Set(words(history, "a", 1_000_000));
    for (let index = 0; index <= flushed; index++) {
      if (!found.has(`r${index}`)) throw new Error(`r${index} of ${flushed} is missing`);
    }
    expect(history.notices()).toEqual([]);
    known = Math.max(known, found.size - 1);
    history.close();
    const database = new Database(path);
    expect(database.query("PRAGMA integrity_check").get()).toEqual({ integrity_check: "ok" });
    database.close();
  }
});

/** Appends entries from a number on, flushes after every third, and says the last one flushed. */
function writerScript(from: number): string {
  return `
    const { openHistory } = await import(${moduleOf("history.ts")});
    const result = openHistory({ directory: ${JSON.stringify(place.directory)}, signature: "test",
      entriesPerMachine: 1000000, now: () => ({ elapsedMs: 0, wallMs: 0 }), log() {} });
    if (!result.ok || result.value.notices().length > 0) process.exit(3);
    for (let index = ${from}; index < 1000000; index++) {
      result.value.append("a", { state: "up", atWallMs: ${T0} + index * ${INTERVAL_MS},
        report: { name: "r" + index, messages: ["x".repeat(index % 5000)] } });
      if (index % 3 === 0) {
        result.value.flush();
        require("node:fs").writeSync(1, index + "\\n");
      }
    }`;
}

test("a state directory below a path with odd characters works", () => {
  const directory = join(place.directory, "a b'c\"?#%20ä");
  mkdirSync(directory);
  const history = place.open({ directory });
  history.append("a", up(0));
  history.close();
  expect(words(place.open({ directory }), "a")).toEqual(["r0"]);
});

test.skipIf(!canMount)(
  "a disk made free since the last try gets at the end what memory has gathered",
  () => {
    mountSmall("size=64k");
    fillDisk();
    const history = place.open();
    expect(history.notices().join()).toContain("kept in memory");
    history.append("a", up(0));
    history.flush();
    Bun.spawnSync(["mount", "-o", "remount,size=8m", place.directory]);
    history.append("a", up(1));
    history.close();
    expect(words(place.open(), "a")).toEqual(["r1", "r0"]);
  },
);
