/**
 * Prepares the checkout on a machine that has only Node and npm: installs the packages of the lock
 * file unless they are installed, and makes sure that bun runs.
 *
 * Plain Node without dependencies, because it runs before anything is installed.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const top = join(dirname(fileURLToPath(import.meta.url)), "..");
const stamp = join(top, "node_modules", ".unagi-setup");
const bun = join(top, "node_modules", ".bin", "bun");

const wanted = createHash("sha256")
  .update(readFileSync(join(top, "package-lock.json")))
  .update(process.version)
  .digest("hex");

if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
  console.error("unagi: installing the packages that package-lock.json names …");
  run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  if (!runs(bun)) {
    // npm may be configured not to run install scripts. That of bun only puts its binary in place.
    run(process.execPath, [join(top, "node_modules", "bun", "install.js")]);
  }
  if (!runs(bun)) {
    fail("bun does not start on this machine; it needs Linux with glibc on x86-64 or arm64");
  }
  writeFileSync(stamp, wanted);
}

function runs(program) {
  return spawnSync(program, ["--version"], { stdio: "ignore" }).status === 0;
}

function run(program, args) {
  const { status, error } = spawnSync(program, args, { cwd: top, stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    fail(`'${program} ${args.join(" ")}' failed${error ? `: ${error.message}` : ""}`);
  }
}

function fail(reason) {
  console.error(`unagi: ${reason}`);
  process.exit(1);
}
