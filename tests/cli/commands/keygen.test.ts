/** `unagi keygen`: the words it takes, the file it writes, and the next steps it names. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeKey, readKeygenArguments } from "../../../src/cli/commands/keygen.ts";
import { readKeyFile } from "../../../src/runtime/key-file.ts";

const folder = mkdtempSync(join(tmpdir(), "unagi-keygen-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the words of keygen", () => {
  const NEEDS = "keygen needs a file to write the key to, as in unagi keygen /etc/unagi/key";
  const cases: readonly (readonly [string, readonly string[], object])[] = [
    ["name a file", ["key"], { kind: "run", input: "key" }],
    [
      "may name a file that begins with a hyphen after --",
      ["--", "-k"],
      { kind: "run", input: "-k" },
    ],
    [
      "are refused if the name is empty",
      [""],
      { kind: "problems", problems: ["a path must not be empty"] },
    ],
    ["are refused if there is none", [], { kind: "problems", problems: [NEEDS] }],
    ["are refused if there is none after --", ["--"], { kind: "problems", problems: [NEEDS] }],
    [
      "are refused if there are two",
      ["a", "b"],
      { kind: "problems", problems: ["keygen makes one key at a time: name one file"] },
    ],
    [
      "are refused if one is an option",
      ["--force"],
      {
        kind: "problems",
        problems: ["keygen has no option '--force'; it takes the name of a file"],
      },
    ],
    ["ask for help if --help is among them", ["a", "--help"], { kind: "help" }],
  ];
  test.each(cases)("%s", (_, argv, expected) => {
    expect(readKeygenArguments(argv)).toEqual(expected as never);
  });
});

describe("keygen", () => {
  const path = join(folder, "key");

  test("writes a key that only its owner can read, and says how to use it", () => {
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

  test("leaves an existing key as it is", () => {
    const before = readFileSync(path);
    const { exitCode, text } = makeKey(path);
    expect(exitCode).toBe(1);
    expect(text).toContain("exists already and is not overwritten");
    expect(readFileSync(path)).toEqual(before);
  });

  test("makes no directory for the key", () => {
    expect(makeKey(join(folder, "no", "key"))).toMatchObject({ exitCode: 1 });
  });
});
