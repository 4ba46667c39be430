/**
 * `npm test`: builds the executable for the end-to-end tests, runs all tests, and ends with one line,
 * `N passed, N failed[, N skipped]`. Further arguments go to `bun test`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const top = join(import.meta.dir, "..");
const scratch = mkdtempSync(join(tmpdir(), "unagi-test-"));
const junit = join(scratch, "junit.xml");

try {
  process.exitCode = runTests();
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function runTests(): number {
  const build = spawnSync(process.execPath, [join(top, "scripts", "build-binary.ts")], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  if (build.status !== 0) {
    console.log("0 passed, 1 failed");
    return 1;
  }
  const tests = spawnSync(
    process.execPath,
    ["test", "--reporter=junit", `--reporter-outfile=${junit}`, ...process.argv.slice(2)],
    { cwd: top, stdio: ["ignore", "inherit", "inherit"] },
  );
  const counts = readCounts();
  const isGood = tests.status === 0 && counts.failed === 0 && counts.passed > 0;
  // A run that breaks off without a failing test (a crash, a syntax error) has failed, too.
  const failed = isGood ? 0 : Math.max(counts.failed, 1);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  console.log(`${counts.passed} passed, ${failed} failed${skipped}`);
  return isGood ? 0 : 1;
}

/** Reads the attributes of `<testsuites>`, the first element of the JUnit file. */
function readCounts(): { passed: number; failed: number; skipped: number } {
  const head = existsSync(junit)
    ? (readFileSync(junit, "utf8").match(/<testsuites [^>]*>/)?.[0] ?? "")
    : "";
  const count = (name: string) => Number(head.match(new RegExp(` ${name}="(\\d+)"`))?.[1] ?? 0);
  const failed = count("failures") + count("errors");
  return { passed: count("tests") - failed - count("skipped"), failed, skipped: count("skipped") };
}
