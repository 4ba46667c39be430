/**
 * Golden files: what was rendered must be, to the byte, what was reviewed last.
 * `UPDATE_GOLDEN=1 bun test tests/page tests/api` writes them anew; look at the diff.
 */

import { expect } from "bun:test";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const FOLDER = join(import.meta.dir, "..", "golden");

/** One tag a line, so that a diff shows what changed and not the whole page. */
export function readable(html: string): string {
  return html.replace(
    /(<(?:tr|table|section|tbody|thead|header|footer|main|li|p|svg|div)\b)/g,
    "\n$1",
  );
}

export function expectGolden(name: string, text: string): void {
  const path = join(FOLDER, name);
  if (process.env["UPDATE_GOLDEN"] === "1") {
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(path, text);
  }
  expect(existsSync(path)).toBe(true);
  expect(text).toBe(readFileSync(path, "utf8"));
}
