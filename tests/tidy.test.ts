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

/**
 * What each room of src/ may import from, besides itself: the arrows of docs/development.md. They
 * point downward only, imports of types included. `cli` and `main.ts` are the top and may import
 * everything.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  base: [],
  linux: ["base"],
  net: ["base", "linux"],
  sealing: ["base"],
  protocol: ["base", "net"],
  config: ["base", "net", "linux"],
  runtime: ["base", "net", "linux", "sealing"],
  store: ["base", "net", "protocol"],
  collectors: ["base", "linux", "protocol"],
  cluster: ["base", "net", "protocol", "sealing", "store"],
  view: ["base", "net", "protocol", "store", "cluster"],
  api: ["base", "net", "protocol", "store", "cluster", "view"],
  page: ["base", "net", "protocol", "store", "cluster", "view"],
  http: ["base", "net", "linux", "runtime", "protocol", "store", "cluster", "view", "api", "page"],
  daemon: [
    ...["base", "linux", "net", "sealing", "protocol", "config", "runtime", "store", "collectors"],
    ...["cluster", "view", "api", "http"],
  ],
};

/** Imports of types alone: what the shell hands to the core, and what the store keeps. */
const TYPES_ONLY: Readonly<Record<string, readonly string[]>> = {
  net: ["linux"],
  cluster: ["sealing", "store"],
};

/** What runs in the browser is small: it takes nothing of the server's rooms. */
const CLIENT = "src/page/client/";
const CLIENT_MAY_IMPORT = ["api", "base", "view"];
/** The client may import types of the protocol, which leave nothing in the script. */
const CLIENT_MAY_IMPORT_TYPES = ["protocol"];

/**
 * What the rooms inside a room may import of one another. The page's screens use components and
 * history, and never one another; the core's rooms import those that stand before them. Files that
 * lie directly in the outer room are shared or put the rooms together, and are left out.
 */
const INNER_ROOMS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  page: {
    style: [],
    text: [],
    components: [],
    history: ["components"],
    cluster: ["components", "history"],
    machine: ["components", "history"],
    people: ["components"],
  },
  cluster: {
    pacing: [],
    peers: ["pacing"],
    polling: ["pacing", "peers"],
    detection: ["pacing", "peers", "polling"],
    discovery: ["pacing", "peers", "polling", "detection"],
    answers: ["pacing", "peers", "polling", "detection", "discovery"],
    removal: ["pacing", "peers", "polling", "detection", "discovery", "answers"],
    serving: ["pacing", "peers", "polling", "detection", "discovery", "answers", "removal"],
    receiving: [
      ...["pacing", "peers", "polling", "detection", "discovery", "answers", "removal"],
      "serving",
    ],
  },
};

/** Folders whose code decides and must not perform: the time and the chance are passed in. */
const PURE = ["base", "net", "sealing", "protocol", "cluster", "view", "api"];
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

  test.each(sources)("imports in %s point downward", (file) => {
    const room = file.split("/")[1] ?? "";
    const isClient = file.startsWith(CLIENT);
    if (room === "cli" || file === "src/main.ts") return; // The top.
    const allowed = isClient ? CLIENT_MAY_IMPORT : MAY_IMPORT[room];
    if (allowed === undefined) throw new Error(`src/${room}/ has no line in MAY_IMPORT`);
    for (const { target, isType } of importsOf(file)) {
      const into = target.split("/")[1] ?? "";
      const isInside = into === room && (!isClient || target.startsWith(CLIENT));
      const isOfTypes = isClient && isType && CLIENT_MAY_IMPORT_TYPES.includes(into);
      const isAllowed = isInside || isOfTypes || allowed.includes(into);
      expect(isAllowed, `${file} imports ${target}`).toBe(true);
      if (TYPES_ONLY[room]?.includes(into)) {
        expect(isType, `${file} imports more than types of ${target}`).toBe(true);
      }
    }
  });

  test.each(sources.filter((file) => innerRoomOf(file) !== undefined))(
    "imports in %s point one way inside its room",
    (file) => {
      const [, outer = "", inner = ""] = file.split("/");
      const allowed = [inner, ...(innerRoomOf(file) ?? [])];
      for (const { target } of importsOf(file)) {
        const [, into, room = ""] = target.split("/");
        if (into !== outer || (outer === "cluster" && room.endsWith(".ts"))) continue;
        expect(allowed, `${file} imports ${target}`).toContain(room);
      }
    },
  );

  test("no import cycle, type imports included", () => {
    expect(cyclesAmong(sources)).toEqual([]);
  });

  test("a cycle of two files, and one of three, would be found", () => {
    const arrows: Readonly<Record<string, readonly string[]>> = {
      a: ["b"],
      b: ["a", "c"],
      c: ["d"],
      d: ["e"],
      e: ["c"],
      f: ["a"],
    };
    expect(cyclesAmong(Object.keys(arrows), (file) => arrows[file] ?? [])).toEqual([
      ["a", "b"],
      ["c", "d", "e"],
    ]);
  });

  test.each(
    sources.filter(
      (file) => PURE.includes(file.split("/")[1] ?? "") && file !== "src/base/builtins.ts",
    ),
  )("%s reads no clock, draws no chance and opens nothing", (file) => {
    const code = withoutComments(read(file));
    for (const pattern of IMPURE) {
      expect(code).not.toMatch(pattern);
    }
  });

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

/** What the inner room of this file may import; `undefined` for a file outside such rooms. */
function innerRoomOf(file: string): readonly string[] | undefined {
  const [, outer = "", inner = ""] = file.split("/");
  return INNER_ROOMS[outer]?.[inner];
}

interface Import {
  /** From the top, as `src/base/units.ts`. */
  readonly target: string;
  readonly isType: boolean;
}

/** Relative imports and re-exports of a file. */
function importsOf(file: string): Import[] {
  const statements = read(file).matchAll(
    /(?:(?:import|export)\s+(type\s)?[^;"']*?from|import)\s*\(?\s*"(\.[^"]+)"/g,
  );
  return [...statements].map(([, type, path = ""]) => ({
    target: relative(top, join(top, file, "..", path)),
    isType: type !== undefined,
  }));
}

/** The files of each cycle, sorted (Tarjan's strongly connected components). */
function cyclesAmong(
  files: readonly string[],
  arrows = (file: string): readonly string[] => importsOf(file).map(({ target }) => target),
): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const cycles: string[][] = [];
  const known = new Set(files);
  const visit = (file: string): number => {
    const at = index.size;
    index.set(file, at);
    low.set(file, at);
    stack.push(file);
    for (const target of arrows(file).filter((to) => known.has(to))) {
      const seen = index.get(target);
      if (seen === undefined) low.set(file, Math.min(low.get(file) ?? at, visit(target)));
      else if (stack.includes(target)) low.set(file, Math.min(low.get(file) ?? at, seen));
    }
    if (low.get(file) === at) {
      const component = stack.splice(stack.indexOf(file));
      if (component.length > 1) cycles.push(component.sort());
    }
    return low.get(file) ?? at;
  };
  for (const file of files) if (!index.has(file)) visit(file);
  return cycles.sort((a, b) => String(a).localeCompare(String(b)));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "");
}
