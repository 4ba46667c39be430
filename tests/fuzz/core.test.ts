/** The core among a few addresses that send well-formed messages of any content in any order. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Bench, PORT, START_WALL_MS, v1Report } from "../cluster/core-harness.ts";
import { runs, spoiledJson, spoiledText } from "./spoil.ts";

const ADDRESSES = ["10.0.0.2", "10.0.0.3", "fd00::7"];
const OPEN = "the number of the question that is open there";

const REPORT = { name: "ann", updateSeconds: 600, httpPort: 8000, load: { one: 1 } };
const ANSWERS = ["ann", "bob", "self"].map((id) => ({
  ...{
    answer: OPEN,
    id,
    boot: `boot-${id}`,
    sequence: 3,
    liveSequence: 1,
    interval: 600,
    age: 1,
  },
  ...{ clock: START_WALL_MS, you: "10.0.0.1", name: id, ring: true, report: REPORT },
}));
const OTHERS = [
  { bye: { id: "ann", boot: "boot-ann" } },
  { hint: ["10.0.0.2", "fd00::7"] },
  { forget: { id: "bob", boot: "boot-bob" } },
];
const QUESTION = { question: 7, id: "ann", boot: "boot0", sequence: 1, watching: true };

const text = fc.oneof(
  { weight: 6, arbitrary: spoiledJson(ANSWERS).map((json) => `<${JSON.stringify(json)}`) },
  { weight: 2, arbitrary: spoiledJson(OTHERS).map((json) => `<${JSON.stringify(json)}`) },
  { weight: 2, arbitrary: spoiledJson([QUESTION]).map((json) => `>${JSON.stringify(json)}`) },
  fc.constantFrom("?", ">", "<", ">Ej9sQ0aB", "<Ej9sQ0aBc4d07a96"),
  spoiledText(["!10.0.0.2 10.0.0.3 fd00::7 10.0.0.1"]),
  spoiledText([`<${v1Report({ wallSeconds: START_WALL_MS / 1000 })}`]),
);
const step = fc.record({
  text,
  from: fc.constantFrom(...ADDRESSES),
  port: fc.constantFrom(PORT, PORT, PORT, 1234),
  /** How much time passes afterwards, with ticks or all at once. */
  waitMs: fc.constantFrom(0, 100, 100, 1000, 20_000, 700_000),
  sleeps: fc.constantFrom(false, false, false, true),
  wallStepMs: fc.constantFrom(0, 0, 0, 3.2e10, -3.2e10),
});

test("whatever other machines say, the core's table stays valid and the core sends only to allowed addresses", () => {
  const property = fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
    const bench = new Bench({ updateSeconds: 60 });
    bench.publish();
    for (const { from, port, waitMs, sleeps, wallStepMs, ...said } of steps) {
      const open = bench.textsTo(from).findLast((sent) => sent.startsWith(">{"));
      const number = open === undefined ? "7" : String(JSON.parse(open.slice(1)).question);
      bench.receive(from, said.text.replaceAll(JSON.stringify(OPEN), number), port);
      bench.wallOffsetMs += wallStepMs;
      if (sleeps) bench.sleep(waitMs);
      else bench.runLong(waitMs);
    }
    bench.runLong(1000);
    const machines = bench.others();
    expect(machines.length).toBeLessThanOrEqual(4 * ADDRESSES.length);
    JSON.stringify([machines, bench.outputs], (key, value) => {
      if (typeof value === "number" && !Number.isFinite(value)) throw new Error(`${key}: ${value}`);
      return value;
    });
    for (const { lastHeardSeconds = 0, reportAgeSeconds = 0, id } of machines) {
      expect(Math.min(lastHeardSeconds, reportAgeSeconds)).toBeGreaterThanOrEqual(0);
      expect(id).not.toBe("self");
    }
    for (const { to } of bench.sent) expect(to.startsWith("10.") || to.includes(":")).toBe(true);
  });
  fc.assert(property, runs(60));
});
