/**
 * A macro that bundles the script for the browser. It runs when this program is compiled or, from
 * source, when the importing file is read, and leaves nothing but the text.
 */
import { join } from "node:path";

/** Throws if the script cannot be bundled: the build is broken. */
export function bundleClient(): string {
  const path = join(import.meta.dir, "..", "page", "client", "main.ts");
  // Another process: a bundler cannot wait for itself.
  const built = Bun.spawnSync(
    [process.execPath, "build", path, "--minify", "--target=browser", "--format=esm"],
    { env: { PATH: process.env["PATH"] ?? "" } },
  );
  if (built.exitCode !== 0) throw new Error(`${path}: ${built.stderr.toString()}`);
  return built.stdout.toString();
}
