import { expect, test } from "bun:test";
import { parseMachineId } from "../../src/linux/machine-id.ts";

const MACHINE_ID = "0123456789abcdef0123456789abcdef";

for (const [text, id] of [
  [`${MACHINE_ID}\n`, MACHINE_ID],
  [MACHINE_ID.toUpperCase(), MACHINE_ID],
  ["", undefined],
  ["\n", undefined],
  ["uninitialized\n", undefined],
  ["0".repeat(32), undefined],
  [MACHINE_ID.slice(1), undefined],
  [`${MACHINE_ID}0`, undefined],
  [`${MACHINE_ID}\n${MACHINE_ID}`, undefined],
  ["x".repeat(1_000_000), undefined],
] as const) {
  test(`the machine-id file ${JSON.stringify(text.slice(0, 40))} reads as ${id}`, () => {
    expect(parseMachineId(text)).toBe(id);
  });
}
