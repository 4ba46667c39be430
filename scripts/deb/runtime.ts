/**
 * Fetches the Bun runtime for another processor than this machine's. `bun build --target` would
 * download it too, but without checking it against package-lock.json, as this does.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import packageLock from "../../package-lock.json" with { type: "json" };

export type Architecture = "amd64" | "arm64";

/** The names that npm, and so Bun, uses. */
const RUNTIME_NAMES: Readonly<Record<Architecture, string>> = {
  amd64: "bun-linux-x64",
  arm64: "bun-linux-aarch64",
};

/** The names that `bun build --target` uses. */
export const TARGETS: Readonly<Record<Architecture, string>> = {
  amd64: "bun-linux-x64",
  arm64: "bun-linux-arm64",
};

export function ownArchitecture(): Architecture | undefined {
  return process.arch === "x64" ? "amd64" : process.arch === "arm64" ? "arm64" : undefined;
}

/**
 * Puts the runtime into `folder`; with BUN_INSTALL_CACHE_DIR set to it, Bun looks there before it
 * downloads. Throws if the download fails or is not the pinned one. Downloads 50 MB, once.
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
  // The name that Bun gives it in its cache.
  renameSync(join(folder, "bun"), join(folder, `${name}-v${version}`));
}

function pinned(name: string): { readonly version: string; readonly integrity: string } {
  const packages: Readonly<Record<string, { version?: string; integrity?: string }>> =
    packageLock.packages;
  const { version, integrity } = packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) {
    throw new Error(`package-lock.json does not pin ${name}`);
  }
  // The copyright file describes this Bun, so the runtime must be the same.
  if (version !== Bun.version) throw new Error(`${name} is ${version}, this Bun ${Bun.version}`);
  return { version, integrity };
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed`, { cause: error });
}
