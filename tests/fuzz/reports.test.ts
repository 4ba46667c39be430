/** Whole reports: this machine's from whatever the kernel says, others' from whatever they send. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { createCollectors } from "../../src/collectors/collectors.ts";
import { createSampler } from "../../src/collectors/sampler.ts";
import { encodeAnswer } from "../../src/protocol/encode.ts";
import { fitReport } from "../../src/protocol/fit-report.ts";
import { parseReport } from "../../src/protocol/report-json.ts";
import { decodeReportV1, encodeReportV1 } from "../../src/protocol/v1/report.ts";
import { handlerOver } from "../http/handler-over.ts";
import { fixture } from "../linux/fixture.ts";
import { LAB, sampleSource } from "../page/sample-cluster.ts";
import { runs, spoiledBytes, spoiledJson } from "./spoil.ts";

const sample = sampleSource({ sketches: LAB.slice(0, 3), cells: 3 });
const REPORTS = sample.view.machines.flatMap(({ report }) => report ?? []);

/** The report as others read it: JSON would write NaN or infinity as null. */
function wire(report: object): unknown {
  return JSON.parse(JSON.stringify(report));
}

test("any JSON gives a report within its bounds that is read back unchanged, or a reason", () => {
  const property = fc.property(spoiledJson(REPORTS), (json) => {
    const read = parseReport(json);
    if (!read.ok) return;
    const report = read.value;
    expect(parseReport(wire(report))).toEqual({ ok: true, value: report });
    // The most is 64 file systems and interfaces, 32 problems and 4,096 cores, each at its longest.
    expect(JSON.stringify(report).length).toBeLessThan(400_000);
    const old = decodeReportV1(encodeReportV1(report, { wallSeconds: 1 }));
    expect(old.ok).toBe(true);
    const fitted = fitReport(report, 4000);
    expect(Buffer.byteLength(JSON.stringify(fitted))).toBeLessThanOrEqual(4000);
    const head = { answer: 1, id: "a", incarnation: "b", sequence: 1, intervalSeconds: 600 };
    const answer = { ...head, ageSeconds: 0, wallMs: 1, name: report.name, report };
    expect(encodeAnswer("lab", answer).length).toBeLessThanOrEqual(4095);
  });
  fc.assert(property, runs(150));
});

/** What no page may show, whatever was sent. The names in the sample contain none of it. */
const NOT_A_FIGURE = /\bNaN\b|\bInfinity\b|\bundefined\b|\[object Object\]|e\+\d/;

test("every page can be rendered from any reports, and shows no invalid figure", async () => {
  const property = fc.asyncProperty(
    fc.tuple(spoiledJson(REPORTS), spoiledJson(REPORTS)),
    // A year, and the most that `clock` can state: 2^53 ms.
    fc.constantFrom(31_536_000, -31_536_000, 9e12, -1.7e9),
    async (reports, clockOffsetSeconds) => {
      const read = reports.map((one) => parseReport(one));
      const machines = sample.view.machines.map((machine, index) => {
        const own = read[index];
        if (!own?.ok) return machine;
        return { ...machine, name: own.value.name, report: own.value, clockOffsetSeconds };
      });
      const text = JSON.stringify(read);
      const handler = handlerOver({ ...sample, cluster: () => ({ ...sample.view, machines }) });
      const paths = machines.map(({ id }) => `/machines/${encodeURIComponent(id)}`);
      for (const path of ["/", "/?by=user", "/status.txt", "/api/v1/cluster", ...paths]) {
        const request = new Request(`http://localhost${path}`, { headers: { host: "localhost" } });
        const answer = await handler(request, "127.0.0.1");
        expect(answer.status).toBe(200);
        const page = await answer.text();
        if (!NOT_A_FIGURE.test(text)) expect(page.match(NOT_A_FIGURE)).toBeNull();
      }
    },
  );
  await fc.assert(property, runs(15));
});

/** The files that the sampler reads, with those of two processes. */
const FILES = [
  ..."stat meminfo loadavg uptime vmstat diskstats net/dev self/mountinfo cpuinfo".split(" "),
  ..."pressure/cpu pressure/memory pressure/io 1/stat 986/stat 986/status".split(" "),
].map((name) => `proc/${name}`);
const ETC = ["etc/os-release", "etc/passwd", "run/systemd/sessions/3", "var/log/messages"];

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "unagi-fuzz-"));
  for (const file of [...FILES, ...ETC]) mkdirSync(dirname(join(root, file)), { recursive: true });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const session = "UID=0\nUSER=alice\nTTY=pts/0\nREALTIME=1700000000000000\nLEADER=1\n";
const log = "Nov 24 09:13:07 anna sshd[71]: closed\n".repeat(3);
const tree = fc.record(
  Object.fromEntries(
    [...FILES, ...ETC].map((file) => {
      const isMade = file.startsWith("run/") || file.startsWith("var/");
      const bytes = isMade
        ? Buffer.from(file.startsWith("run/") ? session : log)
        : readFileSync(join(fixture("debian-12-vm"), file));
      return [file, spoiledBytes([new Uint8Array(bytes)])];
    }),
  ),
);

test("whatever the kernel's files hold, other machines accept this machine's report unchanged", async () => {
  const property = fc.asyncProperty(tree, tree, async (before, after) => {
    let elapsedMs = 0;
    const collectors = createCollectors({
      root,
      messages: true,
      executable: ["/bin/false"],
      statfs: () => ({ ok: true, size: { totalBytes: 100, freeBytes: 40 } }),
      spawnProbe: () => ({
        answer: Promise.resolve({ ok: false, code: "EIO" }),
        kill: () => undefined,
      }),
      wait: () => Promise.resolve(),
    });
    const sampler = createSampler({
      collectors,
      root,
      about: { name: "eel", version: "1.0.0", tags: [], updateSeconds: 600 },
      clock: () => {
        elapsedMs += 250;
        return { elapsedMs, wallMs: 1_700_003_600_000 };
      },
    });
    for (const files of [before, after]) {
      for (const [file, bytes] of Object.entries(files)) writeFileSync(join(root, file), bytes);
      if (files === before) sampler.prime();
    }
    const report = await sampler.take();
    expect(parseReport(wire(report))).toEqual({ ok: true, value: report });
  });
  await fc.assert(property, runs(30));
});
