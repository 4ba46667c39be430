/** Every setting has its rule for a configuration that is read again. */
import { expect, test } from "bun:test";
import { ON_RELOAD } from "../../src/config/config.ts";
import { FILE_KEYS } from "../../src/config/options.ts";

test("reloading has a rule for every key of the configuration file", () => {
  const ruled = new Set(Object.values(ON_RELOAD).map(({ option }) => option));
  expect(FILE_KEYS.map(({ long }) => long).filter((long) => !ruled.has(long))).toEqual([]);
});
