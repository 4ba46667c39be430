/**
 * Reads the configuration file's text (TOML, the long option names as keys) into settings:
 *
 *     p2p-allow = ["192.168.1.", "lan"]
 *     signature = "render-corner"
 *     update = 60
 */
import { errorMessage } from "../base/errors.ts";
import { nearestWord } from "../base/nearest.ts";
import { oneLine, printable, quoted } from "../base/printable.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { FILE_KEYS, type Option, type OptionName, type Setting, type Settings } from "./options.ts";

/** A long configuration has a hundred lines; a wrong path may lead to a log of gigabytes. */
export const LARGEST_CONFIG_FILE = 64 * 1024;

/** Finding the line of a syntax error takes one parse for each line. */
const MOST_LINES_SEARCHED = 1_000;

/** A user reads no more problems than this at once, and finding the line of each takes time. */
const MOST_PROBLEMS = 100;

/** Finds all problems at once, except that a syntax error hides the others. `path` is for messages. */
export function parseConfigFile(text: string, path: string): Settings {
  const file = printable(path, 200);
  if (Buffer.byteLength(text) > LARGEST_CONFIG_FILE) {
    const kib = LARGEST_CONFIG_FILE / 1024;
    return { settings: [], problems: [`${file}: larger than ${kib} KiB; is it the right file?`] };
  }
  const parsed = parseToml(text);
  if (!parsed.ok) return { settings: [], problems: [`${file}${parsed.reason}`] };
  const settings: Setting[] = [];
  const problems: string[] = [];
  const emptied: OptionName[] = [];
  for (const [key, value] of Object.entries(parsed.value)) {
    if (problems.length >= MOST_PROBLEMS) {
      problems.push(`${file}: and more; is it the right file?`);
      break;
    }
    const where = `${file}${lineOf(text, key)}`;
    const option = FILE_KEYS.find(({ long }) => long === key);
    if (option === undefined) {
      problems.push(`${where}: ${aboutUnknownKey(key)}`);
      continue;
    }
    if (option.repeats === true && Array.isArray(value) && value.length === 0) {
      emptied.push(option.long);
      continue;
    }
    const reading = readValues(option, value);
    if (typeof reading === "string") {
      problems.push(`${where}: ${key} ${reading}`);
      continue;
    }
    for (const item of reading) {
      const shown = typeof item === "string" ? quoted(item) : String(item);
      settings.push({ option: option.long, value: item, where: `${where}: ${key} = ${shown}` });
    }
  }
  return { settings, problems, emptied };
}

/** The reason begins with the line. */
function parseToml(text: string): Result<object> {
  try {
    return ok(Bun.TOML.parse(text));
  } catch (error) {
    const reason = oneLine(errorMessage(error).replace(/^TOML Parse error: /, ""), 200);
    return fail(`${lineOfError(text)}: not TOML: ${reason}`);
  }
}

/** The bad statement starts on the line after the longest beginning that is valid TOML. */
function lineOfError(text: string): string {
  const lines = text.split("\n");
  if (lines.length > MOST_LINES_SEARCHED) return "";
  let good = 0;
  for (let count = 1; count < lines.length; count++) {
    try {
      Bun.TOML.parse(lines.slice(0, count).join("\n"));
      good = count;
    } catch {
      // Invalid so far, but a list over several lines may still become valid.
    }
  }
  return `, line ${good + 1}`;
}

function lineOf(text: string, key: string): string {
  const escaped = key.replace(/[^\w-]/g, "\\$&");
  const pattern = new RegExp(`^\\s*(\\[?\\[?\\s*)?["']?${escaped}["']?\\s*[.=\\]]`);
  const index = text.split("\n").findIndex((line) => pattern.test(line));
  return index < 0 ? "" : `, line ${index + 1}`;
}

function aboutUnknownKey(key: string): string {
  const longs = FILE_KEYS.map(({ long }) => long);
  const nearest = nearestWord(key.replaceAll("_", "-"), longs);
  if (nearest !== undefined) return `unknown key ${quoted(key)}; did you mean ${nearest}?`;
  return `unknown key ${quoted(key)}; the keys are the long option names`;
}

/** The values of a key if their TOML types are right, or else the problem. */
function readValues(option: Option, value: unknown): readonly Setting["value"][] | string {
  const { kind } = option;
  switch (kind.type) {
    case "count":
      if (typeof value === "boolean") return value ? [1] : [];
      return typeof value === "number" ? [value] : `must be a number from 0 to ${kind.max}`;
    case "number":
      return typeof value === "number" ? [value] : "must be a number, without quotes";
    case "boolean":
      return typeof value === "boolean" ? [value] : "must be true or false, without quotes";
    case "text":
    case "ranges":
      return readTexts(option, value);
    case "action":
      throw new Error(`${option.long} is not a key of the file`);
  }
}

function readTexts(option: Option, value: unknown): readonly string[] | string {
  if (typeof value === "string") return [value];
  if (option.repeats !== true) return `must be text in quotes, as in ${option.long} = "…"`;
  const items: readonly unknown[] = Array.isArray(value) ? value : [undefined];
  const texts = items.filter((item) => typeof item === "string");
  if (texts.length === items.length) return texts;
  return `must be a list of text in quotes, as in ${option.long} = ["…", "…"]`;
}
