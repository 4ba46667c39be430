/** A user's mistakes at the start give one clear message, the right exit code and no stack trace. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort, runProgram, scratchDirectory, startDaemon } from "./daemon.ts";

const scratch = scratchDirectory();
const notDirectory = join(scratch.path, "file");
writeFileSync(notDirectory, "");
const badToml = join(scratch.path, "bad.toml");
writeFileSync(badToml, 'signature = "lab"\nupdate = = 3\n');
const unknownKey = join(scratch.path, "unknown.toml");
writeFileSync(unknownKey, "p2p-prot = 10080\n");

afterAll(() => scratch.remove());

const NONE = ["-c", "/dev/null"];

const cases: { title: string; args: string[]; code: number; says: RegExp[] }[] = [
  {
    title: "an unknown option",
    args: [...NONE, "--updte", "5"],
    code: 2,
    says: [/--updte/, /--update/],
  },
  {
    title: "a port out of range",
    args: [...NONE, "-p", "70000"],
    code: 2,
    says: [/-p/, /70000/, /65535/],
  },
  { title: "-h alone", args: [...NONE, "-h"], code: 2, says: [/HTTP port/, /--help/] },
  {
    title: "an unreadable range",
    args: [...NONE, "-s", "192.168.1.300"],
    code: 2,
    says: [/192\.168\.1\.300/],
  },
  { title: "a leading zero", args: [...NONE, "-n", "010.1.2.3"], code: 2, says: [/010\.1\.2\.3/] },
  {
    title: "a scan that is too large",
    args: [...NONE, "-s", "10.0.0.0/8"],
    code: 2,
    says: [/16,777,214|16,777,216/, /65,536/],
  },
  {
    title: "a scan outside p2p-allow",
    args: [...NONE, "-s", "192.168.2.", "-n", "192.168.1."],
    code: 2,
    says: [/192\.168\.2\./, /-n|p2p-allow/],
  },
  {
    title: "a signature with a space together with a key",
    args: [...NONE, "-S", "a b", "--key-file", "/nonexistent"],
    code: 2,
    says: [/a b/, /space/, /key/],
  },
  {
    title: "a signature with a control character",
    args: [...NONE, "-S", "lab\t"],
    code: 2,
    says: [/lab\\t/],
  },
  {
    title: "several problems",
    args: [...NONE, "-p", "0", "-u", "soon", "-s", "nonsense"],
    code: 2,
    says: [/-p/, /-u/, /soon/, /nonsense/],
  },
  { title: "a bad TOML file", args: ["-c", badToml], code: 2, says: [/bad\.toml/, /line 2|:2/] },
  { title: "an unknown key", args: ["-c", unknownKey], code: 2, says: [/p2p-prot/, /p2p-port/] },
  {
    title: "a missing file",
    args: ["-c", "/nonexistent.toml"],
    code: 2,
    says: [/\/nonexistent\.toml/],
  },
  {
    title: "a missing user",
    args: [...NONE, "-U", "nobody-of-that-name"],
    code: 2,
    says: [/nobody-of-that-name/],
  },
  {
    title: "an unusable state directory",
    args: [...NONE, "--state", notDirectory],
    code: 1,
    says: [new RegExp(notDirectory)],
  },
  {
    title: "an address that this machine does not have",
    args: [...NONE, "--bind", "192.0.2.77"],
    code: 1,
    says: [/192\.0\.2\.77/],
  },
];

describe("unagi started with", () => {
  test.each(cases)(
    "$title prints a clear message and exits with $code",
    async ({ args, code, says }) => {
      const ports = args.includes("-p") ? [] : ["-p", String(await freePort())];
      const http = args.includes("-h") ? [] : ["-h", String(await freePort())];
      const run = runProgram([...ports, ...http, ...args]);
      expect(await run.exited).toBe(code);
      for (const pattern of says) {
        expect(run.stderr()).toMatch(pattern);
      }
      expect(run.stdout()).toBe("");
      expect(run.stderr()).not.toMatch(/^\s+at /m);
      expect(run.stderr().trim().split("\n").length).toBeLessThan(9);
    },
  );

  test.each(["p2p", "http"])(
    "a %s port that is in use exits with 1 and names the running unagi",
    async (which) => {
      const [p2pPort, httpPort] = [await freePort(), await freePort()];
      const first = await startDaemon({ p2pPort, httpPort });
      const second = runProgram([
        ...NONE,
        ...["--bind", "127.0.0.1"],
        ...["-p", String(which === "p2p" ? p2pPort : await freePort())],
        ...["-h", String(which === "http" ? httpPort : await freePort())],
      ]);
      expect(await second.exited).toBe(1);
      expect(second.stderr()).toContain(String(which === "p2p" ? p2pPort : httpPort));
      expect(second.stderr()).toContain(String(first.pid));
      expect(second.stderr()).toMatch(/unagi/);
      expect(second.stderr()).not.toMatch(/^\s+at /m);
      expect(await first.stop()).toBe(0);
    },
  );

  test(".env and bunfig.toml in the current directory does not read them", async () => {
    const cwd = join(scratch.path, "trap");
    mkdirSync(cwd);
    writeFileSync(join(cwd, ".env"), "STATE_DIRECTORY=/nonexistent/trap\n");
    writeFileSync(join(cwd, "bunfig.toml"), 'preload = ["./trap.ts"]\n');
    writeFileSync(join(cwd, "trap.ts"), 'console.error("TRAPPED"); process.exit(99);\n');
    const run = runProgram(["--version"], { cwd });
    expect(await run.exited).toBe(0);
    expect(run.stdout()).toMatch(/^unagi \d+\.\d+\.\d+ \(commit \S+, bun \d+\.\d+\.\d+\)\n$/);
    const daemon = await startDaemon({
      p2pPort: await freePort(),
      httpPort: await freePort(),
      cwd,
    });
    expect(daemon.stderr()).not.toContain("trap");
    await daemon.stop();
  });

  test("--help explains -h on stdout", async () => {
    const run = runProgram(["--help"]);
    expect(await run.exited).toBe(0);
    expect(run.stdout()).toMatch(/-h.*\n?.*(TCP|HTTP)/);
    const tooWide = run
      .stdout()
      .split("\n")
      .filter((line) => line.length > 80);
    expect(tooWide).toEqual([]);
  });
});
