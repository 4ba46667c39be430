/**
 * `npm run deb`: builds dist/unagi_VERSION_{amd64,arm64}.deb; needs no tool but dpkg-deb.
 *
 *     bun scripts/build-deb.ts [--arch=amd64]... [--out=DIR] [--executable=FILE]
 *
 * --executable packs an executable that is built already, for a single --arch. The same sources and
 * the same SOURCE_DATE_EPOCH (by default the time of the commit) give the same bytes in any directory.
 */
import { spawn, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { COMMANDS } from "../src/cli/commands/all-commands.ts";
import { debianVersion, MAINTAINER, renderDebianChangelog } from "./deb/changelog.ts";
import { renderBash, renderFish, renderZsh } from "./deb/completions.ts";
import { parseShippedConfig } from "./deb/config-file.ts";
import { ownRuntime, renderCopyright } from "./deb/copyright.ts";
import { renderConfigPage, renderProgramPage } from "./deb/man-pages.ts";
import { type PackageFile, writePackageTree } from "./deb/package-tree.ts";
import { type Architecture, fetchRuntime, ownArchitecture, TARGETS } from "./deb/runtime.ts";

const top = join(import.meta.dir, "..");
const version = packageJson.version;

const { values } = parseArgs({
  options: {
    arch: { type: "string", multiple: true, default: ["amd64", "arm64"] },
    out: { type: "string", default: join(top, "dist") },
    executable: { type: "string" },
  },
});

const architectures = values.arch.map(readArchitecture);
if (values.executable !== undefined && architectures.length !== 1) {
  throw new Error("--executable needs exactly one --arch");
}
const epochSeconds = readEpoch();
const scratch = mkdtempSync(join(tmpdir(), "unagi-deb-"));
try {
  const common = commonFiles();
  mkdirSync(values.out, { recursive: true });
  // Compression takes nearly all of the time, and one core for each package.
  console.error(`packing for ${architectures.join(" and ")}: this takes a minute or two …`);
  await Promise.all(architectures.map((architecture) => buildPackage(architecture, common)));
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function buildPackage(
  architecture: Architecture,
  common: readonly PackageFile[],
): Promise<void> {
  const tree = join(scratch, architecture, "tree");
  const executable = values.executable ?? buildExecutable(architecture);
  writePackageTree(
    tree,
    [...common, { path: "usr/bin/unagi", mode: 0o755, content: { copyOf: executable } }],
    {
      epochSeconds,
      control: (installedKib) =>
        source("control.in")
          .replace("@VERSION@", debianVersion(version))
          .replace("@ARCHITECTURE@", architecture)
          .replace("@MAINTAINER@", MAINTAINER)
          .replace("@INSTALLED_SIZE@", String(installedKib)),
      maintainerScripts: ["preinst", "postinst", "prerm", "postrm"].map((name) => [
        name,
        source(name),
      ]),
    },
  );
  const path = join(values.out, `unagi_${debianVersion(version)}_${architecture}.deb`);
  // With zstd the package would be a quarter larger. Level 9 would make it 2 % smaller, take half as
  // long again, and need 65 MB of memory to install.
  const compression = ["-Zxz", "-z6", "--uniform-compression"];
  const packed = join(scratch, architecture, "packed.deb");
  await pack(["--root-owner-group", ...compression, "--build", tree, packed]);
  // Copied only when it is whole, so that nobody takes half a package for a package.
  copyFileSync(packed, path);
  console.log(`${path} ${(statSync(path).size / 1e6).toFixed(1)} MB`);
}

/** All executables get the same file name, because it becomes a part of them. */
function buildExecutable(architecture: Architecture): string {
  const out = join(scratch, architecture, "unagi");
  const cache = join(top, "dist", "runtime");
  const isForeign = architecture !== ownArchitecture();
  if (isForeign) fetchRuntime(architecture, cache);
  const build = spawnSync(
    process.execPath,
    [
      join(top, "scripts", "build-binary.ts"),
      `--out=${out}`,
      ...(isForeign ? [`--target=${TARGETS[architecture]}`] : []),
    ],
    {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, ...(isForeign ? { BUN_INSTALL_CACHE_DIR: cache } : {}) },
    },
  );
  if (build.status !== 0) throw new Error(`building the ${architecture} executable failed`);
  return out;
}

/** All files except the executable. */
function commonFiles(): readonly PackageFile[] {
  const config = source("unagi.toml");
  const date = new Date(epochSeconds * 1000).toISOString().slice(0, 10);
  const page = { version, date };
  const changelog = renderDebianChangelog(
    readFileSync(join(top, "CHANGELOG.md"), "utf8"),
    version,
    epochSeconds,
  );
  const files: readonly (readonly [string, PackageFile["content"]])[] = [
    ["etc/unagi/unagi.toml", { text: config }],
    ["usr/lib/systemd/system/unagi.service", { text: source("unagi.service") }],
    ["usr/lib/sysusers.d/unagi.conf", { text: source("unagi.sysusers") }],
    ["usr/share/bash-completion/completions/unagi", { text: renderBash(COMMANDS) }],
    ["usr/share/zsh/vendor-completions/_unagi", { text: renderZsh(COMMANDS) }],
    ["usr/share/fish/vendor_completions.d/unagi.fish", { text: renderFish(COMMANDS) }],
    ["usr/share/doc/unagi/changelog.gz", { gzip: changelog }],
    ["usr/share/doc/unagi/copyright", { text: renderCopyright(top, ownRuntime()) }],
    ["usr/share/lintian/overrides/unagi", { text: source("lintian-overrides") }],
    [
      "usr/share/man/man8/unagi.8.gz",
      { gzip: renderProgramPage(source("unagi.8.in"), page, COMMANDS) },
    ],
    [
      "usr/share/man/man5/unagi.toml.5.gz",
      { gzip: renderConfigPage(source("unagi.toml.5.in"), page, parseShippedConfig(config)) },
    ],
  ];
  return files.map(([path, content]) => ({ path, mode: 0o644, content }));
}

function source(name: string): string {
  return readFileSync(join(top, "packaging", "deb", name), "utf8");
}

function readArchitecture(text: string): Architecture {
  if (text === "amd64" || text === "arm64") return text;
  throw new Error(`--arch=${text}: must be amd64 or arm64`);
}

/** https://reproducible-builds.org/specs/source-date-epoch/ */
function readEpoch(): number {
  const given = process.env["SOURCE_DATE_EPOCH"];
  const text = given ?? spawnSync("git", ["log", "-1", "--format=%ct"], { cwd: top }).stdout;
  const seconds = Number(String(text ?? "").trim() || Number.NaN);
  if (Number.isSafeInteger(seconds)) return seconds;
  throw new Error("no git commit to take the time from: set SOURCE_DATE_EPOCH (seconds)");
}

function pack(args: readonly string[]): Promise<void> {
  return new Promise((done, fail) => {
    const env = { ...process.env, SOURCE_DATE_EPOCH: String(epochSeconds) };
    const child = spawn("dpkg-deb", args, { stdio: ["ignore", "ignore", "inherit"], env });
    child.once("error", (cause) => {
      fail(new Error("dpkg-deb is needed (on Debian: apt install dpkg)", { cause }));
    });
    child.once("exit", (code) => {
      if (code === 0) done();
      else fail(new Error(`dpkg-deb ${args.join(" ")} failed`));
    });
  });
}
