/**
 * Builds the self-contained executable: `bun scripts/build-binary.ts [--target=…] [--out=…]`, by
 * default dist/unagi for this machine.
 *
 * Never `strip` the result: the program follows the ELF file and would be cut off.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { withoutUndefined } from "../src/base/without-undefined.ts";

const top = join(import.meta.dir, "..");
const { values } = parseArgs({
  options: {
    /** bun-linux-x64, bun-linux-arm64, …; Bun downloads the runtime once from the npm registry. */
    target: { type: "string" },
    out: { type: "string", default: join(top, "dist", "unagi") },
  },
});

mkdirSync(dirname(values.out), { recursive: true });
const built = await Bun.build({
  entrypoints: [join(top, "src", "main.ts")],
  target: "bun",
  // The default format of bytecode is CommonJS, in which top-level await fails.
  format: "esm",
  bytecode: true,
  minify: true,
  define: {
    UNAGI_VERSION: JSON.stringify(packageJson.version),
    UNAGI_COMMIT: JSON.stringify(currentCommit()),
  },
  compile: {
    outfile: values.out,
    ...withoutUndefined({ target: values.target as Bun.Build.CompileTarget | undefined }),
    // Otherwise the program would obey ./.env and run a preload of ./bunfig.toml in whatever
    // directory it is started from.
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
    // Saves memory and costs a little speed, which a program that is mostly idle can spare.
    execArgv: ["--smol"],
    // Compiling code that runs now and then costs more memory and CPU than it saves. With 50, code
    // must run fifty times as often as by default before it is compiled.
    jitPolicy: 50,
  },
});

for (const message of built.logs) {
  console.error(String(message));
}
if (!built.success) {
  process.exit(1);
}
console.log(values.out);

/** The short name of the commit, with `+` if the tree differs from it; `unknown` outside git. */
function currentCommit(): string {
  const commit = git("rev-parse", "--short=9", "HEAD");
  const changes = git("status", "--porcelain", "--untracked-files=no");
  return commit === undefined ? "unknown" : `${commit}${changes ? "+" : ""}`;
}

function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { cwd: top, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
