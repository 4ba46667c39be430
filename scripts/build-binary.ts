/**
 * Builds the one self-contained executable: `bun scripts/build-binary.ts [--target=…] [--out=…]`,
 * by default for this machine, as dist/unagi.
 *
 * Never `strip` the result: the program lies behind the ELF file and would be cut off.
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
    /** bun-linux-x64, bun-linux-arm64, …; the package arrives once from the npm registry. */
    target: { type: "string" },
    out: { type: "string", default: join(top, "dist", "unagi") },
  },
});

mkdirSync(dirname(values.out), { recursive: true });
const built = await Bun.build({
  entrypoints: [join(top, "src", "main.ts")],
  target: "bun",
  // Bytecode is CommonJS unless told otherwise, and then top-level await fails.
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
    // A program that obeyed ./.env or a ./bunfig.toml preload would run whatever lies in the
    // directory that it happens to be started from.
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
    // Less memory for a little speed that a program idle most of the time does not miss.
    execArgv: ["--smol"],
    // To compile what runs now and then costs more than it saves, in memory and in CPU: what is
    // compiled has run fifty times as often as by default.
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

/** The commit's short name, with `+` when the tree differs from it; `unknown` outside git. */
function currentCommit(): string {
  const commit = git("rev-parse", "--short=9", "HEAD");
  const changes = git("status", "--porcelain", "--untracked-files=no");
  return commit === undefined ? "unknown" : `${commit}${changes ? "+" : ""}`;
}

function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync("git", args, { cwd: top, encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}
