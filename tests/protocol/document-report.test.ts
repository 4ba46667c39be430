import { describe, expect, test } from "bun:test";
import { parseReport } from "../../src/protocol/report-json.ts";
import { codes, decode, isRequired, packet, reportOf, table, valueAt } from "./document.ts";
import { readKeys } from "./read-keys.ts";

const FULL_REPORT = reportOf(decode(packet("answer-full")));

describe("the fields of the report in docs/protocol.md", () => {
  const rows = table("### Fields").flatMap((row) => {
    const paths = codes(row["field"]);
    return paths.map((path) => ({ path, type: row["type"] ?? "", isRequired: isRequired(row) }));
  });
  const documented = rows.map(({ path }) => path);

  test("are exactly those that the product reads", () => {
    const plainItems = ["cpu.cores[]", "messages[]", "tags[]"];
    expect([...documented].sort()).toEqual([...readKeys(parseReport), ...plainItems].sort());
  });

  test("are all in the full sample, except those of protocol 1", () => {
    const protocolOne = table("### Fields")
      .filter((row) => row["meaning"] === "only of a protocol-1 machine")
      .flatMap((row) => codes(row["field"]));
    expect(protocolOne).toHaveLength(6);
    const missing = documented.filter((path) => valueAt(FULL_REPORT, path) === undefined);
    expect(missing).toEqual(protocolOne);
  });

  test.each(rows)(
    "include $path, which is accepted within $type and not beyond",
    ({ path, type }) => {
      const cases = casesOf(type, path);
      expect(cases.length).toBeGreaterThan(0);
      for (const { given, taken } of cases) {
        const parsed = parseReport(reportWith(path, given));
        const value = parsed.ok ? valueAt(parsed.value, path) : undefined;
        expect({ path, given, value }).toEqual({ path, given, value: taken });
      }
    },
  );

  test.each(rows.filter(({ isRequired: must }) => must))(
    "include $path, which is required",
    ({ path }) => {
      const parsed = parseReport(reportWith(path, undefined));
      const parent = path.slice(0, Math.max(0, path.lastIndexOf(".")));
      expect(
        parsed.ok && parent !== "" ? valueAt(parsed.value, parent) : undefined,
      ).toBeUndefined();
    },
  );

  interface Case {
    readonly given: unknown;
    readonly taken: unknown;
  }

  /** Values at the bounds of a type in the table, and what is read for each. */
  function casesOf(type: string, path: string): Case[] {
    const [kind = "", range = ""] = type.split(" ");
    const [low, high] = range.includes("–") ? range.split("–").map(Number) : [0, Number(range)];
    switch (kind) {
      case "percent":
        return [...numbers(0, 100), { given: 101, taken: 100 }, { given: 101.5, taken: undefined }];
      case "celsius":
        return [...numbers(-40, 150), { given: 150.1, taken: undefined }];
      case "bytes":
        return [...numbers(0, 2 ** 63), { given: 2 ** 64, taken: undefined }];
      case "seconds":
        return [...numbers(0, 1e9), { given: 1e9 + 1, taken: undefined }];
      case "number":
        return [...numbers(0, high ?? 0), { given: (high ?? 0) + 1, taken: undefined }];
      case "integer": {
        const beyond = [(high ?? 0) + 1, (low ?? 0) - 1, (low ?? 0) + 0.5];
        return [
          ...numbers(low ?? 0, high ?? 0),
          ...beyond.map((given) => ({ given, taken: undefined })),
        ];
      }
      case "text":
        return [...texts(high ?? 0), { given: "", taken: "" }, { given: " ", taken: " " }];
      case "word":
        return [
          ...texts(high ?? 0),
          { given: " ", taken: undefined },
          { given: " a ", taken: "a" },
        ];
      case "list":
        return [listCase(path, high ?? 0)];
      case "object":
        return [{ given: {}, taken: undefined }];
      default:
        throw new Error(`${path} has no type known here: ${type}`);
    }
  }

  function numbers(low: number, high: number): Case[] {
    const good = [low, high].map((given) => ({ given, taken: given }));
    return [
      ...good,
      { given: low - 1, taken: undefined },
      { given: String(high), taken: undefined },
    ];
  }

  function texts(length: number): Case[] {
    return [
      { given: "x".repeat(length + 1), taken: "x".repeat(length) },
      { given: "a\u0007\u202eb", taken: "a  b" },
      { given: 1, taken: undefined },
    ];
  }

  function listCase(path: string, length: number): Case {
    const type = rows.find((row) => row.path === `${path}[]`)?.type;
    const plain = type?.startsWith("percent") ? 1 : "x";
    const item = type === undefined ? required(`${path}[]`) : plain;
    const taken = path === "cpu.cores" ? undefined : Array(length).fill(item);
    return { given: Array(length + 1).fill(item), taken };
  }

  /** A report with this value at that path and otherwise only required fields. */
  function reportWith(path: string, value: unknown): object {
    const steps = path.split(".");
    const place = (depth: number): object => {
      const step = steps[depth] ?? "";
      const here = steps.slice(0, depth + 1).join(".");
      const isLast = depth === steps.length - 1;
      const inner = isLast ? value : { ...required(here), ...place(depth + 1) };
      const key = step.replace("[]", "");
      return { [key]: step.endsWith("[]") ? [inner] : inner };
    };
    return { name: "x", ...place(0) };
  }

  /** The required fields of an object at that path. */
  function required(path: string): object {
    const inside = rows.filter((row) => row.isRequired && row.path.startsWith(`${path}.`));
    const keys = inside.map((row) => row.path.slice(path.length + 1));
    const example = (key: string) =>
      rows.find((row) => row.path === `${path}.${key}`)?.type === "celsius" ? 20 : "x";
    return Object.fromEntries(
      keys.filter((key) => !key.includes(".")).map((key) => [key, example(key)]),
    );
  }
});
