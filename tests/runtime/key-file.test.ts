/** Key files: what is read, what is refused with which remedy, and what keygen writes. */
import { afterEach, describe, expect, test } from "bun:test";
import { execFileSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readKeyFile, readKeyFiles, writeKeyFile } from "../../src/runtime/key-file.ts";
import { formatKey } from "../../src/sealing/key-format.ts";

const SECRET = new Uint8Array(32).fill(7);
const KEY = "unagi-key-1:BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
const directories: string[] = [];

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "unagi-key-"));
  directories.push(path);
  return path;
}

function file(content: string, mode = 0o600, name = "key"): string {
  const path = join(directory(), name);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

afterEach(() => {
  for (const path of directories.splice(0)) rmSync(path, { recursive: true, force: true });
});

function reasonOf(result: { ok: boolean; reason?: string }): string {
  return result.ok ? "" : (result.reason ?? "");
}

describe("a key file", () => {
  test("is read when it is its owner's alone", () => {
    for (const mode of [0o600, 0o400, 0o700]) {
      expect(readKeyFile(file(`${KEY}\n`, mode))).toEqual({ ok: true, value: SECRET });
    }
  });

  test("that others may read or write is refused with the chmod that mends it", () => {
    for (const mode of [0o640, 0o604, 0o644, 0o620, 0o602, 0o660, 0o777]) {
      const path = file(`${KEY}\n`, mode);
      const reason = reasonOf(readKeyFile(path));
      expect(reason).toContain(`key file ${path} is accessible to others than its owner (mode 0`);
      expect(reason).toEndWith(`remedy: chmod 600 ${path}`);
      execFileSync("sh", ["-c", reason.slice(reason.indexOf("chmod"))]);
      expect(readKeyFile(path)).toEqual({ ok: true, value: SECRET });
    }
  });

  test("whose name has a space gets a chmod that a shell understands", () => {
    const path = file(`${KEY}\n`, 0o644, "the key");
    expect(reasonOf(readKeyFile(path))).toEndWith(`remedy: chmod 600 '${path}'`);
  });

  test("that is a link is judged by what it leads to", () => {
    const link = join(directory(), "link");
    symlinkSync(file(`${KEY}\n`, 0o644), link);
    expect(reasonOf(readKeyFile(link))).toContain("is accessible to others");
  });

  test("that is not there names the command that makes one", () => {
    const path = join(directory(), "key");
    const reason = reasonOf(readKeyFile(path));
    expect(reason).toStartWith(`key file ${path} does not exist`);
    expect(reason).toContain(`unagi keygen ${path}`);
  });

  const FOREIGN = {
    empty: "",
    "a password": "hunter2 hunter2 hunter2",
    huge: KEY.repeat(100),
    "a short secret": "unagi-key-1:BwcHBw\n",
  };
  test.each(Object.entries(FOREIGN))("that is %s is refused, unquoted", (_, content) => {
    const reason = reasonOf(readKeyFile(file(content)));
    expect(reason).toContain("unagi keygen FILE");
    expect(reason).not.toContain("hunter2");
    expect(reason).not.toContain("BwcH");
  });

  test("that is a directory, a device or a pipe is refused at once", () => {
    const pipe = join(directory(), "pipe");
    execFileSync("mkfifo", ["-m", "600", pipe]);
    for (const path of [directory(), "/dev/null", "/dev/zero", pipe]) {
      expect(reasonOf(readKeyFile(path))).toContain(`key file ${path} is not a regular file`);
    }
  });

  test("that belongs to another user says who would have to own it", () => {
    const path = file(`${KEY}\n`, 0o000);
    const own = process.geteuid?.() ?? 0;
    // Root may read everything: for this test it is nobody.
    if (own === 0) process.seteuid?.(65_534);
    try {
      const reason = reasonOf(readKeyFile(path));
      expect(reason).toContain(
        `may not be read by the user that unagi runs as (uid ${own || 65_534})`,
      );
    } finally {
      if (own === 0) process.seteuid?.(0);
    }
  });

  test("with escape sequences in its name does not write them to the terminal", () => {
    const reason = reasonOf(readKeyFile(join(directory(), "\x1b[2Jkey")));
    expect(reason).not.toContain("\x1b");
    expect(reason).toContain("\\x1b");
  });
});

describe("below the credentials directory", () => {
  function credential(content: string): { path: string; credentialsDirectory: string } {
    const credentialsDirectory = join(directory(), "unagi.service");
    mkdirSync(credentialsDirectory);
    const path = join(credentialsDirectory, "key");
    writeFileSync(path, content);
    chmodSync(path, 0o440);
    return { path, credentialsDirectory };
  }

  test("the mode is not asked", () => {
    const { path, ...place } = credential(`${KEY}\n`);
    expect(readKeyFile(path, place)).toEqual({ ok: true, value: SECRET });
    expect(reasonOf(readKeyFile(path))).toContain("chmod 600");
  });

  test.each(["", "\n"])("an empty file (%j) means unsealed, and only there", (content) => {
    const { path, ...place } = credential(content);
    expect(readKeyFile(path, place)).toEqual({ ok: true, value: undefined });
    expect(reasonOf(readKeyFile(file(content), place))).toContain("is empty");
  });

  test("a damaged one does not", () => {
    for (const content of ["\n\n", " \n", "unagi-key-1:", KEY.slice(0, -5)]) {
      const { path, ...place } = credential(content);
      expect(reasonOf(readKeyFile(path, place))).toContain("the file that LoadCredential= names");
    }
  });

  test("a path that only seems to lie there is asked for its mode", () => {
    const { path, credentialsDirectory } = credential(`${KEY}\n`);
    const outside = join(credentialsDirectory, "..", "key");
    writeFileSync(outside, "", { mode: 0o644 });
    const beside = join(`${credentialsDirectory}-old`, "key");
    mkdirSync(join(beside, ".."));
    writeFileSync(beside, "", { mode: 0o644 });
    const link = join(credentialsDirectory, "link");
    symlinkSync(outside, link);
    for (const seeming of [`${credentialsDirectory}/../key`, beside, link]) {
      expect(reasonOf(readKeyFile(seeming, { credentialsDirectory }))).toContain("chmod 600");
    }
    for (const none of ["", join(credentialsDirectory, "none")]) {
      expect(reasonOf(readKeyFile(path, { credentialsDirectory: none }))).toContain("chmod 600");
    }
  });

  test("a directory reached by a link is the same one", () => {
    const { path, credentialsDirectory } = credential(`${KEY}\n`);
    const link = join(directory(), "credentials");
    symlinkSync(credentialsDirectory, link);
    expect(readKeyFile(path, { credentialsDirectory: link }).ok).toBe(true);
  });
});

describe("several key files", () => {
  const OTHER = formatKey(new Uint8Array(32).fill(8));

  function firstBytes(paths: readonly string[], credentialsDirectory?: string) {
    const read = readKeyFiles(paths, { credentialsDirectory });
    return read.ok ? read.value.map(([first]) => first) : read.reason;
  }

  test("give their secrets in the order in which they are named", () => {
    expect(firstBytes([])).toEqual([]);
    expect(firstBytes([file(OTHER), file(KEY)])).toEqual([8, 7]);
  });

  test("give no secret for an empty credential, alone or beside another", () => {
    const credentials = directory();
    for (const [name, text] of Object.entries({ key: "", "other-key": KEY })) {
      writeFileSync(join(credentials, name), text, { mode: 0o440 });
    }
    const [empty, full] = [join(credentials, "key"), join(credentials, "other-key")];
    expect(firstBytes([empty], credentials)).toEqual([]);
    expect(firstBytes([empty, full], credentials)).toEqual([7]);
  });

  test("are refused with the reason and the remedy for each that cannot be used", () => {
    const [open, missing] = [file(KEY, 0o644), join(directory(), "missing")];
    const reason = firstBytes([open, file(KEY), missing]);
    expect(reason).toContain(`remedy: chmod 600 ${open}; key file ${missing}`);
    expect(reason).toEndWith("or copy the key of another machine there");
  });
});

describe("a new key file", () => {
  test("can be read back, is its owner's alone, and is another each time", () => {
    const [one, two] = [join(directory(), "key"), join(directory(), "key")];
    const umask = process.umask(0o277);
    try {
      expect([writeKeyFile(one), writeKeyFile(two)]).toEqual([
        { ok: true, value: undefined },
        { ok: true, value: undefined },
      ]);
    } finally {
      process.umask(umask);
    }
    expect(statSync(one).mode & 0o7777).toBe(0o600);
    expect(readFileSync(one, "latin1")).toMatch(/^unagi-key-1:[A-Za-z0-9_-]{43}\n$/);
    const [first, second] = [readKeyFile(one), readKeyFile(two)];
    expect(first.ok && first.value?.length).toBe(32);
    expect(first).not.toEqual(second);
  });

  test("never takes the place of what is there, not even of a link to nothing", () => {
    const kept = file("something else", 0o644);
    const link = join(directory(), "link");
    symlinkSync("/nowhere/key", link);
    for (const path of [kept, link, directory()]) {
      expect(reasonOf(writeKeyFile(path))).toContain(`${path} exists already`);
    }
    expect(readFileSync(kept, "latin1")).toBe("something else");
    expect(statSync(kept).mode & 0o777).toBe(0o644);
  });

  test("is not made where it cannot be, with the remedy", () => {
    const parent = join(directory(), "etc");
    expect(reasonOf(writeKeyFile(join(parent, "key")))).toEndWith(`remedy: mkdir -p ${parent}`);
    expect(reasonOf(writeKeyFile("/proc/self/key"))).toContain(
      "key file /proc/self/key cannot be made",
    );
  });

  test("that could not be written whole is not left behind", () => {
    const place = directory();
    const program = `
      import { writeKeyFile } from ${JSON.stringify(join(import.meta.dir, "../../src/runtime/key-file.ts"))};
      process.on("SIGXFSZ", () => undefined);
      console.log(JSON.stringify(writeKeyFile(${JSON.stringify(join(place, "key"))})));`;
    // No file of this shell may grow at all.
    const output = execFileSync("sh", [
      "-c",
      'ulimit -f 0; exec "$@"',
      "sh",
      process.execPath,
      "-e",
      program,
    ]);
    expect(JSON.parse(output.toString()).reason).toContain("cannot be written");
    expect(readdirSync(place)).toEqual([]);
  });
});
