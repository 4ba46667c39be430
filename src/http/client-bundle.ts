/**
 * A macro that bundles a script for the browser. It runs when this program is compiled or, from
 * source, when the importing file is read, and leaves nothing but the text.
 */
import { join } from "node:path";

/** `entry`: a file of src/page/client. Throws if it cannot be bundled: the build is broken. */
export function bundleClient(entry: string): string {
  const path = join(import.meta.dir, "..", "page", "client", entry);
  // Another process: a bundler cannot wait for itself.
  const built = Bun.spawnSync(
    [process.execPath, "build", path, "--minify", "--target=browser", "--format=esm"],
    { env: { PATH: process.env["PATH"] ?? "" } },
  );
  if (built.exitCode !== 0) throw new Error(`${entry}: ${built.stderr.toString()}`);
  return built.stdout.toString();
}
