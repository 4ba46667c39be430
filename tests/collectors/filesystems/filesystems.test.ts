/** Sizes of file systems: one line each, whatever a server does. */
import { describe, expect, test } from "bun:test";
import { createFilesystems } from "../../../src/collectors/filesystems/filesystems.ts";
import type { StatfsAnswer } from "../../../src/collectors/filesystems/statfs-probe.ts";
import { withRoot } from "../../linux/fixture.ts";
import { NOW, reportOfFirst, sampleOf } from "../collect.ts";
import { controlled } from "./controlled-prober.ts";

const size = { totalBytes: 100, freeBytes: 40 };
const answered: StatfsAnswer = { ok: true, size };
const at = (elapsedMs: number) => ({ ...NOW, elapsedMs });

const MOUNTINFO =
  "1 0 8:1 / / rw - ext4 /dev/sda1 rw\n" +
  "2 0 0:40 / /mnt/archive rw - nfs4 nas:/archive rw\n" +
  "3 0 8:2 / /data rw - xfs /dev/sda2 rw\n";

/** What the collector finds below a root of these mounts, after each limit has passed. */
async function collected(
  mountinfo: string,
  statfs: (path: string) => StatfsAnswer,
  { startedMs = 0, nowMs = 0 } = {},
) {
  const world = controlled();
  let result = {};
  await withRoot(async ({ path: root, write }) => {
    write("proc/self/mountinfo", mountinfo);
    const filesystems = createFilesystems({ root, prober: world.prober, statfs });
    filesystems.start?.(at(startedMs));
    await world.timeOut();
    const found = filesystems.read(sampleOf(root, { now: at(nowMs) }));
    if (!found.ok) throw new Error(found.reason);
    const reasons = (found.problems ?? []).map(({ reason }) => reason);
    result = { ...reportOfFirst(filesystems, found.value), reasons };
  });
  return { result, started: world.started };
}

describe("file systems", () => {
  test("of a dead server cost one line, and the others are there", async () => {
    const { result } = await collected(
      MOUNTINFO,
      (path) => (path.endsWith("/data") ? { ok: false, code: "EIO" } : answered),
      { startedMs: 1000, nowMs: 42_000 },
    );
    expect(result).toEqual({
      filesystems: [{ mount: "/", type: "ext4", ...size }],
      reasons: [
        "/data (xfs) cannot be measured (EIO)",
        "/mnt/archive (nfs4) has not answered for 41 s: left out until it does",
      ],
    });
  });

  const quiet: [string, StatfsAnswer][] = [
    ["a user's private FUSE mount", { ok: false, code: "EACCES" }],
    ["a mount that has gone since", { ok: false, code: "ENOENT" }],
    ["one without storage of its own", { ok: true, size: { totalBytes: 0, freeBytes: 0 } }],
  ];
  test.each(quiet)("leave out %s in silence", async (_, answer) => {
    const { result } = await collected("1 0 8:1 / / rw - ext4 /dev/sda1 rw\n", () => answer);
    expect(result).toEqual({ filesystems: [], reasons: [] });
  });

  test("of very many mounts are the largest, and only some of the network's", async () => {
    const local = Array.from({ length: 40 }, (_, i) => `1 0 8:${i} / /l${i} rw - ext4 /dev/x rw\n`);
    const remote = Array.from({ length: 40 }, (_, i) => `1 0 0:${i} / /r${i} rw - nfs n:/ rw\n`);
    const { result, started } = await collected([...local, ...remote].join(""), (path) => {
      return { ok: true, size: { totalBytes: Number(path.slice(-1)) + 1, freeBytes: 0 } };
    });
    expect(started).toHaveLength(16);
    const sizes = [10, 9, 8, 7, 6, 5].flatMap((totalBytes) =>
      Array.from({ length: 4 }, () => expect.objectContaining({ totalBytes })),
    );
    expect(result).toEqual({
      filesystems: expect.arrayContaining(sizes),
      reasons: expect.arrayContaining([
        "24 more network mounts are left out: only 16 are measured",
      ]),
    });
    expect((result as { filesystems: unknown[] }).filesystems).toHaveLength(24);
  });

  test("cannot be listed without a table of mounts, and the reason says so", () => {
    const { prober } = controlled();
    expect(
      createFilesystems({ root: "/nowhere", prober }).read(sampleOf("/nowhere")),
    ).toMatchObject({
      ok: false,
      reason: "/proc/self/mountinfo does not exist",
    });
  });
});
