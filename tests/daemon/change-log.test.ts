import { describe, expect, test } from "bun:test";
import { createChangeLog, MOST_IDS } from "../../src/daemon/watching/change-log.ts";

const START = 1_700_000_000_000;

describe("the change log", () => {
  test("tells which machines have changed after a version", () => {
    const log = createChangeLog(START);
    log.note("ann");
    const afterAnn = log.version();
    log.note("bob");
    log.note("cid");
    log.note("bob");
    expect([...(log.since(START) ?? [])].sort()).toEqual(["ann", "bob", "cid"]);
    expect([...(log.since(afterAnn) ?? [])].sort()).toEqual(["bob", "cid"]);
    expect(log.since(log.version())?.size).toBe(0);
  });

  test("counts what is no machine, and names none for it", () => {
    const log = createChangeLog(START);
    const before = log.version();
    log.touch();
    expect(log.version()).toBeGreaterThan(before);
    expect(log.since(before)?.size).toBe(0);
  });

  test.each([
    ["of an earlier run", START - 1],
    ["from the future", START + 1000],
    ["0", 0],
  ])("cannot tell for a version that is %s", (_, version) => {
    const log = createChangeLog(START);
    log.note("ann");
    expect(log.since(version)).toBeUndefined();
  });

  test("holds a bounded number of machines, and does not claim to know what it has dropped", () => {
    const log = createChangeLog(START);
    for (let i = 0; i < MOST_IDS + 10; i++) log.note(`m${i}`);
    expect(log.since(START + 9)).toBeUndefined();
    expect(log.since(START + 10)?.size).toBe(MOST_IDS);
  });

  test("calls back at each change until that is ended", () => {
    const log = createChangeLog(START);
    let calls = 0;
    const end = log.subscribe(() => {
      calls += 1;
    });
    log.note("ann");
    log.touch();
    end();
    log.note("ann");
    expect(calls).toBe(2);
  });
});
