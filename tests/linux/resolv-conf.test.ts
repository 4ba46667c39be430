import { describe, expect, test } from "bun:test";
import { parseResolvConf } from "../../src/linux/resolv-conf.ts";

describe("the search domains of resolv.conf", () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    [
      "an ordinary file",
      "nameserver 192.168.1.1\nsearch lab.example.org example.org\n",
      ["lab.example.org", "example.org"],
    ],
    [
      "a file with tabs, capitals and a last dot",
      "  search\tLab.Example.ORG.  \n",
      ["lab.example.org"],
    ],
    ["a file with a domain line", "domain example.org\n", ["example.org"]],
    [
      "the last line of domain and search",
      "domain a.example\nsearch b.example c.example\n",
      ["b.example", "c.example"],
    ],
    ["a file of comments", "# search a.example\n; search b.example\n", []],
    ["a search line without a value", "search\n", []],
    ["an empty file", "", []],
    ["a file that names the root alone", "search .\n", []],
    ["a file without a line end", "search a.example", ["a.example"]],
    ["bytes that are no text", "\u0000\ufffd search x\nsearch", []],
  ];
  for (const [name, text, domains] of cases) {
    test(`are ${domains.length} in ${name}`, () => expect(parseResolvConf(text)).toEqual(domains));
  }
  test("are at most 32", () => {
    expect(parseResolvConf(`search ${"a.example ".repeat(100_000)}`)).toHaveLength(32);
  });
});
