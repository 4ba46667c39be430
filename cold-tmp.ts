import { createCluster } from "./src/cluster/cluster.ts";
import { encodeAnswer, encodeQuestion } from "./src/protocol/encode.ts";
import { decodeMessage } from "./src/protocol/decode.ts";
import { openHistory } from "./src/store/sqlite-history.ts";
import { createLog } from "./src/runtime/log.ts";
import { writeSync, openSync, readFileSync } from "node:fs";
import { createRandom } from "./src/runtime/random.ts";
import { resolveRanges } from "./src/config/address-set.ts";
import { parseRange } from "./src/config/ranges.ts";
const N = 99;
const report = JSON.parse(readFileSync("/tmp/report.json", "utf8"));
const cpu = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
let t = cpu(); const mark = (what: string) => { const n = cpu(); console.log(what.padEnd(40), (n - t).toFixed(1)); t = cpu(); };
mark("start");
const range = parseRange("127.0.1.1-100", "scan" as any); if (!range.ok) throw 1;
const set = resolveRanges({ use: "allow", ranges: [range.value] } as any, {} as any);
let clock = 0; const now = () => ({ elapsedMs: clock, wallMs: 1784000000000 + clock });
const cluster = createCluster({ now: now(), signature: "bench", updateSeconds: 600, port: 10080, maxPeers: 4096, self: { id: "f".repeat(16), boot: "e".repeat(16), name: "me", address: "127.0.1.100" }, ranges: { allow: (a: string) => set.contains(a), scan: set, isOwn: (a: string) => a === "127.0.1.100" }, known: [], random: createRandom() } as any);
mark("create");
const history = openHistory({ signature: "bench", entriesPerMachine: 144, now, log: () => {} } as any); if (!history.ok) throw 1;
mark("history open");
const fd = openSync("/tmp/cold.log", "w");
const log = createLog({ debug: 0, style: "plain", write: (l) => void writeSync(fd, l) });
log.info("x"); mark("log first");
cluster.publish(report, now());
let outs: any[] = []; let lines: string[] = []; let sends = 0;
const asked = new Map<string, number>();
const take = (o: readonly any[]) => { for (const x of o) { if (x.kind === "send") { sends++; const d = decodeMessage(x.bytes, "bench"); if (d.ok && d.value.kind === "question") asked.set(x.to.address, d.value.question); } else outs.push(x); } };
mark("publish");
const questions = Array.from({ length: N }, (_, i) => encodeQuestion("bench", { question: 1000 + i, id: String(i).padStart(16, "0") } as any));
mark("(encode questions)");
let c0 = 0;
for (let i = 0; i < N; i++) { clock += 30; take(cluster.receive({ address: `127.0.1.${i + 1}`, port: 10080 }, questions[i]!, now())); take(cluster.tick(now())); cluster.nextDeadline(now()); }
for (let i = 0; i < 60; i++) { clock += 50; take(cluster.tick(now())); }
mark(`questions in and out (${sends} sent, ${asked.size} asked)`);
const answers = [...asked].map(([address, n]) => { const i = Number(address.split(".")[3]); return [address, encodeAnswer("bench", { answer: n, id: String(i).padStart(16, "0"), boot: String(i).padStart(16, "a"), sequence: 1, intervalSeconds: 600, ageSeconds: 1, wallMs: now().wallMs, name: `m${i}`, ring: true, report: { ...report, name: `m${i}` } } as any)] as const; });
mark("(encode answers)");
for (const [address, bytes] of answers) { clock += 2; take(cluster.receive({ address, port: 10080 }, bytes, now())); cluster.nextDeadline(now()); }
mark(`answers in (${outs.length} outputs)`);
for (const o of outs) if (o.kind === "log") log.info(o.text);
mark("log lines");
for (const o of outs) { if (o.kind === "entry") history.value.append(o.id, o.entry); if (o.kind === "remember") history.value.remember(o.machine); }
mark("history appended");
history.value.flush(); mark("history flushed");
for (let i = 0; i < 60; i++) { clock += 1000; take(cluster.tick(now())); cluster.nextDeadline(now()); }
mark("60 s idle ticks");
process.exit(0);
