/**
 * Writes the tree of the package for dpkg-deb, with the same bytes, modes and times whoever builds it
 * and wherever.
 */
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";

export interface PackageFile {
  /** Without the leading `/`. */
  readonly path: string;
  readonly mode: 0o644 | 0o755;
  readonly content:
    | { readonly text: string }
    | { readonly gzip: string }
    | { readonly copyOf: string };
}

export interface TreeFacts {
  /** The modification time of all files and directories. */
  readonly epochSeconds: number;
  /** Makes DEBIAN/control from the installed size in KiB. */
  readonly control: (installedKib: number) => string;
  /** Name and text of preinst, postinst, prerm and postrm. */
  readonly maintainerScripts: readonly (readonly [string, string])[];
}

/** Writes `files` and DEBIAN/ below `root`, which must be empty. */
export function writePackageTree(
  root: string,
  files: readonly PackageFile[],
  { epochSeconds, control, maintainerScripts }: TreeFacts,
): void {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  for (const file of sorted) writeFile(root, file);
  const conffiles = sorted.map(({ path }) => path).filter((path) => path.startsWith("etc/"));
  const controlFiles: readonly PackageFile[] = [
    text("control", control(installedKib(root, sorted))),
    text("conffiles", conffiles.map((path) => `/${path}\n`).join("")),
    text("md5sums", sorted.map(({ path }) => `${md5(join(root, path))}  ${path}\n`).join("")),
    ...maintainerScripts.map(([name, content]) => ({
      ...text(name, content),
      mode: 0o755 as const,
    })),
  ];
  for (const file of controlFiles) writeFile(root, file);
  const folders = new Set([...sorted, ...controlFiles].flatMap(({ path }) => foldersOf(path)));
  for (const folder of folders) chmodSync(join(root, folder), 0o755);
  // Set here, because dpkg-deb only clamps times that are later than SOURCE_DATE_EPOCH.
  for (const path of [...[...sorted, ...controlFiles].map((file) => file.path), ...folders]) {
    utimesSync(join(root, path), epochSeconds, epochSeconds);
  }
}

function text(name: string, content: string): PackageFile {
  return { path: `DEBIAN/${name}`, mode: 0o644, content: { text: content } };
}

function writeFile(root: string, { path, mode, content }: PackageFile): void {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  if ("copyOf" in content) copyFileSync(content.copyOf, target);
  else if ("text" in content) writeFileSync(target, content.text);
  // Debian policy asks for level 9. zlib writes neither a name nor a time into the header.
  else writeFileSync(target, gzipSync(content.gzip, { level: 9 }));
  chmodSync(target, mode);
}

/** Counts as dpkg-gencontrol does: whole KiB for each file, and 1 for each directory. */
function installedKib(root: string, files: readonly PackageFile[]): number {
  const folders = new Set(files.flatMap(({ path }) => foldersOf(path)));
  const sizes = files.map(({ path }) => Math.ceil(readFileSync(join(root, path)).length / 1024));
  return sizes.reduce((sum, size) => sum + size, folders.size);
}

/** ".", then each directory above the file. */
function foldersOf(path: string): readonly string[] {
  const above = dirname(path);
  return above === "." ? ["."] : [...foldersOf(above), above];
}

/** `dpkg --verify` compares MD5 sums and knows no other kind; they protect against nothing. */
function md5(path: string): string {
  return createHash("md5").update(readFileSync(path)).digest("hex");
}
