/** `unagi keygen`: what it takes, what it makes, and what it says to do next. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeKey, readKeygenArguments } from "../../../src/cli/commands/keygen.ts";
import { readKeyFile } from "../../../src/runtime/key-file.ts";

const folder = mkdtempSync(join(tmpdir(), "unagi-keygen-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("keygen takes", () => {
  const NEEDS = "keygen needs a file to write the key to, as in unagi keygen /etc/unagi/key";
  const cases: readonly (readonly [string, readonly string[], object])[] = [
    ["a file", ["key"], { kind: "run", input: "key" }],
    ["a file with an odd name after --", ["--", "-k"], { kind: "run", input: "-k" }],
    ["no empty name", [""], { kind: "problems", problems: ["a path must not be empty"] }],
    ["no fewer than one", [], { kind: "problems", problems: [NEEDS] }],
    ["no fewer than one after --", ["--"], { kind: "problems", problems: [NEEDS] }],
    [
      "no two",
      ["a", "b"],
      { kind: "problems", problems: ["keygen makes one key at a time: name one file"] },
    ],
    [
      "no option",
      ["--force"],
      {
        kind: "problems",
        problems: ["keygen has no option '--force'; it takes the name of a file"],
      },
    ],
    ["the question for help anywhere", ["a", "--help"], { kind: "help" }],
  ];
  test.each(cases)("%s", (_, argv, expected) => {
    expect(readKeygenArguments(argv)).toEqual(expected as never);
  });
});

describe("keygen", () => {
  const path = join(folder, "key");

  test("makes a key that only its owner reads, and says how to use it", () => {
    const { exitCode, text } = makeKey(path);
    expect(exitCode).toBe(0);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readKeyFile(path).ok).toBe(true);
    expect(text).toContain("Copy it to all other machines of the network");
    expect(text.replace(/\s+/g, " ")).toContain(
      `Then start unagi on each machine with --key-file ${path},`,
    );
    expect(text).not.toContain(readFileSync(path, "utf8").trim().slice(-20));
  });

  test("leaves a key that is there as it is", () => {
    const before = readFileSync(path);
    const { exitCode, text } = makeKey(path);
    expect(exitCode).toBe(1);
    expect(text).toContain("exists already and is not overwritten");
    expect(readFileSync(path)).toEqual(before);
  });

  test("makes no directory for it", () => {
    expect(makeKey(join(folder, "no", "key"))).toMatchObject({ exitCode: 1 });
  });
});
