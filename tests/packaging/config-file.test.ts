/** The configuration file of the package agrees with the table of options. */
import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseShippedConfig, type ShippedKey } from "../../scripts/deb/config-file.ts";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { FILE_KEYS } from "../../src/config/options.ts";
import { rangeTexts } from "../../src/net/ranges.ts";

const path = join(import.meta.dir, "..", "..", "packaging", "deb", "unagi.toml");
const text = readFileSync(path, "utf8");
const keys = parseShippedConfig(text);

/** Keys whose default is not a value, so that the file shows an example. */
const EXAMPLES = ["scan", "key-file", "http-name", "name", "tag", "state", "bind", "user"];

/** The configuration that unagi reads from a file with this text. */
function load(file: string): Config {
  const loaded = loadConfig({
    argv: ["-c", "/unagi.toml"],
    env: {},
    readText: (name) => ({ kind: "text", text: name === "/unagi.toml" ? file : "unagi:x:1:1::/:" }),
  });
  if (loaded.kind !== "config") throw new Error(JSON.stringify(loaded));
  return loaded.config;
}

const line = ({ key, value }: ShippedKey) => `${key} = ${value}\n`;

describe("the shipped configuration file", () => {
  test("has every key of the table once, and no other", () => {
    expect(keys.map(({ key }) => key).sort()).toEqual(FILE_KEYS.map(({ long }) => long).sort());
  });

  test("explains every key", () => {
    expect(keys.filter(({ comment }) => comment.length < 20)).toEqual([]);
  });

  test("makes the machines of a private wired network find each other and see the page", () => {
    const config = load(text);
    expect(rangeTexts(config.p2pAllow)).toEqual(["lan"]);
    expect(rangeTexts(config.scan)).toEqual(["lan"]);
    expect(rangeTexts(config.httpAllow)).toEqual(["lan"]);
    expect(config.signature).toBe("localhost");
  });

  test.each(keys.filter(({ isSet, key }) => !isSet && !EXAMPLES.includes(key)))(
    "shows the real default of $key",
    (key) => {
      expect(load(line(key))).toEqual(load(""));
    },
  );

  test.each(keys)("shows a valid value of $key", (key) => {
    expect(() =>
      load(`p2p-allow = ["lan"]\n${key.key === "p2p-allow" ? "" : line(key)}`),
    ).not.toThrow();
  });

  test("can have every line uncommented at once", () => {
    expect(() => load(keys.map(line).join(""))).not.toThrow();
  });
});

describe("parseShippedConfig", () => {
  test("joins a comment's lines and keeps the heading", () => {
    expect(
      parseShippedConfig('## Ports\n\n# The port\n# of it.\n#port = 1\n\nname = "a"\n'),
    ).toEqual([
      { key: "port", value: "1", isSet: false, comment: "The port of it.", heading: "Ports" },
      { key: "name", value: '"a"', isSet: true, comment: "", heading: "Ports" },
    ]);
  });

  test("refuses a line that is neither a comment nor a key", () => {
    expect(() => parseShippedConfig("port 1\n")).toThrow("port 1");
  });
});
