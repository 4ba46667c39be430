/** What collectors share while a sample is taken. */
import { expect, test } from "bun:test";
import { readOnce } from "../../src/collectors/collector.ts";

test("a file that several collectors ask for is read once in a sample", () => {
  let reads = 0;
  const read = (root: string) => {
    reads += 1;
    return { root, reads };
  };
  const other = () => undefined;
  const once = readOnce("/somewhere");
  expect([once(read), once(read), once(other), once(read)]).toEqual([
    { root: "/somewhere", reads: 1 },
    { root: "/somewhere", reads: 1 },
    undefined,
    { root: "/somewhere", reads: 1 },
  ]);
  expect(readOnce("/somewhere")(read).reads).toBe(2);
});
