/** What the cache of bodies keeps, and for how long. */
import { describe, expect, test } from "bun:test";
import { bodyOf } from "../../src/http/answer.ts";
import { BodyCache, MOST_BODIES, MOST_CHARACTERS } from "../../src/http/body-cache.ts";

/** Asks for a body, and says whether it had to be made. */
function isMade(cache: BodyCache, name: string, { era = "1", length = 10 } = {}): boolean {
  let made = false;
  cache.get(era, name, () => {
    made = true;
    return bodyOf({ text: "x".repeat(length), contentType: "text/plain" });
  });
  return made;
}

describe("the cache of bodies", () => {
  test("makes a body once in an era, and anew in the next", () => {
    const cache = new BodyCache();
    expect(isMade(cache, "/")).toBe(true);
    expect(isMade(cache, "/")).toBe(false);
    expect(isMade(cache, "/", { era: "2" })).toBe(true);
    expect(isMade(cache, "/", { era: "1" })).toBe(true);
  });

  test("keeps 64 bodies, and begins anew with the next", () => {
    const cache = new BodyCache();
    for (let index = 0; index < MOST_BODIES; index++) isMade(cache, `/${index}`);
    expect(isMade(cache, "/0")).toBe(false);
    expect(isMade(cache, "/one more")).toBe(true);
    expect(isMade(cache, "/0")).toBe(true);
    expect(MOST_BODIES).toBe(64);
  });

  test("keeps 8 million characters, and begins anew with the next", () => {
    const cache = new BodyCache();
    const length = MOST_CHARACTERS / 4;
    for (let index = 0; index < 4; index++) isMade(cache, `/${index}`, { length });
    expect(isMade(cache, "/0", { length })).toBe(false);
    expect(isMade(cache, "/one more")).toBe(true);
    expect(isMade(cache, "/0", { length })).toBe(true);
    expect(MOST_CHARACTERS).toBe(8_000_000);
  });

  test("does not keep a body that is over the cap alone, nor lets the others go for it", () => {
    const cache = new BodyCache();
    isMade(cache, "/small");
    const length = MOST_CHARACTERS + 1;
    expect(isMade(cache, "/large", { length })).toBe(true);
    expect(isMade(cache, "/small")).toBe(false);
    expect(isMade(cache, "/large", { length })).toBe(true);
  });
});
