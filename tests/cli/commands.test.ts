/** What all commands have in common: a help that fits, and a cheap import. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { COMMANDS } from "../../src/cli/commands/all-commands.ts";
import { listedCommands, renderHelp } from "../../src/cli/help.ts";

const top = join(import.meta.dir, "..", "..");

describe("the list of commands", () => {
  test("has each name once", () => {
    const names = COMMANDS.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test("loads neither the daemon nor a socket when it is imported", () => {
    const loaded = [...loadedWith("src/cli/commands/all-commands.ts")];
    expect(loaded).toContain("src/config/options.ts");
    const heavy = /^src\/(daemon|http|page|store|cluster)\/|^src\/runtime\/(udp|log)\.ts$/;
    expect(loaded.filter((file) => heavy.test(file))).toEqual([]);
  });
});

describe("the help of a command", () => {
  test.each(listedCommands(COMMANDS).map((command) => [command.name, command] as const))(
    "%s fits 80 columns and begins with its usage",
    (_, command) => {
      const help = renderHelp(command, COMMANDS);
      expect(help).toStartWith(`Usage: unagi ${command.name} `);
      for (const line of help.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    },
  );
});

/** The files of ours that are evaluated when `file` is: imports at the top, but not of types. */
function loadedWith(file: string, seen: Set<string> = new Set()): ReadonlySet<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(join(top, file), "utf8");
  for (const [, type, path = ""] of text.matchAll(
    /^(?:import|export)\s+(type\s)?[^;"']*?from "(\.[^"]+)"/gm,
  )) {
    if (type === undefined) loadedWith(relative(top, join(top, file, "..", path)), seen);
  }
  return seen;
}
