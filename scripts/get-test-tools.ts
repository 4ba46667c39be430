/**
 * Installs the tools that some tests need, if this is root on Debian or a derivative. Elsewhere those
 * tests are skipped, and name what is missing.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** `path` exists if the package is installed. */
const TOOLS: readonly { readonly path: string; readonly package: string }[] = [
  { path: process.env["CHROMIUM"] ?? "/usr/bin/chromium", package: "chromium" },
  { path: "/usr/bin/ps", package: "procps" },
  { path: "/usr/bin/curl", package: "curl" },
  { path: "/usr/bin/w3m", package: "w3m" },
  { path: "/usr/sbin/ip", package: "iproute2" },
  { path: "/usr/sbin/nft", package: "nftables" },
  { path: "/usr/bin/tcpdump", package: "tcpdump" },
];

const APT = "/usr/bin/apt-get";
const missing = TOOLS.filter(
  ({ path }) => !existsSync(path) && !existsSync(path.replace("/usr", "")),
);

if (missing.length > 0 && process.geteuid?.() === 0 && existsSync(APT)) {
  const packages = missing.map((tool) => tool.package);
  console.error(`unagi: installing for the tests: ${packages.join(", ")} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) =>
    spawnSync(APT, ["-qq", ...args], { env, stdio: ["ignore", "ignore", "inherit"] }).status === 0;
  const isDone = apt("update") && apt("install", "-y", "--no-install-recommends", ...packages);
  if (!isDone)
    console.error("unagi: the installation failed; the tests that need these tools are skipped");
}
