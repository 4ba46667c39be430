import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hostNamesOf, isAllowedHost } from "../../src/http/host-names.ts";

describe("the host names of a machine", () => {
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
