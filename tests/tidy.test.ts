/**
 * The rules of the house that a program can check: which way the imports point, that the core
 * reads no clock and draws no chance, that every file says its job, that nothing lies about.
 */
import { describe, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const top = join(import.meta.dir, "..");
/** The formatter's 100, and a little for a word or a sample of a kernel file. */
const COMMENT_WIDTH = 110;

/** What each folder of src/ may import from, besides itself, `result` and `units`. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  cluster: ["protocol"],
  collectors: ["protocol"],
  store: ["cluster", "protocol", "http/source.ts", "builtins.ts"],
  report: ["cluster", "protocol", "http/source.ts"],
  http: ["report", "cluster", "protocol", "runtime/port-holder.ts", "builtins.ts"],
  config: ["protocol", "runtime/printable.ts"],
  runtime: ["cluster", "protocol", "builtins.ts"],
  // `unagi check` looks at a machine with the parts that the daemon itself uses.
  cli: ["config", "runtime", "protocol", "collectors", "cluster", "sealing", "builtins.ts"],
  sealing: ["protocol", "builtins.ts"],
};

/** Folders whose code decides and must not perform: the time and the chance are passed in. */
const PURE = ["protocol", "cluster", "sealing"];
const IMPURE = [
  /\bDate\.now\b/,
  /\bnew Date\(\)/,
  /\bperformance\.now\b/,
  /\bMath\.random\b/,
  /\bsetTimeout\b|\bsetInterval\b/,
  /import [^;]*\brandom(Bytes|UUID|FillSync|Int)\b[^;]*node:crypto|\bgetRandomValues\b/,
  /from "node:(fs|net|dgram|os|child_process)/,
  // The same by way of builtins.ts.
  /\bcrypto\(\)\.random|\b(http|net|tty)\(\)/,
  /\bBun\.(file|write|spawn|udpSocket|serve|sleep)\b/,
];

const sources = filesBelow("src", /\.tsx?$/);
const all = [
  ...sources,
  ...filesBelow("tests", /\.tsx?$/),
  ...filesBelow("scripts", /\.(ts|mjs)$/),
];

describe("tidiness", () => {
  test("finds the source files that it is about", () => {
    expect(sources.length).toBeGreaterThan(30);
  });

  test.each(sources)("imports in %s point one way", (file) => {
    const folder = file.split("/")[1] ?? "";
    const allowed = MAY_IMPORT[folder];
    if (allowed === undefined) {
      return; // src/main.ts and src/daemon/ are the shell's top.
    }
    for (const target of importsOf(file)) {
      const [, into = "", ...rest] = target.split("/");
      const path = [into, ...rest].join("/");
      const isAllowed =
        into === folder ||
        path === "result.ts" ||
        path === "units.ts" ||
        allowed.includes(into) ||
        allowed.includes(path);
      expect(isAllowed, `${file} imports ${target}`).toBe(true);
    }
  });

  test.each(sources)("only main imports the daemon, not %s", (file) => {
    if (file !== "src/main.ts") {
      const isInside = file.startsWith("src/daemon/");
      const daemon = importsOf(file).filter((target) => target.startsWith("src/daemon/"));
      expect(isInside ? [] : daemon).toEqual([]);
    }
  });

  test.each(sources.filter((file) => PURE.includes(file.split("/")[1] ?? "")))(
    "%s reads no clock, draws no chance and opens nothing",
    (file) => {
      const code = withoutComments(read(file));
      for (const pattern of IMPURE) {
        expect(code).not.toMatch(pattern);
      }
    },
  );

  test.each(all)("%s begins with its job and keeps its lines short", (file) => {
    const text = read(file);
    // A test file says it in the names of its tests.
    if (!file.endsWith(".test.ts")) expect(text.replace(/^#!.*\n/, "")).toStartWith("/**");
    // Code is the formatter's business, but it leaves comments as they are.
    const long = text
      .split("\n")
      .filter((line) => /^\s*(\*|\/)/.test(line) && [...line].length > COMMENT_WIDTH);
    expect(long).toEqual([]);
    expect(text).not.toMatch(/\b(TODO|FIXME|XXX|HACK)\b:?/);
  });
});

describe("documentation", () => {
  test.each(["README.md", "CHANGELOG.md", ...filesBelow("docs", /\.md$/)])(
    "every file that %s points at is there",
    (file) => {
      const links = [...read(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)];
      for (const [, target = ""] of links) {
        expect(existsSync(join(top, file, "..", target)), target).toBe(true);
      }
    },
  );
});

function filesBelow(folder: string, pattern: RegExp): string[] {
  return readdirSync(join(top, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(top, join(entry.parentPath, entry.name)))
    .filter((file) => file !== "tests/tidy.test.ts" && !file.includes("/fixtures/"))
    .sort();
}

function read(file: string): string {
  return readFileSync(join(top, file), "utf8");
}

/** Relative imports of a file, as paths from the top. */
function importsOf(file: string): string[] {
  return [...read(file).matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g)].map((match) =>
    relative(top, join(top, file, "..", match[1] ?? "")),
  );
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}
