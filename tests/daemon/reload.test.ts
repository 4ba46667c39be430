/** What a configuration that is read again changes, and what it must leave alone. */
import { describe, expect, test } from "bun:test";
import type { Config } from "../../src/config/config.ts";
import { loadConfig, type ReadConfig } from "../../src/config/load-config.ts";
import { planReload } from "../../src/daemon/reload.ts";
import { rangeTexts } from "../../src/net/ranges.ts";

const FILE = "/etc/unagi/unagi.toml";

/** What the file and the options give; no text: there is no file. */
function read(text: string | undefined, ...argv: readonly string[]): ReadConfig {
  const loaded = loadConfig({
    argv,
    env: {},
    readText: (path) =>
      path === FILE && text !== undefined ? { kind: "text", text } : { kind: "absent" },
  });
  if (loaded.kind !== "config" && loaded.kind !== "problems") throw new Error(loaded.kind);
  return loaded;
}

function config(reading: ReadConfig): Config {
  if (reading.kind !== "config") throw new Error(reading.problems.join());
  return reading.config;
}

const BEFORE = 'scan = ["10.1.0.0/24"]\nname = "anago"\ntag = ["gpu"]\n';

describe("what counts at once", () => {
  const CASES: readonly (readonly [string, string, readonly string[], Partial<Config>])[] = [
    ["nothing", BEFORE, [], {}],
    ["a comment", `# new\n${BEFORE}`, [], {}],
    ["a tag", BEFORE.replace("gpu", "cpu"), ["tag"], { tags: ["cpu"] }],
    ["no tag", BEFORE.replace('"gpu"', ""), ["tag"], { tags: [] }],
    ["a name", BEFORE.replace("anago", "buri"), ["name"], { name: "buri" }],
    ["the interval", `${BEFORE}update = 5\n`, ["update"], { updateSeconds: 5 }],
    ["names", `${BEFORE}http-name = ["a.b"]\n`, ["http-name"], { httpNames: ["a.b"] }],
    ["two", `${BEFORE}update = 5\n`.replace("gpu", "x"), ["tag", "update"], { tags: ["x"] }],
  ];
  test.each(CASES)("%s", (_name, text, applied, changed) => {
    const running = config(read(BEFORE));
    const plan = planReload(running, read(text));
    expect<readonly string[]>(plan.applied).toEqual(applied);
    expect(plan.warnings).toEqual([]);
    expect(plan.config).toMatchObject(changed);
    expect(plan.infos[0]).toBe(
      applied.length === 0
        ? "configuration read again; nothing to change now"
        : `configuration read again; changed: ${applied.join(", ")}`,
    );
  });

  test("ranges, those that follow from others too", () => {
    const plan = planReload(config(read(BEFORE)), read(BEFORE.replace("10.1.0.0/24", "10.2.0.")));
    expect(plan.applied).toEqual(["scan", "p2p-allow"]);
    expect(rangeTexts(plan.config.scan)).toEqual(["10.2.0."]);
    expect(rangeTexts(plan.config.p2pAllow)).toEqual(["10.2.0."]);
    const readers = planReload(config(read(BEFORE)), read(`${BEFORE}http-allow = ["lan"]\n`));
    expect(readers.applied).toEqual(["http-allow"]);
    expect(rangeTexts(readers.config.httpAllow)).toEqual(["lan"]);
  });

  test("a name that is left out is the host's again, and keeps the id", () => {
    const plan = planReload(config(read(BEFORE)), read(BEFORE.replace('name = "anago"', "")));
    expect(plan.applied).toEqual(["name"]);
    expect("name" in plan.config).toBe(false);
    expect(plan.infos[1]).toMatch(/^name: this machine keeps its id.* until the next restart$/);
  });

  test("not what the command line says otherwise", () => {
    const running = config(read(BEFORE, "--tag", "lab"));
    const plan = planReload(running, read(BEFORE.replace("gpu", "cpu"), "--tag", "lab"));
    expect(plan.applied).toEqual([]);
    expect(plan.config).toEqual(running);
  });
});

describe("what only a restart can change", () => {
  const CASES: readonly (readonly [string, string])[] = [
    ["p2p-port", "p2p-port = 10081"],
    ["http-port", "http-port = 8001"],
    ["bind", 'bind = "10.1.0.7"'],
    ["signature", 'signature = "lab"'],
    ["state", 'state = "/var/tmp"'],
    ["history", "history = 7"],
    ["messages", "messages = false"],
    ["max-peers", "max-peers = 9"],
    ["debug", "debug = 1"],
    ["user", 'user = "nobody"'],
  ];
  test.each(CASES)("%s", (key, line) => {
    const running = config(read(BEFORE));
    const plan = planReload(running, read(`${line}\n${BEFORE}`));
    expect(plan.config).toEqual(running);
    expect(plan.applied).toEqual([]);
    expect(plan.warnings).toEqual([`${key}: the change takes effect at the next restart`]);
  });

  test("a key", () => {
    const running = config(read(BEFORE));
    const again: ReadConfig = {
      kind: "config",
      config: { ...running, keyFiles: ["/k"] },
      notes: [],
    };
    const plan = planReload(running, again);
    expect(plan.config).toEqual(running);
    expect(plan.warnings).toEqual(["key-file: the change takes effect at the next restart"]);
  });

  test("each in a line of its own, while the others count", () => {
    const running = config(read(BEFORE));
    const text = `p2p-port = 10081\nhttp-port = 8001\n${BEFORE.replace("gpu", "cpu")}`;
    const plan = planReload(running, read(text));
    expect(plan.applied).toEqual(["tag"]);
    expect(plan.config).toEqual({ ...running, tags: ["cpu"] });
    expect(plan.warnings.map((line) => line.split(":")[0])).toEqual(["p2p-port", "http-port"]);
  });
});

describe("what is refused", () => {
  test("a broken file, with all its problems; nothing changes", () => {
    const running = config(read(BEFORE));
    const plan = planReload(running, read("update = 0\np2p-prot = 1\ntag = ['x']\n"));
    expect(plan.config).toBe(running);
    expect(plan.applied).toEqual([]);
    expect(plan.warnings.length).toBe(3);
    expect(plan.warnings[0]).toContain("p2p-prot");
    expect(plan.warnings[1]).toContain("update");
    expect(plan.warnings[2]).toBe("the running configuration stays as it is");
  });

  test("a file that is gone or may not be read: its settings stay", () => {
    const running = config(read(BEFORE));
    const gone = planReload(running, read(undefined));
    expect(gone.config).toBe(running);
    expect(gone.warnings).toEqual([
      `${FILE} is not there any more`,
      "the running configuration stays as it is",
    ]);
    const denied = loadConfig({
      argv: [],
      env: {},
      readText: () => ({ kind: "unreadable", reason: "permission denied" }),
    });
    if (denied.kind !== "config") throw new Error(denied.kind);
    const plan = planReload(running, denied);
    expect(plan.config).toBe(running);
    expect(plan.warnings[0]).toContain("permission denied");
  });

  test("not a file that was not there at the start", () => {
    const plan = planReload(config(read(undefined)), read('tag = ["gpu"]'));
    expect(plan.applied).toEqual(["tag"]);
    expect(plan.config.file).toBeUndefined();
  });
});
