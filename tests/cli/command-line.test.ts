/** The command line: help, version and refusals, and which command runs with which input. */
import { describe, expect, test } from "bun:test";
import type { Command, Surroundings } from "../../src/cli/command.ts";
import { runCommandLine } from "../../src/cli/command-line.ts";
import { check } from "../../src/cli/commands/check.ts";
import { daemon } from "../../src/cli/commands/daemon.ts";
import { forget } from "../../src/cli/commands/forget.ts";
import { keygen } from "../../src/cli/commands/keygen.ts";
import { statfsProbe } from "../../src/cli/commands/statfs-probe.ts";
import { renderHelp } from "../../src/cli/help.ts";
import { programVersion, versionLine } from "../../src/cli/version.ts";
import { OPTIONS } from "../../src/config/options.ts";

interface Run {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  readonly did: readonly string[];
}

/** Runs the command line with commands that say what they were asked to do instead of doing it. */
async function run(argv: readonly string[], exitCode = 0): Promise<Run> {
  const did: string[] = [];
  const saying = <Input>(command: Command<Input>, say: (input: Input) => string) => ({
    ...command,
    run: (input: Input) => {
      did.push(say(input));
      return exitCode;
    },
  });
  const commands: readonly Command[] = [
    saying(daemon, ({ config, notes }) => `daemon ${config.updateSeconds} ${notes.length}`),
    saying(check, (input) =>
      input.kind === "config" ? `check ${input.config.p2pPort}` : "check problems",
    ),
    saying(forget, ({ machine, config }) => `forget ${machine} at ${config.httpPort}`),
    saying(keygen, (path) => `keygen ${path}`),
    saying(statfsProbe, (mount) => `probe ${mount}`),
  ];
  const written = { out: "", error: "" };
  const code = await runCommandLine(argv, surroundingsThat(written), commands);
  return { code, ...written, did };
}

/** The process of a test: an empty environment, no files, and output that is collected. */
function surroundingsThat(written: { out: string; error: string }): Surroundings {
  return {
    env: {},
    readText: () => ({ kind: "absent" }),
    out: (text) => {
      written.out += text;
    },
    error: (text) => {
      written.error += text;
    },
  };
}

const HELP = `\
Usage: unagi [OPTION]...
       unagi COMMAND ...

Shows which machines of a small network are free, busy or down. Start it on
every machine: they find each other, and each of them serves a page about all of
them, by default at http://localhost:8000/. Without options it watches this
machine alone.

Examples:
  unagi -s lan                    find machines on the private wired network
  unagi -s lan -a lan             the same, and let browsers there see the page
  unagi -s 10.1.0.0/22 -S render  choose a range and a signature

Commands:
  check   find out why machines do not see each other
  forget  remove a scrapped machine from all pages
  keygen  make the key file that seals a network's messages

'unagi COMMAND --help' says more about a command. Below, defaults are in
[brackets], and an option that repeats may be given several times.

Which machines belong together:
  -s, --scan=RANGE        scan this range for machines at the start; repeats
                          [the -n ranges; without those, 127.0.0.1]
  -n, --p2p-allow=RANGE   accept packets from machines in this range; repeats
                          [the -s ranges]
  -S, --signature=TEXT    the network's signature; machines with different ones
                          ignore each other [localhost]
      --key-file=FILE     seal all messages with the key in FILE, which all
                          machines share; of several keys the first one seals
                          and all of them open; repeats [the files key and
                          other-key in $CREDENTIALS_DIRECTORY, if any]
  -p, --p2p-port=PORT     UDP port for messages between machines, the same on
                          all [10080]

Who may see the page, and where:
  -h, --http-port=PORT    TCP port of the page (-h is not help; help is --help)
                          [8000]
  -a, --http-allow=RANGE  answer browsers in this range; repeats [this machine
                          only]
      --http-name=NAME    another host name under which browsers may ask for the
                          page; repeats [none]

What this machine reports and keeps:
      --name=TEXT         this machine's name on the page [the host name]
      --tag=TEXT          a word to group machines by; repeats [none]
  -u, --update=SECONDS    time between two reports [600]
  -H, --history=COUNT     reports kept for each machine [144]
      --state=DIR         directory to keep the history in [$STATE_DIRECTORY;
                          without it, memory]

How it runs:
  -c, --config=FILE       TOML file whose keys are the long names; options on
                          the command line win; -c /dev/null reads no file
                          [/etc/unagi/unagi.toml, if it exists and can be read]
  -U, --user=NAME         user to become when started as root [none; stay root]
      --bind=ADDRESS      use only this address of the machine, for both ports
                          [all]
  -d, --debug             log more; -dd also logs every message sent and
                          received
      --help              show this help and exit
      --version           show the version and exit

Only in the file:
      messages            report the newest lines of the system log (true or
                          false) [true]
      max-peers           the most machines to keep in memory [4096]

A RANGE is one of:
  192.168.1.7      one address, IPv4 or IPv6
  192.168.1.10-20  11 addresses, 192.168.1.10 to 192.168.1.20
  192.168.1.       192.168.1.1-254; the dot at the end is part of it
  10.1. or 10.     all addresses that begin so; cannot be scanned
  10.1.0.0/22      CIDR, IPv4 or IPv6; a scan covers at most 65,536 addresses
  lan              the private networks of this machine's wired interfaces
  lan+wireless     the same, and those of its wireless interfaces
`;

describe("unagi --help", () => {
  test("shows examples, commands, options and the forms of a range", async () => {
    expect(await run(["--help"])).toEqual({ code: 0, out: HELP, error: "", did: [] });
  });

  test("fits a terminal of 80 columns, without spaces at the end of a line", () => {
    for (const line of HELP.split("\n")) {
      expect(line.length).toBeLessThanOrEqual(80);
      expect(line).toBe(line.trimEnd());
    }
  });

  test("names every option and key", () => {
    for (const { long } of OPTIONS) expect(HELP).toMatch(new RegExp(`\\b${long}\\b`));
  });

  test("lists the commands that are not hidden", () => {
    const other: Command = { ...check, name: "look", description: "look for what is wrong" };
    const help = renderHelp(daemon, [daemon, other, statfsProbe]);
    expect(help).toContain("\nCommands:\n  look  look for what is wrong\n\n");
  });

  test("gives examples that work", async () => {
    const examples = HELP.split("\n")
      .filter((line) => line.startsWith("  unagi "))
      .map((line) => line.trim().split(/ {2,}/)[0]?.split(" ").slice(1) ?? []);
    expect(examples.length).toBeGreaterThan(2);
    for (const argv of examples) expect(await run(argv)).toMatchObject({ code: 0, error: "" });
  });
});

describe("unagi --version", () => {
  test("shows version, commit and runtime on one line", async () => {
    const { out, code } = await run(["--version"]);
    expect([code, out]).toEqual([0, `${versionLine()}\n`]);
    expect(out).toBe(`unagi ${programVersion()} (development, bun ${Bun.version})\n`);
  });
});

describe("the daemon", () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [[], "daemon 600 0"],
    [["-u", "60"], "daemon 60 0"],
    [["-du", "60", "-s", "lan"], "daemon 60 0"],
    [["-n", "10.1."], "daemon 600 1"],
    // Words that are a command's name only where a command stands.
    [["--name", "statfs-probe"], "daemon 600 0"],
  ];
  for (const [argv, did] of cases) {
    test(`is started by "${["unagi", ...argv].join(" ")}"`, async () => {
      expect(await run(argv)).toEqual({ code: 0, out: "", error: "", did: [did] });
    });
  }

  test("gives the program its exit code", async () => {
    expect((await run([], 1)).code).toBe(1);
  });
});

describe("the command line", () => {
  test("hands statfs-probe its mount point, whatever the name looks like", async () => {
    expect(await run(["statfs-probe", "/mnt/a b"])).toMatchObject({ did: ["probe /mnt/a b"] });
    expect(await run(["statfs-probe", "--help"], 3)).toMatchObject({
      did: ["probe --help"],
      code: 3,
    });
  });

  const OTHERS =
    "the commands are check, forget, keygen; without a command unagi takes options only, as in unagi -s lan";
  const refused: readonly (readonly [readonly string[], string])[] = [
    [["statfs-probe"], "statfs-probe needs one mount point"],
    [["statfs-probe", "/", "/mnt"], "statfs-probe needs one mount point"],
    [["start"], `unknown command 'start'; ${OTHERS}`],
    [["toString"], `unknown command 'toString'; ${OTHERS}`],
    [[""], "unexpected word '': every value belongs to an option, as in -s 192.168.1."],
    [["chekc"], "unknown command 'chekc'; did you mean check?"],
    [["check", "--updte"], "unknown option --updte; did you mean --update?"],
    [["check", "-p", "0"], "-p 0: it must be a whole number from 1 to 65535"],
    [["forget"], "forget needs a machine first: unagi forget MACHINE [OPTION]..."],
    [["forget", ""], "forget needs a machine first: unagi forget MACHINE [OPTION]..."],
    [["forget", "-h", "8080"], "forget needs a machine first: unagi forget MACHINE [OPTION]..."],
    [
      ["forget", "-h", "8080", "node07"],
      "forget needs a machine first: unagi forget MACHINE [OPTION]...",
    ],
    [
      ["forget", "node07", "node08"],
      "unexpected word 'node08': every value belongs to an option, as in -s 192.168.1.",
    ],
    [
      ["forget", "node07", "-h"],
      "-h needs a TCP port, as in -h 8000: it is the HTTP port; help is --help",
    ],
    [["keygen"], "keygen needs a file to write the key to, as in unagi keygen /etc/unagi/key"],
    [["keygen", "-c"], "keygen has no option '-c'; it takes the name of a file"],
    [["keygn", "/x"], "unknown command 'keygn'; did you mean keygen?"],
    [["forgt", "node07"], "unknown command 'forgt'; did you mean forget?"],
    [["\x1b[2J"], `unknown command '\\x1b[2J'; ${OTHERS}`],
    [
      ["-d", "statfs-probe", "/"].slice(0, 2),
      "unexpected word 'statfs-probe': every value belongs to an option, as in -s 192.168.1.",
    ],
  ];
  for (const [argv, problem] of refused) {
    const word = ["check", "forget", "keygen"].find((name) => name === argv[0]);
    const help = word === undefined ? "unagi --help" : `unagi ${word} --help`;
    test(`refuses ${JSON.stringify(["unagi", ...argv].join(" "))}`, async () => {
      expect(await run(argv)).toEqual({
        code: 2,
        out: "",
        error: `unagi: ${problem}\nTry '${help}'.\n`,
        did: [],
      });
    });
  }

  test("hands check the options of the daemon, and takes over its exit code", async () => {
    expect(await run(["check", "-p", "10081"], 1)).toMatchObject({
      did: ["check 10081"],
      code: 1,
    });
  });

  test("leaves it to check to judge what is wrong in the file", async () => {
    expect(await run(["check", "-c", "/missing.toml"], 1)).toEqual({
      code: 1,
      out: "",
      error: "",
      did: ["check problems"],
    });
  });

  test("shows the help of check, within 80 columns", async () => {
    const { code, out, did } = await run(["check", "--help"]);
    expect([code, did]).toEqual([0, []]);
    expect(out).toStartWith("Usage: unagi check [OPTION]...\n");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("hands keygen the file to write", async () => {
    expect(await run(["keygen", "/etc/unagi/key"], 1)).toMatchObject({
      did: ["keygen /etc/unagi/key"],
      code: 1,
    });
    const { code, out, did } = await run(["keygen", "--help"]);
    expect([code, did]).toEqual([0, []]);
    expect(out).toStartWith("Usage: unagi keygen FILE\n");
    for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  test("hands forget a machine and the options of the daemon", async () => {
    expect(await run(["forget", "node07"])).toMatchObject({
      did: ["forget node07 at 8000"],
      code: 0,
    });
    expect(await run(["forget", "10.0.0.7", "-h", "8080"], 1)).toEqual({
      ...{ did: ["forget 10.0.0.7 at 8080"], code: 1, out: "", error: "" },
    });
  });

  test.each([[["forget", "--help"]], [["forget", "node07", "--help"]]])(
    "shows the help of forget for %j",
    async (argv) => {
      const { code, out, did } = await run(argv);
      expect([code, did]).toEqual([0, []]);
      expect(out).toStartWith("Usage: unagi forget MACHINE [OPTION]...\n");
      for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    },
  );

  test("writes each problem on a line of its own", async () => {
    const { code, error } = await run(["-p", "0", "-h"]);
    expect([code, error]).toEqual([
      2,
      "unagi: -h needs a TCP port, as in -h 8000: it is the HTTP port; help is --help\n" +
        "unagi: -p 0: it must be a whole number from 1 to 65535\n" +
        "Try 'unagi --help'.\n",
    ]);
  });

  test("lets pass what a command throws", async () => {
    const broken: Command = { ...daemon, run: () => Promise.reject(new Error("our own bug")) };
    const running = runCommandLine([], surroundingsThat({ out: "", error: "" }), [broken]);
    await expect(running).rejects.toThrow("our own bug");
  });
});
