import { afterEach, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseMachineId } from "../../src/linux/machine-id.ts";
import { deriveId, loadIdentity } from "../../src/runtime/identity.ts";

const MACHINE_ID = "0123456789abcdef0123456789abcdef";
const roots: string[] = [];

function root(machineId?: string, file = "etc/machine-id"): string {
  const path = mkdtempSync(join(tmpdir(), "unagi-identity-"));
  roots.push(path);
  if (machineId !== undefined) {
    mkdirSync(join(path, file, ".."), { recursive: true });
    writeFileSync(join(path, file), machineId);
  }
  return path;
}

afterEach(() => {
  for (const path of roots.splice(0)) rmSync(path, { recursive: true, force: true });
});

test("the id survives restarts, and the incarnation is new at each start", () => {
  const options = { root: root(`${MACHINE_ID}\n`), name: "alpha", port: 10080 };
  const [first, second] = [loadIdentity(options), loadIdentity(options)];
  expect(first.id).toMatch(/^[0-9a-f]{16}$/);
  expect(first.incarnation).toMatch(/^[0-9a-f]{16}$/);
  expect(second.id).toBe(first.id);
  expect(second.incarnation).not.toBe(first.incarnation);
  expect(first.notice).toBeUndefined();
});

test("name, port and bound address each change the id, even where their texts join alike", () => {
  const base = { name: "alpha", port: 10080 };
  const ids = [
    deriveId(MACHINE_ID, base),
    deriveId(MACHINE_ID, { ...base, name: "beta" }),
    deriveId(MACHINE_ID, { ...base, port: 10081 }),
    deriveId(MACHINE_ID, { ...base, bind: "127.0.0.2" }),
    deriveId("f".repeat(32), base),
    deriveId(MACHINE_ID, { name: "alpha1", port: 80 }),
    deriveId(MACHINE_ID, { name: "alpha", port: 180 }),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.join()).not.toContain(MACHINE_ID.slice(0, 16));
});

test("the machine-id is read from its older place too", () => {
  const options = { name: "alpha", port: 10080 };
  const older = loadIdentity({ ...options, root: root(MACHINE_ID, "var/lib/dbus/machine-id") });
  expect(older.id).toBe(deriveId(MACHINE_ID, options));
});

test("without a machine-id a random one is kept in the state directory with mode 0600", () => {
  const stateDirectory = root();
  for (const bad of [undefined, "", "uninitialized\n", "0".repeat(32)]) {
    const options = { root: root(bad), name: "alpha", port: 10080, stateDirectory };
    const [first, second] = [loadIdentity(options), loadIdentity(options)];
    expect(second.id).toBe(first.id);
    expect(first.notice).toContain(join(stateDirectory, "id"));
  }
  expect(statSync(join(stateDirectory, "id")).mode & 0o777).toBe(0o600);
  expect(parseMachineId(readFileSync(join(stateDirectory, "id"), "utf8"))).toBeDefined();
});

test("without machine-id and state directory the id is random for this run, and a notice says so", () => {
  const options = { root: root(), name: "alpha", port: 10080 };
  const [first, second] = [loadIdentity(options), loadIdentity(options)];
  expect(first.id).not.toBe(second.id);
  expect(first.notice).toContain("--state");
});

test("a state directory that cannot be written gives a notice and does not prevent the start", () => {
  const options = { root: root(), name: "alpha", port: 10080, stateDirectory: "/proc/nowhere" };
  const identity = loadIdentity(options);
  expect(identity.id).toMatch(/^[0-9a-f]{16}$/);
  expect(identity.notice).toContain("/proc/nowhere/id");
});
