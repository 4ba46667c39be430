/** The command line and the file, read together: what comes out, and what is said of mistakes. */
import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import type { Config } from "../../src/config/config.ts";
import { loadConfig } from "../../src/config/load-config.ts";
import { COMMAND_LINE_OPTIONS, DEFAULT_CONFIG_FILE, OPTIONS } from "../../src/config/options.ts";
import { readText, type TextFile } from "../../src/config/read-config-file.ts";
import { rangeTexts } from "../../src/net/ranges.ts";

const PASSWD = "root:x:0:0:root:/root:/bin/bash\nunagi:x:990:990::/var/lib/unagi:/bin/false\n";

type Files = Readonly<Record<string, string | TextFile>>;

function load(argv: readonly string[], files: Files = {}, env: Record<string, string> = {}) {
  const all: Files = { "/etc/passwd": PASSWD, "/dev/null": "", ...files };
  return loadConfig({
    argv,
    env,
    readText: (path) => {
      // No path is found on the prototype: the property test also tries `-c toString`.
      const file = Object.hasOwn(all, path) ? all[path] : undefined;
      if (file === undefined) return { kind: "absent" };
      return typeof file === "string" ? { kind: "text", text: file } : file;
    },
  });
}

function configOf(argv: readonly string[], toml?: string, env?: Record<string, string>): Config {
  const loaded = load(argv, toml === undefined ? {} : { [DEFAULT_CONFIG_FILE]: toml }, env);
  if (loaded.kind !== "config") throw new Error(JSON.stringify(loaded));
  return loaded.config;
}

function problemsOf(argv: readonly string[], files?: Files): readonly string[] {
  const loaded = load(argv, files);
  return loaded.kind === "problems" ? loaded.problems : [];
}

/** With the ranges as they were written. */
function plain(config: Config) {
  return {
    ...config,
    scan: rangeTexts(config.scan).join(" "),
    p2pAllow: rangeTexts(config.p2pAllow).join(" "),
    httpAllow: rangeTexts(config.httpAllow).join(" "),
  };
}

const DEFAULTS = {
  debug: 0,
  updateSeconds: 600,
  p2pPort: 10080,
  httpPort: 8000,
  p2pAllow: "127.0.0.0/8 ::1",
  httpAllow: "127.0.0.0/8 ::1",
  scan: "127.0.0.1",
  signature: "localhost",
  isProtocol1Only: false,
  historyEntries: 144,
  tags: [],
  keyFiles: [],
  httpNames: [],
  messages: true,
  maxPeers: 4096,
};

describe("the command line", () => {
  const cases: readonly (readonly [string, object])[] = [
    ["", {}],
    ["-d", { debug: 1 }],
    ["-dd", { debug: 2 }],
    ["-d --debug", { debug: 2 }],
    ["-dddd", { debug: 2 }],
    ["-u 60", { updateSeconds: 60 }],
    ["-u60", { updateSeconds: 60 }],
    ["--update 60", { updateSeconds: 60 }],
    ["--update=60", { updateSeconds: 60 }],
    ["-du 60", { debug: 1, updateSeconds: 60 }],
    ["-u 1 -u 86400", { updateSeconds: 86400 }],
    ["-p 1 -h 65535", { p2pPort: 1, httpPort: 65535 }],
    ["-H 1", { historyEntries: 1 }],
    ["-S render-corner", { signature: "render-corner" }],
    ["-S lab?", { signature: "lab?", isProtocol1Only: true }],
    ["-S --signature=?a", { refused: true }],
    ["-S löwe!x", { signature: "löwe!x" }],
    ["-U unagi", { user: "unagi" }],
    ["--bind 192.168.1.7", { bind: "192.168.1.7" }],
    ["--bind FD00:0::7", { bind: "fd00::7" }],
    ["--bind ::ffff:10.0.0.1", { bind: "10.0.0.1" }],
    ["--name atlas", { name: "atlas" }],
    ["--tag gpu --tag rack-2 --tag gpu", { tags: ["gpu", "rack-2"] }],
    ["--state /srv/unagi", { stateDirectory: "/srv/unagi" }],
    ["--key-file /a --key-file /b", { keyFiles: ["/a", "/b"] }],
    ["--http-name Cluster.Example.org.", { httpNames: ["cluster.example.org"] }],
    ["-a 192.168. -a 127.", { httpAllow: "192.168. 127." }],
    ["-a 10.1. -a lan", { httpAllow: "10.1. lan" }],
    ["-c /dev/null", {}],
    ["--", {}],
  ];
  for (const [line, expected] of cases) {
    test(`"unagi ${line}" ${"refused" in expected ? "is refused" : "gives its settings"}`, () => {
      const argv = line.split(" ").filter((word) => word !== "");
      const loaded = load(argv);
      if ("refused" in expected) expect(loaded.kind).toBe("problems");
      else if (loaded.kind !== "config") throw new Error(JSON.stringify(loaded));
      else expect(plain(loaded.config)).toEqual({ ...DEFAULTS, ...expected });
    });
  }

  test("asks for --help or --version, the first of the two, despite every mistake", () => {
    expect(load(["--nonsense", "--help", "-p", "0"])).toEqual({ kind: "help" });
    expect(load(["--version", "--help"])).toEqual({ kind: "version" });
  });

  test("takes -h 8000 for the HTTP port and not for help", () => {
    expect(load(["-h", "8000"]).kind).toBe("config");
  });
});

describe("the ranges", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    // Options, what is scanned, what is allowed.
    ["", "127.0.0.1", "127.0.0.0/8 ::1"],
    ["-s 192.168.1.", "192.168.1.", "192.168.1."],
    ["-s lan", "lan", "lan"],
    ["-n 192.168.1.", "192.168.1.", "192.168.1."],
    ["-n 10.0.0.0/8 -n 192.168.1.", "192.168.1.", "10.0.0.0/8 192.168.1."],
    ["-n 10.1.", "127.0.0.1", "10.1."],
    ["-n fd00::/64", "127.0.0.1", "fd00::/64"],
    ["-s 192.168.1.7 -n 192.168.1.", "192.168.1.7", "192.168.1."],
    ["-s 192.168.1.0/24 -n 192.168.1.0/24", "192.168.1.0/24", "192.168.1.0/24"],
    [
      "-s 192.168.1.0-255 -n 192.168.1.0/25 -n 192.168.1.128/25",
      "192.168.1.0-255",
      "192.168.1.0/25 192.168.1.128/25",
    ],
    ["-s 127.0.0.1 -n 10.1.", "127.0.0.1", "10.1."],
    ["-s lan -n lan+wireless", "lan", "lan+wireless"],
    ["-s lan -n 192.168.", "lan", "192.168."],
    ["-s lan -n 0.0.0.0/0", "lan", "0.0.0.0/0"],
    ["-s 192.168.1. -n lan", "192.168.1.", "lan"],
    ["-s fd00::/120 -n ::/0", "fd00::/120", "::/0"],
  ];
  for (const [line, scan, allow] of cases) {
    test(`of "unagi ${line}" scan ${scan} and accept ${allow}`, () => {
      const config = plain(configOf(line.split(" ").filter((word) => word !== "")));
      expect([config.scan, config.p2pAllow]).toEqual([scan, allow]);
    });
  }

  test("accept the first and the last address of a CIDR that is scanned", () => {
    const { p2pAllow } = configOf(["-s", "10.0.0.0/24"]);
    const [range] = p2pAllow.ranges;
    expect(range?.kind === "addresses" && range.intervals[0]).toEqual({
      first: 0xffff_0a00_0000n,
      last: 0xffff_0a00_00ffn,
    });
  });

  test("come with a note if none of those that are accepted can be scanned", () => {
    for (const range of ["10.", "10.1."]) {
      const loaded = load(["-n", range]);
      expect(loaded.kind === "config" && loaded.notes).toEqual([
        "no range of p2p-allow can be scanned, so this machine waits until others find it; " +
          "use -s (scan) to say where to look for them",
      ]);
    }
  });

  const outside: readonly string[] = [
    "-s 192.168.2. -n 192.168.1.",
    "-s 192.168.1.0-255 -n 192.168.1.",
    "-s 127.0.0.2 -n 127.0.0.1",
    "-s 8.8.8.8 -n lan",
    "-s lan+wireless -n lan",
    "-s lan -n 8.8.8.0/24",
    "-s fd00::1 -n 0.0.0.0/0",
    "-s 10.0.0.1 -n ::/0",
  ];
  for (const line of outside) {
    test(`of "unagi ${line}" are refused, because answers would be dropped`, () => {
      const words = line.split(" ");
      expect(problemsOf(words)).toEqual([
        `-s ${words[1]}: it is outside p2p-allow, so the answers of its machines would be ` +
          `dropped; add -n ${words[1]}, or leave -n out, which then allows what is scanned`,
      ]);
    });
  }
});

describe("a mistake on the command line", () => {
  const cases: readonly (readonly [readonly string[], readonly string[]])[] = [
    [["-h"], ["-h needs a TCP port, as in -h 8000: it is the HTTP port; help is --help"]],
    [["-h", "-d"], ["-h needs a TCP port, as in -h 8000: it is the HTTP port; help is --help"]],
    [
      ["-h", "--scan", "lan"],
      ["-h needs a TCP port, as in -h 8000: it is the HTTP port; help is --help"],
    ],
    [
      ["--http-port"],
      ["--http-port needs a TCP port, as in --http-port 8000: it is the HTTP port; help is --help"],
    ],
    [["-s"], ["-s needs a range of addresses, as in -s 192.168.1. or -s lan"]],
    [["-s", ""], ["-s needs a range of addresses, as in -s 192.168.1. or -s lan"]],
    [["--name="], ["--name needs a word, as in --name atlas"]],
    [["-p", "0"], ["-p 0: it must be a whole number from 1 to 65535"]],
    [["-p", "65536"], ["-p 65536: it must be a whole number from 1 to 65535"]],
    [["--p2p-port=1e3"], ["--p2p-port=1e3: it must be a whole number from 1 to 65535"]],
    [["-p", "0x50"], ["-p 0x50: it must be a whole number from 1 to 65535"]],
    [["-p", " 80"], ["-p ' 80': it must be a whole number from 1 to 65535"]],
    [["-u", "-5"], ["-u -5: it must be a whole number from 1 to 86400 (seconds)"]],
    [["-u", "10m"], ["-u 10m: it must be a whole number from 1 to 86400 (seconds)"]],
    [["-u", "86401"], ["-u 86401: it must be a whole number from 1 to 86400 (seconds)"]],
    [["-u=60"], ["-u=60: write -u 60 or --update=60"]],
    [["-H", "0"], ["-H 0: it must be a whole number from 1 to 100000"]],
    [
      ["-H", "9".repeat(400)],
      [`-H ${"9".repeat(59)}…: it must be a whole number from 1 to 100000`],
    ],
    [["-S", "a\nb"], ["-S 'a\\nb': a signature must not contain a control character"]],
    [["-S", "a\u2028b"], ["-S 'a\\u{2028}b': a signature must not contain a control character"]],
    [["-S", "a\x1b[2Jb"], ["-S 'a\\x1b[2Jb': a signature must not contain a control character"]],
    [
      ["-S", "a b", "--key-file", "/k"],
      [
        "-S 'a b': it has a space, so only protocol 1 (that of 2005) is spoken, which no key " +
          "can seal; choose another, or give no key",
      ],
    ],
    [
      ["-S", "x".repeat(201)],
      [`-S ${"x".repeat(59)}…: a signature must not be longer than 200 bytes`],
    ],
    [
      ["--name", "a b"],
      ["--name='a b': a machine's name must not contain a space or a control character"],
    ],
    [
      ["--tag", "x".repeat(65)],
      [`--tag=${"x".repeat(59)}…: a tag must not be longer than 64 characters`],
    ],
    [Array.from({ length: 17 }, (_, index) => `--tag=t${index}`), ["more than 16 tags"]],
    [["-U", "nobody1"], ["-U nobody1: /etc/passwd has no such user; create it or leave -U out"]],
    [["-U", "una"], ["-U una: /etc/passwd has no such user; create it or leave -U out"]],
    [["-U", "a:x"], ["-U a:x: that cannot be the name of a user"]],
    [
      ["--bind", "eth0"],
      ["--bind=eth0: it must be one address of this machine, as in 192.168.1.7 or fd00::7"],
    ],
    [
      ["--bind", "224.0.0.1"],
      ["--bind=224.0.0.1: a multicast or broadcast address cannot be bound"],
    ],
    [
      ["--http-name", "a:80"],
      [
        "--http-name=a:80: a host name has only letters, digits, dots and hyphens; leave out http:// and the port",
      ],
    ],
    [["-c", "/none.toml"], ["-c /none.toml: there is no such file"]],
    [["-x"], ["unknown option -x"]],
    [["-?"], ["unknown option -?; help is --help"]],
    [["-P", "80"], ["unknown option -P; -p is --p2p-port"]],
    [["--updte", "5"], ["unknown option --updte; did you mean --update?"]],
    [["--updte=5"], ["unknown option --updte; did you mean --update?"]],
    [["--p2p_allow", "lan"], ["unknown option --p2p_allow; did you mean --p2p-allow?"]],
    [["--verison"], ["unknown option --verison; did you mean --version?"]],
    [["--frobnicate"], ["unknown option --frobnicate"]],
    [
      ["--key-file", ""],
      [
        "--key-file needs a key file, as in --key-file /etc/unagi/key; `unagi keygen FILE` makes one",
      ],
    ],
    [["--messages"], ["--messages is a key of the configuration file only"]],
    [["--debug=2"], ["--debug takes no value; give it again for more, as in -dd"]],
    [
      ["-d", "600"],
      ["unexpected word '600': every value belongs to an option, as in -s 192.168.1."],
    ],
    [["--", "-d"], ["unexpected word '-d': every value belongs to an option, as in -s 192.168.1."]],
    [["--\x1b[31m"], ["unknown option --\\x1b[31m"]],
    [
      ["-s", "10.1.0.0/16", "-s", "10.2.0.1-3"],
      [
        "-s (scan): 10.1.0.0/16 is 65,534, 10.2.0.1-3 is 3: together 65,537 addresses, and a " +
          "scan covers at most 65,536; name only the parts where machines are",
      ],
    ],
    [
      ["-n", "10.1.0.0/16", "-n", "10.2.0.1-3"],
      [
        "-n, which is also scanned if there is no -s: 10.1.0.0/16 is 65,534, 10.2.0.1-3 is 3: " +
          "together 65,537 addresses, and a scan covers at most 65,536; name only the parts " +
          "where machines are",
      ],
    ],
    [Array.from({ length: 1_001 }, () => "-d"), ["more than 1000 words on the command line"]],
  ];
  for (const [argv, expected] of cases) {
    test(`is named: ${JSON.stringify(argv).slice(0, 60)}`, () => {
      expect(problemsOf(argv)).toEqual([...expected]);
    });
  }

  test("is named together with all others, those of the file included", () => {
    const argv = [
      "-p",
      "0",
      "-h",
      "-d",
      "-s",
      "192.168.1",
      "--scam",
      "-S",
      "a\u200b",
      "-c",
      "/x.toml",
    ];
    const loaded = load(argv, { "/x.toml": 'update = "often"\nhistroy = 3\nhttp-port = 0\n' });
    expect(loaded).toEqual({
      kind: "problems",
      problems: [
        "-h needs a TCP port, as in -h 8000: it is the HTTP port; help is --help",
        "unknown option --scam; did you mean --scan?",
        "/x.toml, line 1: update must be a number, without quotes",
        "/x.toml, line 2: unknown key 'histroy'; did you mean history?",
        "/x.toml, line 3: http-port = 0: it must be a whole number from 1 to 65535",
        "-p 0: it must be a whole number from 1 to 65535",
        "-s 192.168.1: write 192.168.1. with the dot at the end",
        "-S 'a\\u{200b}': a signature must not contain a control character",
      ],
    });
  });

  test("in a range is named once, and not again for the ranges that depend on it", () => {
    expect(problemsOf(["-s", "nonsense", "-n", "192.168.1."])).toHaveLength(1);
  });

  test("does not lie in a signature that the program of 2005 takes: there is a note instead", () => {
    for (const [signature, reason] of [
      ["a b", "has a space"],
      ["a\u00a0b", "has a space"],
      ...["?", "!", ">", "<", "#"].map((mark) => [`lab${mark}`, "ends in one of ? ! > < #"]),
    ] as const) {
      const loaded = load(["-S", signature ?? ""]);
      expect(loaded).toMatchObject({ config: { signature, isProtocol1Only: true } });
      expect(loaded.kind === "config" && loaded.notes).toEqual([
        expect.stringContaining(`it ${reason}, so only protocol 1 (that of 2005) is spoken`),
      ]);
    }
    expect(configOf(["-S", "a!b"]).isProtocol1Only).toBe(false);
  });

  test("of any kind gives a problem in printable text", () => {
    const known = COMMAND_LINE_OPTIONS.flatMap(({ long, short }) => [`--${long}`, `-${short}`]);
    const word = fc.oneof(
      fc.constantFrom(...known, "lan", "600", "10.1.", "--", "-"),
      fc.string({ unit: "binary", maxLength: 12 }),
      fc.string({ unit: fc.constantFrom(..."-dhsunac=0. "), maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 8 }), (argv) => {
        const loaded = load(argv);
        if (loaded.kind !== "problems") return;
        expect(loaded.problems.length).toBeGreaterThan(0);
        for (const problem of loaded.problems) expect(problem).toMatch(/^[^\p{C}]{5,}$/u);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe("the configuration file", () => {
  test("takes every long name but those that only the command line has", () => {
    const toml = `
scan = ["192.168.1.", "lan"]
p2p-allow = ["192.168.", "lan"]
signature = "render-corner"
p2p-port = 10081
http-port = 8001
http-allow = "lan"
http-name = ["cluster.example.org"]
key-file = ["/srv/new.key", "/srv/old.key"]
name = "atlas"
tag = ["gpu", "rack-2"]
update = 60
history = 10
state = "/srv/unagi"
user = "unagi"
bind = "192.168.1.7"
debug = 2
messages = false
max-peers = 100
`;
    expect(plain(configOf([], toml))).toEqual({
      ...DEFAULTS,
      debug: 2,
      updateSeconds: 60,
      p2pPort: 10081,
      httpPort: 8001,
      scan: "192.168.1. lan",
      p2pAllow: "192.168. lan",
      httpAllow: "lan",
      signature: "render-corner",
      historyEntries: 10,
      tags: ["gpu", "rack-2"],
      keyFiles: ["/srv/new.key", "/srv/old.key"],
      httpNames: ["cluster.example.org"],
      messages: false,
      maxPeers: 100,
      user: "unagi",
      bind: "192.168.1.7",
      name: "atlas",
      stateDirectory: "/srv/unagi",
      file: DEFAULT_CONFIG_FILE,
    });
    for (const { long, where } of OPTIONS) {
      if (where !== "command-line") expect(toml).toContain(`\n${long} = `);
    }
  });

  test("yields to the command line, whose lists replace those of the file", () => {
    const toml = 'update = 60\nscan = ["10.1.1.", "10.1.2."]\nhttp-allow = ["lan"]\ndebug = 2\n';
    const config = plain(configOf(["-u", "30", "-s", "10.1.3.", "-d"], toml));
    expect(config).toMatchObject({
      updateSeconds: 30,
      scan: "10.1.3.",
      p2pAllow: "10.1.3.",
      httpAllow: "lan",
      debug: 1,
    });
  });

  test("may give an empty list, which replaces the default", () => {
    expect(plain(configOf([], "scan = []\np2p-allow = ['10.1.']")).scan).toBe("");
    expect(plain(configOf([], "http-allow = []")).httpAllow).toBe("");
  });

  const problems: readonly (readonly [string, readonly string[]])[] = [
    ["update = = 3", [", line 1: not TOML: Expected a value but found '='"]],
    [
      "# one\n\nupdate = 3\nname = x\nuser = 'y'\n",
      [', line 4: not TOML: Strings must be quoted: "x"'],
    ],
    [
      "scan = [\n 'lan',\n 'lan'\n]\nupdate = \n",
      [", line 5: not TOML: Missing value after '='; values must be on the same line"],
    ],
    [
      "scan = [\n 'lan',\n 'lan'\n",
      [", line 1: not TOML: Expected ',' or ']' in an array but found end of file"],
    ],
    ["p2p-prot = 10080", [", line 1: unknown key 'p2p-prot'; did you mean p2p-port?"]],
    ["p2p_port = 10080", [", line 1: unknown key 'p2p_port'; did you mean p2p-port?"]],
    ["color = true", [", line 1: unknown key 'color'; the keys are the long option names"]],
    ["config = '/x'", [", line 1: unknown key 'config'; the keys are the long option names"]],
    ["key-file = 1", [", line 1: key-file must be a list of text in quotes"]],
    [
      "[network]\nscan = ['lan']",
      [", line 1: unknown key 'network'; the keys are the long option names"],
    ],
    ["__proto__ = 1", [", line 1: unknown key '__proto__'; the keys are the long option names"]],
    ["\n\nupdate = '60'", [", line 3: update must be a number, without quotes"]],
    [
      "update = 1.5",
      [", line 1: update = 1.5: it must be a whole number from 1 to 86400 (seconds)"],
    ],
    [
      "update = inf",
      [", line 1: update = Infinity: it must be a whole number from 1 to 86400 (seconds)"],
    ],
    ["debug = 3", [", line 1: debug = 3: it must be a whole number from 0 to 2"]],
    ["messages = 'no'", [", line 1: messages must be true or false, without quotes"]],
    ["name = 3", [', line 1: name must be text in quotes, as in name = "…"']],
    ["name = ['a']", [', line 1: name must be text in quotes, as in name = "…"']],
    ["scan = [1]", [', line 1: scan must be a list of text in quotes, as in scan = ["…", "…"]']],
    ["scan = 10", [', line 1: scan must be a list of text in quotes, as in scan = ["…", "…"]']],
    ["scan = ['lan', 'LAN']", [", line 1: scan = 'LAN': the words are lan and lan+wireless"]],
    ["max-peers = 5000", [", line 1: max-peers = 5000: it must be a whole number from 1 to 4096"]],
    ["signature = ''", [", line 1: signature = '': a signature must not be empty"]],
    ["\0\x01\xff", [", line 1: not TOML: "]],
    [`name = "${"ö".repeat(40_000)}"`, [": larger than 64 KiB; is it the right file?"]],
  ];
  for (const [toml, expected] of problems) {
    test(`is refused if it says ${JSON.stringify(toml).slice(0, 50)}`, () => {
      const found = problemsOf(["-c", "/x.toml"], { "/x.toml": toml });
      expect(found).toHaveLength(expected.length);
      for (const [index, text] of expected.entries()) {
        expect(found[index]).toStartWith(`/x.toml${text}`);
      }
    });
  }

  test("must be readable if it is named with -c, and need not be if it is the default one", () => {
    const locked: Files = {
      "/x.toml": { kind: "unreadable", reason: "permission denied" },
      [DEFAULT_CONFIG_FILE]: { kind: "unreadable", reason: "permission denied" },
    };
    expect(problemsOf(["-c", "/x.toml"], locked)).toEqual(["-c /x.toml: permission denied"]);
    const loaded = load([], locked);
    expect(loaded.kind === "config" && [loaded.config.file, loaded.notes]).toEqual([
      undefined,
      ["/etc/unagi/unagi.toml is not used: permission denied"],
    ]);
  });

  test("is not read with -c /dev/null", () => {
    const loaded = load(["-c", "/dev/null"], { [DEFAULT_CONFIG_FILE]: "update = 5" });
    expect(loaded.kind === "config" && loaded.config.updateSeconds).toBe(600);
  });
});

describe("$STATE_DIRECTORY", () => {
  const cases: readonly (readonly [string, string, string | undefined])[] = [
    ["", "/var/lib/unagi", "/var/lib/unagi"],
    ["", "/var/lib/unagi:/var/lib/other", "/var/lib/unagi"],
    ["", "", undefined],
    ["--state /srv", "/var/lib/unagi", "/srv"],
  ];
  for (const [line, value, expected] of cases) {
    test(`of "${value}" gives "unagi ${line}" the directory ${expected}`, () => {
      const argv = line.split(" ").filter((word) => word !== "");
      expect(configOf(argv, undefined, { STATE_DIRECTORY: value }).stateDirectory).toBe(expected);
    });
  }
});

describe("$CREDENTIALS_DIRECTORY", () => {
  const KEY = { "/run/c/key": "" };
  const OTHER = { "/run/c/other-key": "" };
  const GIVEN: Files = { [DEFAULT_CONFIG_FILE]: 'key-file = "/etc/key"\n' };
  const cases: readonly (readonly [string, string, Files, readonly string[]])[] = [
    ["gives the key that is in it", "", KEY, ["/run/c/key"]],
    ["gives the other key too", "", { ...OTHER, ...KEY }, ["/run/c/key", "/run/c/other-key"]],
    [
      "gives a key that cannot be read",
      "",
      { "/run/c/key": { kind: "unreadable", reason: "" } },
      ["/run/c/key"],
    ],
    ["gives no key that is not in it", "", {}, []],
    ["yields to the command line", "--key-file /a", KEY, ["/a"]],
    ["yields to the file", "", { ...KEY, ...GIVEN }, ["/etc/key"]],
    [
      "yields to an empty list in the file",
      "",
      { ...KEY, [DEFAULT_CONFIG_FILE]: "key-file = []" },
      [],
    ],
  ];
  test.each(cases)("%s", (_, line, files, expected) => {
    const argv = line.split(" ").filter((word) => word !== "");
    const loaded = load(argv, files, { CREDENTIALS_DIRECTORY: "/run/c" });
    expect(loaded).toMatchObject({ config: { keyFiles: [...expected] } });
    expect(load(argv, files, { CREDENTIALS_DIRECTORY: "" }).kind).toBe("config");
  });
});

describe("readText", () => {
  const folder = mkdtempSync(join(tmpdir(), "unagi-config-"));
  afterAll(() => rmSync(folder, { recursive: true }));

  test("gives the text of a file, and one byte more than the cap of an endless one", () => {
    writeFileSync(join(folder, "a"), "update = 5\n");
    expect(readText(join(folder, "a"), 100)).toEqual({ kind: "text", text: "update = 5\n" });
    const endless = readText("/dev/zero", 1_000);
    expect(endless.kind === "text" && endless.text.length).toBe(1_001);
  });

  test("says why a file cannot be read", () => {
    expect(readText(join(folder, "none"), 100)).toEqual({ kind: "absent" });
    expect(readText(folder, 100)).toEqual({ kind: "unreadable", reason: "it is a directory" });
    expect(readText(join(folder, "a/b"), 100)).toEqual({
      kind: "unreadable",
      reason: "a part of the path is not a directory",
    });
  });
});
