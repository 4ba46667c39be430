/** The choice among the sources of messages, and readings that come late. */
import { describe, expect, test } from "bun:test";
import type {
  MessageSource,
  NewMessages,
} from "../../../src/collectors/messages/message-source.ts";
import { createMessages } from "../../../src/collectors/messages/messages.ts";
import type { Reading } from "../../../src/linux/read-text.ts";
import { NOW, readingOf, reportOfFirst } from "../collect.ts";
import { lines, nothing } from "./found.ts";

describe("messages", () => {
  const source = (...readings: Reading<NewMessages>[]): MessageSource => ({
    name: "",
    read: async () => readings.shift() ?? nothing,
    remedy: () => "do this",
  });
  const missing = (reason: string): Reading<never> => ({ ok: false, reason, code: "ENOENT" });
  const denied: Reading<never> = { ok: false, reason: "permission denied on x", code: "EACCES" };
  const broken: Reading<never> = { ok: false, reason: "x cannot be read (EIO)", code: "EIO" };

  async function collected(...sources: MessageSource[]) {
    const messages = createMessages(sources);
    await messages.start?.(NOW);
    return readingOf(messages, "/nowhere");
  }

  test("are those of the first source that there is", async () => {
    expect(
      await collected(source(missing("no a")), source(lines("b")), source(lines("c"))),
    ).toEqual({ ...lines("b"), problems: [] });
  });

  test.each([
    ["is told with its remedy", denied, { reason: "permission denied on x", remedy: "do this" }],
    ["of another kind has no remedy", broken, { reason: "x cannot be read (EIO)" }],
  ])("a refusal %s, and the next source is not asked", async (_, reading, problem) => {
    expect(await collected(source(reading), source(lines("b")))).toEqual({
      ok: true,
      value: undefined,
      problems: [problem],
    });
  });

  test("of a machine without any source are a problem that says what was looked for", async () => {
    expect(await collected(source(missing("no a")), source(missing("no b")))).toMatchObject({
      problems: [{ reason: "no a; no b", remedy: expect.stringContaining("messages = false") }],
    });
  });

  test("that were read too late for their report are told with the next one, once", async () => {
    let finish: (reading: Reading<NewMessages>) => void = () => undefined;
    const slow: MessageSource = {
      name: "",
      read: () => new Promise((resolve) => (finish = resolve)),
      remedy: () => "",
    };
    const messages = createMessages([slow]);
    const told = () => {
      const found = readingOf(messages, "/nowhere");
      return found.ok ? reportOfFirst(messages, found.value) : found.reason;
    };
    messages.start?.(NOW);
    expect(told()).toEqual({ messages: undefined, messageCount: undefined });
    finish(lines("a", "b"));
    await Bun.sleep(0);
    const second = messages.start?.(NOW);
    finish(lines("c"));
    await second;
    expect(told()).toEqual({ messages: ["a", "b", "c"], messageCount: 3 });
    expect(told()).toEqual({ messages: undefined, messageCount: undefined });
  });

  test("belong to the interval: live reports go without", () => {
    expect(createMessages([]).isLive).toBe(false);
  });
});
