import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostNamesOf, isAllowedHost, parseResolvConf } from "../../src/http/host-names.ts";

describe("resolv.conf", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "an ordinary file",
      "nameserver 192.168.1.1\nsearch lab.example.org example.org\n",
      ["lab.example.org", "example.org"],
    ],
    ["tabs, capitals and a last dot", "  search\tLab.Example.ORG.  \n", ["lab.example.org"]],
    ["a domain", "domain example.org\n", ["example.org"]],
    [
      "the last of both",
      "domain a.example\nsearch b.example c.example\n",
      ["b.example", "c.example"],
    ],
    ["comments", "# search a.example\n; search b.example\n", []],
    ["search without a value", "search\n", []],
    ["nothing", "", []],
    ["the root alone", "search .\n", []],
    ["no line end", "search a.example", ["a.example"]],
    ["bytes that are no text", "\u0000\ufffd search x\nsearch", []],
  ];
  for (const [name, text, domains] of cases) {
    test(`${name} gives ${domains.length}`, () => expect(parseResolvConf(text)).toEqual(domains));
  }
  test("a huge list is cut", () => {
    expect(parseResolvConf(`search ${"a.example ".repeat(100_000)}`)).toHaveLength(32);
  });
});

describe("host names", () => {
  test("are the name alone, with .local and with the search domains, and what was added", () => {
    const root = mkdtempSync(join(tmpdir(), "unagi-"));
    try {
      mkdirSync(join(root, "etc"));
      writeFileSync(join(root, "etc/resolv.conf"), "search lab.example.org\n");
      const names = hostNamesOf({ root, name: "Node01", httpNames: ["Report.example."] });
      expect([...names].sort()).toEqual([
        "localhost",
        "node01",
        "node01.lab.example.org",
        "node01.local",
        "report.example",
      ]);
      expect(isAllowedHost("NODE01.Lab.Example.Org.:8000", names)).toBe(true);
      expect(isAllowedHost("node02", names)).toBe(false);
    } finally {
      rmSync(root, { recursive: true });
    }
  });

  test("without a resolv.conf are those without search domains", () => {
    const names = hostNamesOf({
      root: "/nonexistent",
      name: "node01.lab.example",
      httpNames: [""],
    });
    expect([...names].sort()).toEqual([
      "localhost",
      "node01",
      "node01.lab.example",
      "node01.lab.example.local",
      "node01.local",
    ]);
  });
});
