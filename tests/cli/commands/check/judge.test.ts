/** What `unagi check` says about each kind of fact. */
import { describe, expect, test } from "bun:test";
import type { CheckFacts, PortState } from "../../../../src/cli/commands/check/facts.ts";
import { judge } from "../../../../src/cli/commands/check/judge.ts";
import { configOf, WELL, withCluster } from "./facts.ts";

/** Each finding as `verdict subject: text -> remedy`. */
function lines(facts: CheckFacts): readonly string[] {
  return judge(facts).map(({ verdict, subject, text, remedy }) => {
    return `${verdict} ${subject}: ${text}${remedy === undefined ? "" : ` -> ${remedy}`}`;
  });
}

/** The lines that differ from those of the machine on which all is well. */
function news(facts: CheckFacts): readonly string[] {
  const usual = new Set(lines(WELL));
  return lines(facts).filter((line) => !usual.has(line));
}

function withPort(state: PortState, index = 0): CheckFacts {
  const ports = WELL.ports.map((port, at) => (at === index ? { ...port, state } : port));
  return { ...WELL, ports };
}

function withNetworks(networks: Partial<CheckFacts["networks"]>): CheckFacts {
  return { ...WELL, networks: { ...WELL.networks, ...networks } };
}

describe("a machine on which all is well", () => {
  test("gets an ok for each subject", () => {
    expect(lines(WELL)).toEqual([
      "ok configuration: no file is read",
      "ok network: signature 'lab', without a key",
      "ok UDP port: 10080 is free; no unagi holds it",
      "ok TCP port: 8000 is free; no unagi holds it",
      "ok lan: stands for 192.168.1.0/24; the configuration does not use it; " +
        "left out: docker0 (a bridge without a hardware port)",
      "ok scan: 192.168.1.: 254 addresses",
      "ok p2p-allow: 192.168.1., with this machine's 192.168.1.7 (eth0)",
      "ok http-allow: browsers on this machine alone may see the page (-a lets others in)",
      "ok neighbours: the kernel's table has room for 1024 (gc_thresh3); " +
        "a scan asks 253 addresses on this wire",
      "ok others: no unagi answers here; asked 253 addresses: 192.168.1.9 answered",
      "ok messages: /var/log/syslog can be read",
    ]);
  });

  test("gets an ok for the unagi that runs on it", () => {
    expect(news(withCluster([{}, { clockOffsetSeconds: 0.4 }]))).toEqual([
      "ok UDP port: 10080 is held by the unagi that runs here (process 42)",
      "ok TCP port: 8000 is held by the unagi that runs here (process 42)",
      "ok others: 2 of 2 other machines up",
      "ok clock: at most 2 s apart from the other machine",
      "ok messages: the unagi that runs here reads them without trouble",
    ]);
  });
});

const { asked: _, ...UNASKED } = WELL;
const ALLOWED = { address: "192.168.1.7", interfaceName: "eth0", isAllowed: true, isScanned: true };
const ON_ANOTHER =
  "on another machine: does unagi run, with -S lab, -p 10080 and the same key or none; " +
  "whether its -n holds 192.168.1.7; and does its firewall let UDP port 10080 in";

const CASES: readonly (readonly [string, CheckFacts, readonly (string | RegExp)[]])[] = [
  [
    "a file that is read",
    { ...WELL, config: { ...WELL.config, file: "/etc/unagi/unagi.toml" } },
    ["ok configuration: /etc/unagi/unagi.toml can be used"],
  ],
  [
    "a note about the configuration",
    { ...WELL, notes: ["/etc/unagi/unagi.toml is not used: permission denied"] },
    [/^look configuration: \/etc\/unagi\/unagi.toml is not used: permission denied -> /],
  ],
  [
    "the shipped signature where others may join",
    { ...WELL, config: configOf("-s", "192.168.1.") },
    [/^look network: signature 'localhost', .* no key: whoever .* -> choose .*-S/],
  ],
  [
    "the shipped signature with a key",
    { ...WELL, config: { ...configOf("-s", "192.168.1."), keyFiles: ["/k"] }, keyCount: 1 },
    ["ok network: signature 'localhost', sealed with a key"],
  ],
  [
    "a key that is being changed",
    { ...WELL, config: { ...WELL.config, keyFiles: ["/k", "/l"] }, keyCount: 2 },
    ["ok network: signature 'lab', sealed with a key; 2 keys are taken"],
  ],
  ["a credential that is empty", { ...WELL, config: { ...WELL.config, keyFiles: [] } }, []],
  [
    "a service with a key that the check does not know of",
    { ...WELL, hasServiceKey: true },
    [/^look key: the service has a key, .* -> check with --key-file \/etc\/unagi\/key, as root$/],
  ],
  [
    "a running unagi with a key that the check was not given",
    { ...withCluster([{}], { isSealed: true }), hasServiceKey: true },
    ["ok network: signature 'lab', sealed with a key", /UDP/, /TCP/, /others/, /mess/],
  ],
  [
    "a running unagi without the key of the configuration",
    { ...withCluster([{}]), config: { ...WELL.config, keyFiles: ["/k"] }, keyCount: 1 },
    [
      "ok network: signature 'lab', sealed with a key",
      "look key: the unagi that runs here was started without a key -> restart it, with the key",
      ...[/UDP/, /TCP/, /others/, /mess/],
    ],
  ],
  [
    "a key that cannot be used",
    { ...UNASKED, config: { ...WELL.config, keyFiles: ["/k"] }, keyProblems: ["/k is empty"] },
    [/^ok network: .*sealed/, /^wrong key: \/k is empty -> /, /^look others/],
  ],
  [
    "a key that only the running unagi can read",
    { ...withCluster([{}]), keyProblems: ["/k may not be read"] },
    [/^look key: \/k may not be read -> run the check as the user/, /UDP/, /TCP/, /others/, /mess/],
  ],
  [
    "a port held by another program",
    withPort({ kind: "held", holder: { pid: 7, command: "nginx", isUnagi: false } }, 1),
    [
      "wrong TCP port: 8000 is held by nginx (process 7) -> stop that, or choose another port with -h",
    ],
  ],
  [
    "a port held by a unagi that was started with --bind although the check was not",
    withPort({ kind: "held", holder: { pid: 7, command: "unagi", isUnagi: true } }, 1),
    [
      "look TCP port: 8000 is held by a unagi (process 7), which does not answer where it was asked -> give the check the options that it was started with (--bind, -h, -c)",
    ],
  ],
  [
    "the UDP port held by a unagi although none answers",
    withPort({ kind: "held", holder: { pid: 7, command: "unagi", isUnagi: true } }),
    [/^look UDP port: 10080 is held by a unagi .* \(--bind, -p, -c\)$/],
  ],
  [
    "a port whose holder cannot be seen",
    withPort({ kind: "held" }),
    [
      /^wrong UDP port: 10080 is held by another user's process.* -> run the check as root, or .* -p/,
    ],
  ],
  [
    "a port whose holder cannot be seen where a unagi answers",
    { ...withCluster([{}]), ports: withPort({ kind: "held" }).ports.slice(0, 1) },
    [/^ok UDP port: 10080 is held, as it seems by the unagi/, /others/, /messages/],
  ],
  [
    "a free port although a unagi answers",
    { ...withCluster([{}]), ports: WELL.ports.slice(0, 1) },
    [
      /^look UDP port: 10080 is free, although a unagi answers here.* -> compare -p with what/,
      /others/,
      /messages/,
    ],
  ],
  [
    "a port that only root may open",
    withPort({ kind: "refused", code: "EACCES" }),
    [/^wrong UDP port: 10080 may not be opened by this user -> choose a port from 1024 on with -p/],
  ],
  [
    "an address of --bind that this machine does not have",
    withPort({ kind: "refused", code: "EADDRNOTAVAIL" }),
    [/^wrong UDP port: .*no interface has the address of --bind -> `ip address`/],
  ],
  [
    "another program on the HTTP port",
    { ...UNASKED, running: { kind: "other", reason: "it answers 404" } },
    [/^wrong page: TCP 8000 is answered, but not as by a unagi: it answers 404 -> /],
  ],
  [
    "a unagi that does not answer this machine",
    { ...UNASKED, running: { kind: "refused" } },
    [/^look page: the unagi that runs here does not answer this machine -> .*http-allow \(-a\)/],
  ],
  [
    "a `lan` that stands for nothing",
    {
      ...withNetworks({
        unmatched: [
          "'lan' in scan matches no private IPv4 network of this machine; name the range instead",
        ],
        scanSize: 0,
        onLinkScanSize: 0,
      }),
      config: configOf("-s", "lan", "-S", "lab"),
      asked: { askedCount: 0, ofCount: 0, answered: [] },
    },
    [
      /^ok lan: stands for 192.168.1.0\/24; left out/,
      "wrong lan: 'lan' in scan matches no private IPv4 network of this machine -> name the range instead",
      /^ok p2p-allow: lan, with/,
    ],
  ],
  [
    "a configuration of loopback addresses only",
    {
      ...withNetworks({ scanSize: 1, onLinkScanSize: 0 }),
      config: configOf("-S", "lab"),
      asked: { askedCount: 0, ofCount: 0, answered: [] },
    },
    [
      /^look ranges: this machine speaks to no other: .* -> name your network with -s, as in -s lan/,
      "ok others: no unagi answers here, and none is looked for elsewhere",
    ],
  ],
  [
    "a configuration of loopback addresses written as IPv6",
    {
      ...withNetworks({ scanSize: 1, onLinkScanSize: 0 }),
      config: configOf("-S", "lab", "-s", "::ffff:127.0.0.1"),
      asked: { askedCount: 0, ofCount: 0, answered: [] },
    },
    [
      /^look ranges: this machine speaks to no other: /,
      "ok others: no unagi answers here, and none is looked for elsewhere",
    ],
  ],
  [
    "an allow list that only begins like loopback",
    { ...WELL, config: configOf("-S", "lab", "-n", "127.0.0.0/7", "-s", "127.0.0.1") },
    [/^ok scan: 127\.0\.0\.1: /, /^ok p2p-allow: 127\.0\.0\.0\/7, with /],
  ],
  [
    "browsers whose addresses only begin like loopback",
    { ...WELL, config: configOf("-S", "lab", "-s", "192.168.1.", "-a", "::1:0/112") },
    [/^ok http-allow: ::1:0\/112 and this machine may see the page$/],
  ],
  [
    "a machine with loopback addresses only",
    withNetworks({ ownAddresses: [] }),
    [/^wrong p2p-allow: this machine has no address but loopback ones -> /],
  ],
  [
    "ranges of another network",
    withNetworks({ ownAddresses: [{ ...ALLOWED, isAllowed: false, isScanned: false }] }),
    [
      /^wrong p2p-allow: 192.168.1. holds none of this machine's addresses \(192.168.1.7 \(eth0\)\)/,
    ],
  ],
  [
    "a scan that leaves this machine out",
    withNetworks({ ownAddresses: [{ ...ALLOWED, isScanned: false }] }),
    [/^look p2p-allow: 192.168.1. holds 192.168.1.7 \(eth0\), but the scan range does not/],
  ],
  [
    "browsers on other machines",
    { ...WELL, config: configOf("-s", "192.168.1.", "-S", "lab", "-a", "192.168.1.") },
    ["ok http-allow: 192.168.1. and this machine may see the page"],
  ],
  [
    "a scan larger than the kernel's table",
    withNetworks({ onLinkScanSize: 4_094 }),
    [
      /^look neighbours: .*1024 .* a scan asks 4,094 addresses .* -> sysctl -w net.*gc_thresh3=8192$/,
    ],
  ],
  [
    "more machines than the kernel's table holds",
    { ...withCluster(Array.from({ length: 800 }, () => ({}))) },
    [
      /UDP/,
      /TCP/,
      /^wrong neighbours: .*801 machines are known -> sysctl -w .*=2048$/,
      /oth/,
      /mess/,
    ],
  ],
  [
    "a part of the range that was asked and did not answer",
    { ...WELL, asked: { askedCount: 300, ofCount: 1_021, answered: [] } },
    [
      "look others: no unagi answers here; asked 300 of 1,021 addresses: none answered -> " +
        ON_ANOTHER,
    ],
  ],
  [
    "a range of this machine alone",
    { ...WELL, asked: { askedCount: 0, ofCount: 0, answered: [] } },
    [/^look others: the scan range holds no other address to ask -> /],
  ],
  [
    "a range that could not be asked",
    { ...WELL, asked: { askedCount: 0, ofCount: 9, answered: [], problem: "no socket" } },
    [/^look others: no socket -> /],
  ],
  [
    "a sealed unagi that hears a program of 2005",
    withCluster([{}], { isSealed: true, unsealedSenders: ["192.168.1.30"] }),
    [
      "ok network: signature 'lab', sealed with a key",
      ...[/UDP/, /TCP/, /others: 1 of 1/],
      "look others: 192.168.1.30 sends unsealed packets, which are dropped: a program of 2005 cannot " +
        "be sealed -> run unagi there, with the key of this network, or run the network without a key",
      /messages/,
    ],
  ],
  [
    "a machine whose reports cannot be read",
    withCluster([{ name: "old1", refusal: "not four lines" }]),
    [
      ...[/UDP/, /TCP/, /others: 1 of 1/],
      "look others: reports that cannot be read come from old1 (not four lines) -> mend the program " +
        "there; unagi -dd shows what it sends",
      /messages/,
    ],
  ],
  [
    "a unagi that knows no other machine",
    withCluster([], { candidates: 3 }),
    [
      /UDP/,
      /TCP/,
      "look others: no other machine has answered so far; 3 addresses were heard of, but did not " +
        `answer -> ${ON_ANOTHER}`,
      /messages/,
    ],
  ],
  [
    "machines that are down, with names that would harm a terminal",
    withCluster([{}, { name: "\x1b[2Jbad", state: "down", lastHeardSeconds: 7_300 }]),
    [
      /UDP/,
      /TCP/,
      "look others: 1 down of 2 other machines: \\x1b[2Jbad down for 2 h -> look whether " +
        "\\x1b[2Jbad has power and network, and there at: systemctl status unagi; one that will " +
        "not come back: unagi forget NAME",
      /messages/,
    ],
  ],
  [
    "machines that are down, silent or stopped",
    withCluster([
      {},
      { state: "silent", lastHeardSeconds: 20 },
      { state: "down" },
      { state: "stopped" },
    ]),
    [
      /UDP/,
      /TCP/,
      /^look .*: 1 down, 1 silent, 1 stopped of 4 .*: m3 silent for 20 s, m4 down, m5 stopped -> .*each/,
      /mess/,
    ],
  ],
  [
    "a machine that was stopped on purpose",
    withCluster([{}, { state: "stopped", lastHeardSeconds: 7_300 }]),
    [/UDP/, /TCP/, "ok others: 1 stopped of 2 other machines: m3 stopped for 2 h", /mess/],
  ],
  [
    "machines that are all down",
    withCluster([{ state: "down" }, { state: "silent", lastHeardSeconds: 20 }]),
    [
      /UDP/,
      /TCP/,
      /^wrong others: none is up; 1 down, 1 silent of 2 .*: m2 down, m3 silent for 20 s -> on/,
      /mess/,
    ],
  ],
  [
    "a daemon of another network",
    withCluster([{}], { network: "old lab" }),
    [/UDP/, /TCP/, /^look network: .*in network old lab, not in the configured lab/, /oth/, /mess/],
  ],
  [
    "the wrong clock of another machine",
    withCluster([
      { clockOffsetSeconds: -14 },
      { clockOffsetSeconds: 0 },
      { clockOffsetSeconds: 1 },
    ]),
    [/UDP/, /TCP/, /others/, /^look clock: m2 is 14 s behind us -> .*timedatectl/, /messages/],
  ],
  [
    "the wrong clock of this machine",
    withCluster([
      { clockOffsetSeconds: 300 },
      { clockOffsetSeconds: 301 },
      { clockOffsetSeconds: 299 },
    ]),
    [
      /UDP/,
      /TCP/,
      /others/,
      /^look clock: most others' clocks are 5 min ahead of this one -> /,
      /m/,
    ],
  ],
  [
    "messages that may not be read",
    {
      ...WELL,
      messages: {
        kind: "unreadable",
        source: "/var/log/syslog",
        reason: "permission denied on /var/log/syslog",
        remedy: "add the user to group adm",
      },
    },
    ["look messages: permission denied on /var/log/syslog -> add the user to group adm"],
  ],
  [
    "a machine without messages",
    { ...WELL, messages: { kind: "none" } },
    [/^look messages: there is no .* and no journal -> start a system logger, or set messages/],
  ],
  [
    "messages that are switched off",
    { ...WELL, messages: { kind: "off" } },
    ["ok messages: switched off (messages = false)"],
  ],
  [
    "messages that root can read",
    { ...WELL, isRoot: true },
    [/^look messages: \/var\/log\/syslog can be read, by root -> run the check as the user/],
  ],
  [
    "files that the running unagi could not read",
    withCluster([{}], {
      problems: [
        { subject: "messages", reason: "permission denied on the journal", remedy: "do this" },
        { subject: "users", reason: "no utmp" },
      ],
    }),
    [
      ...[/UDP/, /TCP/, /others/],
      "look messages: permission denied on the journal -> do this",
      "look users: no utmp -> the machine's page shows it too",
    ],
  ],
  [
    "a user that root could not become",
    { ...WELL, userProblem: "-U unagi: no such user" },
    [/^wrong user: -U unagi: no such user -> /],
  ],
  [
    "a container, in which the neighbour table cannot be seen",
    { ...WELL, neighbourLimit: undefined } as unknown as CheckFacts,
    [],
  ],
];

describe("unagi check", () => {
  test.each(CASES)("judges %s", (_name, facts, expected) => {
    const found = news(facts);
    expect(found.length, found.join("\n")).toBe(expected.length);
    for (const [index, pattern] of expected.entries()) {
      if (typeof pattern === "string") expect(found[index]).toBe(pattern);
      else expect(found[index]).toMatch(pattern);
    }
  });

  test("has a remedy for every finding that is not ok, and none for the others", () => {
    for (const [, facts] of CASES) {
      for (const { verdict, remedy } of judge(facts)) {
        expect(remedy === undefined).toBe(verdict === "ok");
      }
    }
  });
});
