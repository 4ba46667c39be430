/**
 * Fills packaging/deb/copyright.in with the licenses of everything inside the executable. The
 * template lists the contents of the runtime by hand, as Bun's own license page does. The packages of
 * the program come from package.json, with the license texts that they contain.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../../package.json" with { type: "json" };

/** The runtime in the executable, which is the one that runs this script. */
export interface Runtime {
  readonly version: string;
  readonly commit: string;
  readonly webkitCommit: string;
}

export function ownRuntime(): Runtime {
  const webkitCommit = process.versions["webkit"];
  if (webkitCommit === undefined) throw new Error("this Bun does not say which WebKit it contains");
  return { version: Bun.version, commit: Bun.revision, webkitCommit };
}

/** `top` is the directory of the project, which contains node_modules. */
export function renderCopyright(top: string, runtime: Runtime): string {
  const read = (...path: string[]) => readFileSync(join(top, "packaging", "deb", ...path), "utf8");
  const texts: Readonly<Record<string, string>> = {
    VERSION: packageJson.version,
    BUN_VERSION: runtime.version,
    BUN_COMMIT: runtime.commit,
    WEBKIT_COMMIT: runtime.webkitCommit,
    PACKAGES: packagesIn(top).join("\n"),
    ICU: indent(read("licenses", "icu")),
  };
  return read("copyright.in").replace(/@([A-Z_]+)@/g, (_, name: string) => {
    const text = texts[name];
    if (text === undefined) throw new Error(`copyright.in asks for @${name}@`);
    return text;
  });
}

function packagesIn(top: string): readonly string[] {
  return Object.entries(packageJson.dependencies).map(([name, version]) => {
    const folder = join(top, "node_modules", name);
    const ownJson: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    // The dependencies of a package would bring licenses that nobody has checked.
    if (hasDependencies(ownJson)) throw new Error(`${name} has dependencies; list their licenses`);
    const license = join(folder, "LICENSE");
    if (!existsSync(license)) throw new Error(`${name} came without a LICENSE file`);
    return `${name} ${version}\n\n${indent(readFileSync(license, "utf8"))}`;
  });
}

function hasDependencies(json: unknown): boolean {
  if (typeof json !== "object" || json === null || !("dependencies" in json)) return false;
  return typeof json.dependencies === "object" && Object.keys(json.dependencies ?? {}).length > 0;
}

function indent(text: string): string {
  const lines = text.trim().split("\n");
  return `${lines.map((line) => (line.trim() === "" ? "" : `    ${line.trimEnd()}`)).join("\n")}\n`;
}
