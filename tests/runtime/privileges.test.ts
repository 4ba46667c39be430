import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { parseCredentials } from "../../src/linux/proc/pid.ts";
import { compareCredentials, dropPrivileges } from "../../src/runtime/privileges.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/bash
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
short:x:1000:1000
letters:x:one:1000:::
`;

const MODULE = JSON.stringify(join(import.meta.dir, "../../src/runtime/privileges.ts"));
const isRoot = process.geteuid?.() === 0;
/** Some containers forbid user namespaces. */
const canUnshare =
  isRoot &&
  Bun.which("unshare") !== null &&
  Bun.spawnSync(["unshare", "-r", "true"]).exitCode === 0;
const root = mkdtempSync(join(tmpdir(), "unagi-privileges-"));
mkdirSync(join(root, "etc"));
afterAll(() => rmSync(root, { recursive: true }));

/** Starts a child with a second thread, which drops its rights and prints what is left. */
function dropInChild(user: string, before = ""): { status: string[]; result: unknown } {
  const script = `
    const { dropPrivileges } = await import(${MODULE});
    const { readdirSync, readFileSync } = await import("node:fs");
    ${before}
    const worker = new Worker("data:text/javascript,setInterval(() => 0, 1000)");
    await new Promise((done) => worker.addEventListener("open", done, { once: true }));
    const result = dropPrivileges(${JSON.stringify(user)});
    const status = readdirSync("/proc/self/task").map((task) =>
      readFileSync("/proc/self/task/" + task + "/status", "latin1"));
    console.log(JSON.stringify({ status, result }));
    process.exit(0);`;
  return runChild([process.execPath, "-e", script]) as { status: string[]; result: unknown };
}

function runChild(command: string[]): unknown {
  const child = Bun.spawnSync(command, { timeout: 20_000 });
  return JSON.parse(child.stdout.toString() || JSON.stringify(child.stderr.toString()));
}

test.skipIf(!isRoot)("as root, every thread becomes the user and loses root's groups", () => {
  const { status, result } = dropInChild("nobody", "process.setgroups([0, 4, 27]);");
  const account = { name: "nobody", uid: 65534, gid: 65534 };
  expect(result).toEqual({ ok: true, value: { account, changed: true } });
  expect(status.length).toBeGreaterThan(2);
  for (const text of status) {
    expect(parseCredentials(text)).toEqual({
      uids: [65534, 65534, 65534, 65534],
      gids: [65534, 65534, 65534, 65534],
      groups: [65534],
      hasCapabilities: false,
    });
  }
});

test.skipIf(!isRoot)(
  "a process that is neither root nor the user is refused with the remedy",
  () => {
    expect(dropInChild("root", "process.setuid(65534);").result).toEqual({
      ok: false,
      reason: expect.stringMatching(/^-U root: only root can .* uid 65534; start it as root/),
    });
  },
);

test.skipIf(!canUnshare)("a root without the right to change groups is refused", () => {
  const script = `
    const { dropPrivileges } = await import(${MODULE});
    console.log(JSON.stringify(dropPrivileges("nobody")));`;
  // A user namespace that maps root alone denies setgroups.
  expect(runChild(["unshare", "-r", process.execPath, "-e", script])).toEqual({
    ok: false,
    reason: expect.stringMatching(/^-U nobody: dropping the supplementary groups failed: .*root$/),
  });
});

test("a process that is the user already changes nothing", () => {
  const { uid, gid } = userInfo();
  writeFileSync(join(root, "etc/passwd"), `myself:x:${uid}:${gid}:::\n`);
  expect(dropPrivileges("myself", root)).toEqual({
    ok: true,
    value: { account: { name: "myself", uid, gid }, changed: false },
  });
});

test("an unknown user and an unreadable /etc/passwd are refused with their names", () => {
  writeFileSync(join(root, "etc/passwd"), PASSWD);
  for (const [name, where] of [
    ["nowhere", root],
    ["short", root],
    ["letters", root],
    ["nobody", join(root, "empty")],
  ] as const) {
    const result = dropPrivileges(name, where);
    expect(result).toEqual({ ok: false, reason: expect.stringContaining(`-U ${name}:`) });
    expect(result).toEqual({ ok: false, reason: expect.stringContaining("etc/passwd") });
  }
});

const CLEAN = {
  uids: [65534, 65534, 65534, 65534],
  gids: [65534, 65534, 65534, 65534],
  groups: [4, 65534],
  hasCapabilities: false,
};

for (const [what, credentials, leftover] of [
  ["nothing", {}, undefined],
  ["a saved uid of root", { uids: [65534, 65534, 0, 65534] }, "kept another user"],
  ["a saved gid of root", { gids: [65534, 65534, 0, 65534] }, "kept another group"],
  ["root's group", { groups: [0, 65534] }, "kept other groups"],
  ["a group that is not the user's", { groups: [27, 65534] }, "kept other groups"],
  ["a capability", { hasCapabilities: true }, "kept capabilities of root"],
] as const) {
  test(`a thread that kept ${what} is ${leftover === undefined ? "accepted" : "refused"}`, () => {
    const account = { name: "nobody", uid: 65534, gid: 65534, groups: [4] };
    expect(compareCredentials({ ...CLEAN, ...credentials }, account)).toBe(leftover);
  });
}
