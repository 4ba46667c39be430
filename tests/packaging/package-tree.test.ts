/** The tree that dpkg-deb packs, and the licenses that go into it. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import packageJson from "../../package.json" with { type: "json" };
import { ownRuntime, renderCopyright } from "../../scripts/deb/copyright.ts";
import { type PackageFile, writePackageTree } from "../../scripts/deb/package-tree.ts";

const EPOCH = 1_800_000_000;
const scratch = mkdtempSync(join(tmpdir(), "unagi-tree-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** A tree of three files, made under the given umask; gives its directory. */
function makeTree(name: string, umask: number): string {
  const root = join(scratch, name);
  const program = join(scratch, `${name}-program`);
  const before = process.umask(umask);
  try {
    mkdirSync(root);
    writeFileSync(program, "x".repeat(3000));
    const files: readonly PackageFile[] = [
      { path: "usr/bin/unagi", mode: 0o755, content: { copyOf: program } },
      { path: "etc/unagi/unagi.toml", mode: 0o644, content: { text: "a = 1\n" } },
      { path: "usr/share/doc/unagi/changelog.gz", mode: 0o644, content: { gzip: "changes\n" } },
    ];
    writePackageTree(root, files, {
      epochSeconds: EPOCH,
      control: (installedKib) => `Installed-Size: ${installedKib}\n`,
      maintainerScripts: [["postinst", "#!/bin/sh\n"]],
    });
  } finally {
    process.umask(before);
  }
  return root;
}

describe("the tree of the package", () => {
  const root = makeTree("tree", 0o077);
  const read = (path: string) => readFileSync(join(root, path), "utf8");

  test("lists the files below /etc as configuration files", () => {
    expect(read("DEBIAN/conffiles")).toBe("/etc/unagi/unagi.toml\n");
  });

  test("counts whole KiB for each file and one for each directory", () => {
    // 3 + 1 + 1 for the files; ., usr, bin, share, doc, doc/unagi, etc, etc/unagi.
    expect(read("DEBIAN/control")).toBe("Installed-Size: 13\n");
  });

  test("has the checksum of every file", () => {
    expect(read("DEBIAN/md5sums").split("\n").length).toBe(3 + 1);
    expect(read("DEBIAN/md5sums")).toMatch(/^[0-9a-f]{32} {2}etc\/unagi\/unagi\.toml$/m);
  });

  const modes: readonly (readonly [string, number])[] = [
    [".", 0o755],
    ["usr/share", 0o755],
    ["usr/bin/unagi", 0o755],
    ["etc/unagi/unagi.toml", 0o644],
    ["DEBIAN/control", 0o644],
    ["DEBIAN/postinst", 0o755],
  ];
  test.each(modes)("gives %s its mode and time, whatever the umask", (path, mode) => {
    const { mode: found, mtimeMs } = statSync(join(root, path));
    expect((found & 0o7777).toString(8)).toBe(mode.toString(8));
    expect(mtimeMs).toBe(EPOCH * 1000);
  });

  test("compresses without a name or a time in the header", () => {
    const bytes = readFileSync(join(root, "usr/share/doc/unagi/changelog.gz"));
    expect(gunzipSync(bytes).toString()).toBe("changes\n");
    expect([...bytes.subarray(3, 8)]).toEqual([0, 0, 0, 0, 0]);
    const other = readFileSync(join(makeTree("other", 0), "usr/share/doc/unagi/changelog.gz"));
    expect(other.equals(bytes)).toBe(true);
  });
});

describe("the copyright file", () => {
  const text = renderCopyright(join(import.meta.dir, "..", ".."), ownRuntime());

  test.each(Object.entries(packageJson.dependencies))(
    "has the license of %s %s",
    (name, version) => {
      expect(text).toContain(`\n${name} ${version}\n`);
    },
  );

  test("says where the sources of the libraries under the LGPL are", () => {
    expect(text).toMatch(/oven-sh\/WebKit, commit\s[0-9a-f]{40}:/);
  });

  test("has no placeholder left", () => {
    expect(text).not.toMatch(/@[A-Z_]+@/);
  });
});
