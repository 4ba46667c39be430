/** The version of the program, which the build writes into the executable (`define`). */
import { readFileSync } from "node:fs";
import { join } from "node:path";

declare const UNAGI_VERSION: string;
declare const UNAGI_COMMIT: string;

/** The version as reports carry it; when run from source, that of package.json. */
export function programVersion(): string {
  return typeof UNAGI_VERSION === "string" ? UNAGI_VERSION : sourceVersion();
}

/** `unagi 0.1.0 (commit abc1234, bun 1.4.5)`, or `development` for the commit when run from source. */
export function versionLine(): string {
  const commit = typeof UNAGI_COMMIT === "string" ? `commit ${UNAGI_COMMIT}` : "development";
  return `unagi ${programVersion()} (${commit}, bun ${Bun.version})`;
}

function sourceVersion(): string {
  const text = readFileSync(join(import.meta.dir, "../../package.json"), "utf8");
  const { version }: { version?: unknown } = JSON.parse(text);
  if (typeof version !== "string") throw new Error("package.json has no version");
  return version;
}
