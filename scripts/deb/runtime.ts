/**
 * Fetches the Bun runtime for another processor than this machine's. `bun build --target` would
 * download it too, but believe whatever it gets; here it must be what package-lock.json pins.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import packageLock from "../../package-lock.json" with { type: "json" };

export type Architecture = "amd64" | "arm64";

/** What npm, and so Bun, call them. */
const RUNTIME_NAMES: Readonly<Record<Architecture, string>> = {
  amd64: "bun-linux-x64",
  arm64: "bun-linux-aarch64",
};

/** For `bun build --target`. */
export const TARGETS: Readonly<Record<Architecture, string>> = {
  amd64: "bun-linux-x64",
  arm64: "bun-linux-arm64",
};

export function ownArchitecture(): Architecture | undefined {
  return process.arch === "x64" ? "amd64" : process.arch === "arm64" ? "arm64" : undefined;
}

/**
 * Puts the runtime where Bun looks for one before it downloads: `folder`, as BUN_INSTALL_CACHE_DIR.
 * Throws if it cannot be had or is another than the pinned one. Downloads 50 MB, once.
 */
export function fetchRuntime(architecture: Architecture, folder: string): void {
  const name = RUNTIME_NAMES[architecture];
  const { version, integrity } = pinned(`@oven/${name}`);
  const tarball = join(folder, `oven-${name}-${version}.tgz`);
  mkdirSync(folder, { recursive: true });
  if (!existsSync(tarball)) {
    run("npm", ["pack", "--silent", "--pack-destination", folder, `@oven/${name}@${version}`]);
  }
  const found = `sha512-${createHash("sha512").update(readFileSync(tarball)).digest("base64")}`;
  if (found !== integrity) {
    throw new Error(`${tarball} is not what package-lock.json pins (${integrity}); remove it`);
  }
  run("tar", ["-xzf", tarball, "-C", folder, "--strip-components=2", "package/bin/bun"]);
  // Bun's own name for it in its cache.
  renameSync(join(folder, "bun"), join(folder, `${name}-v${version}`));
}

function pinned(name: string): { readonly version: string; readonly integrity: string } {
  const packages: Readonly<Record<string, { version?: string; integrity?: string }>> =
    packageLock.packages;
  const { version, integrity } = packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) {
    throw new Error(`package-lock.json does not pin ${name}`);
  }
  // The runtime inside must be the one that the copyright file describes.
  if (version !== Bun.version) throw new Error(`${name} is ${version}, this Bun ${Bun.version}`);
  return { version, integrity };
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`, { cause: error });
}
