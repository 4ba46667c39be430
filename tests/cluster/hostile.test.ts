/**
 * Many addresses that answer with any mixture of ids, incarnations, numbers and protocols, in
 * well-formed messages. The core's table must stay consistent, whatever they claim.
 */
import { expect, test } from "bun:test";
import { between, pick, type Random, seededRandom } from "../simulation/world/random.ts";
import { answerText, Bench, knownMachine, START_WALL_MS, v1Report } from "./core-harness.ts";

const ADDRESSES = [
  ...Array.from({ length: 14 }, (_, i) => `10.0.0.${i + 2}`),
  "fd00::1",
  "fd00::2",
];
const IDS = ["ann", "bob", "self", "x"];
const INCARNATIONS = ["b1", "b2", "b3", "b4", "b5", "b6"];
/** The share of answers with this machine's incarnation, each of which bars its address for two minutes. */
const OWN_INCARNATION_SHARE = 0.003;
const STEPS = 4000;
const MAX_PEERS = 6;

function sendLie(random: Random, bench: Bench): void {
  const from = pick(random, ADDRESSES) ?? "";
  const port = random() < 0.9 ? 10_080 : 40_000;
  const kind = random();
  const id = pick(random, IDS) ?? "";
  const incarnation =
    random() < OWN_INCARNATION_SHARE ? "boot0" : (pick(random, INCARNATIONS) ?? "");
  if (kind < 0.45) {
    const asked = bench.sent.filter(({ to, text }) => to === from && text.startsWith(">{"));
    const text = asked[asked.length - 1]?.text;
    if (text === undefined) return;
    const sequence = random() < 0.1 ? Number.MAX_SAFE_INTEGER : Math.floor(random() * 5);
    const times = { interval: 10 ** between(random, -3, 7), age: 10 ** between(random, -3, 7) };
    const fields = {
      id,
      incarnation,
      sequence,
      ...times,
      you: pick(random, ADDRESSES) ?? "",
      clock: 0,
    };
    const report = random() < 0.2 ? { report: null } : {};
    bench.receive(
      from,
      answerText(JSON.parse(text.slice(1)).question, { ...fields, ...report }),
      port,
    );
  } else if (kind < 0.6) {
    const wallSeconds = START_WALL_MS / 1000 + Math.floor(between(random, -1e6, 1e6));
    bench.receive(from, `<${v1Report({ wallSeconds, uptime: Math.floor(random() * 1e6) })}`, port);
  } else if (kind < 0.65) bench.receive(from, "<", port);
  else if (kind < 0.7) {
    const word = random() < 0.5 ? "bye" : "forget";
    bench.receive(from, `<{"${word}":{"id":"${id}","boot":"${incarnation}"}}`, port);
  } else if (kind < 0.8) bench.receive(from, `!${ADDRESSES.join(" ")} 224.0.0.1 192.168.0.1`, port);
  else if (kind < 0.85) bench.receive(from, `>{"question":1,"id":"${id}"}`, port);
  else if (kind < 0.9) bench.receive(from, pick(random, [">", "?"]) ?? "", port);
  else if (kind < 0.91) bench.take(bench.cluster.forget(id, bench.now()));
  else if (kind < 0.93) bench.sleep(between(random, 0, 3_600_000));
  else bench.publish();
}

function checkTable(bench: Bench): void {
  const machines = bench.cluster.machines(bench.now());
  const ids = machines.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(machines.length).toBeLessThanOrEqual(MAX_PEERS + 1);
  expect(machines.filter(({ incarnation }) => incarnation === "boot0")).toHaveLength(1);
  const askable = machines.filter(({ isSelf }) => !isSelf);
  for (const id of IDS) {
    const group = ids.filter((one) => one === id || one.startsWith(`${id}~`));
    expect(group.length).toBeLessThanOrEqual(4);
  }
  for (const machine of askable) {
    expect(machine.addresses.length).toBeLessThanOrEqual(8);
    expect(machine.reportAgeSeconds ?? 0).toBeGreaterThanOrEqual(0);
    if (machine.protocol === 1) expect(machine.id).toBe(machine.address);
  }
  const next = bench.cluster.nextDeadline(bench.now());
  expect(Number.isNaN(next)).toBe(false);
}

test.each([1, 2, 3, 4, 5, 6])(
  "the table stays consistent whatever other machines claim (seed %d)",
  (seed) => {
    const random = seededRandom(seed);
    const known = [
      knownMachine({ id: "ann", incarnation: "b1", retiredIncarnations: ["b2"], state: "down" }),
      knownMachine({ id: "10.0.0.2", protocol: 1, lastHeardWallMs: START_WALL_MS + 9e9 }),
      knownMachine({ id: "ann~b3", addresses: ["10.0.0.4"], state: "stopped" }),
    ];
    const bench = new Bench({ maxPeers: MAX_PEERS, updateSeconds: 20, known, scan: ADDRESSES });
    let rememberedSelf = 0;
    for (let step = 0; step < STEPS; step++) {
      sendLie(random, bench);
      bench.run(random() < 0.5 ? 200 : 1500);
      if (step % 20 === 0) checkTable(bench);
      rememberedSelf += bench
        .of("remember")
        .filter(({ machine }) => machine.incarnation === "boot0" && machine.id !== "self").length;
      bench.sent = bench.sent.slice(-200);
      bench.outputs = [];
    }
    expect(rememberedSelf).toBe(0);
    for (const { to } of bench.sent) expect(to.startsWith("10.") || to.includes(":")).toBe(true);
  },
);
