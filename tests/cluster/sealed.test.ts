/** A core with a key: what it sends, and which sealed packets of other machines it believes. */
import { describe, expect, test } from "bun:test";
import type { Envelope } from "../../src/sealing/envelope.ts";
import { createEnvelope } from "../../src/sealing/envelope.ts";
import {
  answerText,
  Bench,
  type BenchOptions,
  knownMachine,
  PORT,
  v1Report,
} from "./core-harness.ts";

const SELF = { id: "00000000000000aa", incarnation: "b0000000000000aa", name: "me" };
const ANN = { id: "00000000000000a1", incarnation: "b000000000000001" };
const ANN_AGAIN = { ...ANN, incarnation: "b000000000000009" };
const BOB = { id: "00000000000000b1", incarnation: "b000000000000002" };
const ANN_AT = "10.0.0.2";
const BOB_AT = "10.0.0.3";

let drawn = 0;

function envelope(who: { id: string; incarnation: string }, keys = [1]): Envelope {
  return createEnvelope({
    ...{ id: who.id, incarnation: who.incarnation, signature: "lab" },
    secrets: keys.map((key) => Buffer.alloc(32, key)),
    randomBytes: (count) => Buffer.alloc(count).fill(`${++drawn}`),
  });
}

/** A bench for a machine with a key, with the envelopes of two others. */
class SealedBench extends Bench {
  readonly #friends = new Map([
    [ANN_AT, envelope(ANN)],
    [BOB_AT, envelope(BOB)],
  ]);
  #read = 0;

  constructor(options: BenchOptions = {}) {
    super({ self: SELF, envelope: envelope(SELF), ...options });
  }

  friend(address: string): Envelope {
    const friend = this.#friends.get(address);
    if (friend === undefined) throw new Error(`nobody at ${address}`);
    return friend;
  }

  override clear(): void {
    super.clear();
    this.#read = 0;
  }

  /** The messages sent to a friend since the last call, opened and without the signature. */
  opened(address: string): string[] {
    const packets = this.sent.slice(this.#read).filter(({ to }) => to === address);
    this.#read = this.sent.length;
    return packets.map(({ text }) => {
      const opened = this.friend(address).open(Buffer.from(`lab${text}`, "latin1"));
      if (!opened.ok) throw new Error(opened.reason);
      expect({ id: opened.id, incarnation: opened.incarnation }).toEqual({
        id: SELF.id,
        incarnation: SELF.incarnation,
      });
      return Buffer.from(opened.message).toString("latin1").slice(3);
    });
  }

  packet(bytes: Uint8Array, from: string): void {
    this.take(this.cluster.receive({ address: from, port: PORT }, bytes, this.now()));
  }

  /** Receives a message from a friend's address, sealed by the friend or by another envelope. */
  hear(from: string, text: string, by: Envelope = this.friend(from)): Uint8Array {
    const packet = by.seal(Buffer.from(`lab${text}`, "latin1"));
    this.packet(packet, from);
    return packet;
  }

  /** Makes a machine known: it sends a packet, is asked, and answers. */
  befriend(from: string, who: { id: string; incarnation: string }): void {
    this.hear(from, "?");
    this.run(100);
    this.hear(from, answerText(this.#asked(from), who));
  }

  #asked(from: string): number {
    const [text = ""] = this.opened(from).filter((one) => one.startsWith(">{"));
    return JSON.parse(text.slice(1)).question;
  }
}

function states(bench: Bench): string[] {
  return bench.others().map(({ id, state }) => `${id} ${state}`);
}

const UP = [`${ANN.id} up`];

describe("in a sealed network,", () => {
  test("everything is sent sealed, and a bare request is never sent", () => {
    const bench = new SealedBench({ scan: [ANN_AT, BOB_AT] });
    bench.publish();
    bench.hear(ANN_AT, "?");
    bench.run(40_000);
    const texts = bench.opened(ANN_AT);
    expect(texts).toContain("!");
    expect(texts).toContain("?");
    expect(texts.filter((text) => text.startsWith(">{")).length).toBeGreaterThan(4);
    expect(texts).not.toContain(">");
    expect(bench.sent.every(({ text }) => text.startsWith("#"))).toBe(true);
  });

  test("machines with the same key discover each other", () => {
    const bench = new SealedBench();
    bench.publish();
    bench.befriend(ANN_AT, ANN);
    expect(states(bench)).toEqual(UP);
    bench.befriend(BOB_AT, BOB);
    bench.opened(ANN_AT);
    bench.hear(ANN_AT, "?");
    // The list may have IPv6 addresses, because all machines of a sealed network speak protocol 2.
    expect(bench.opened(ANN_AT)).toEqual([`!${ANN_AT} ${BOB_AT}`]);
  });

  test("goodbyes are sealed", () => {
    const bench = new SealedBench();
    bench.befriend(ANN_AT, ANN);
    bench.take(bench.cluster.leave(bench.now()));
    const { id, incarnation } = SELF;
    expect(bench.opened(ANN_AT)).toContain(
      `<${JSON.stringify({ bye: { id, boot: incarnation } })}`,
    );
  });

  test("who sends a bare sign of protocol 1 in the open is named for half an hour", () => {
    const bench = new SealedBench();
    for (const [index, sign] of ["?", "!", ">", "<"].entries()) {
      bench.receive(`10.0.1.${index}`, sign);
    }
    const named = ["10.0.1.0", "10.0.1.1", "10.0.1.2", "10.0.1.3"];
    expect(bench.cluster.unsealedSenders()).toEqual(named);
    bench.runLong(29 * 60_000);
    bench.receive("10.0.1.1", ">");
    bench.runLong(2 * 60_000);
    expect(bench.cluster.unsealedSenders()).toEqual(["10.0.1.1"]);
    // By now unagi runs there with the key.
    bench.hear("10.0.1.1", "?", bench.friend(ANN_AT));
    expect(bench.cluster.unsealedSenders()).toEqual([]);
  });

  test("nobody else is named for what came in the open, and 64 machines at most", () => {
    const bench = new SealedBench();
    bench.receive("10.0.1.1", '>{"question":1,"id":"x"}');
    bench.receive("10.0.1.2", `!${BOB_AT}`);
    bench.receive("10.0.1.3", "?", PORT + 1);
    bench.receive("192.168.9.9", "?");
    bench.receiveRaw("10.0.1.4", "lag?");
    bench.receiveRaw("10.0.1.5", "lab#");
    bench.receiveRaw("10.0.1.6", "?");
    expect(bench.cluster.unsealedSenders()).toEqual([]);
    for (let index = 0; index < 100; index++) bench.receive(`10.0.2.${index}`, "?");
    expect(bench.cluster.unsealedSenders()).toHaveLength(64);
    expect(bench.cluster.unsealedSenders()).toContain("10.0.2.99");
    const open = new Bench();
    open.receive("10.0.1.1", ">");
    expect(open.cluster.unsealedSenders()).toEqual([]);
  });

  test.each(["?", `!${BOB_AT}`, ">", '>{"question":1,"id":"x"}', "<", "<{}"])(
    "a plain packet (%s) is dropped and counted, and its sender is not asked",
    (text) => {
      const bench = new SealedBench();
      bench.receive(ANN_AT, text);
      bench.run(3000);
      expect(bench.drops("not sealed")).toBe(1);
      expect(bench.sent).toEqual([]);
      expect(bench.cluster.candidateCount()).toBe(0);
    },
  );

  test("a packet that comes a second time is dropped", () => {
    const bench = new SealedBench();
    bench.publish();
    const query = bench.hear(ANN_AT, "?");
    bench.packet(query, ANN_AT);
    bench.packet(query, BOB_AT);
    expect(bench.drops("seen before")).toBe(2);
    expect(bench.sent.filter(({ to }) => to === BOB_AT)).toEqual([]);
  });

  test("this machine's own packets, sent back from any address, change nothing", () => {
    const bench = new SealedBench();
    bench.publish();
    bench.befriend(ANN_AT, ANN);
    bench.hear(BOB_AT, "?");
    bench.clear();
    bench.runLong(605_000);
    const back = bench.sent.map(({ to, text }) => ({
      to,
      bytes: Buffer.from(`lab${text}`, "latin1"),
    }));
    expect(back.length).toBeGreaterThan(5);
    for (const { to, bytes } of back) bench.packet(bytes, to);
    expect(bench.drops("our own, sent back")).toBe(back.length);
    expect(bench.machine(ANN.id)).toBeDefined();
    bench.clear();
    bench.befriend(BOB_AT, BOB);
    expect(bench.machine(BOB.id)?.state).toBe("up");
  });

  test("the addresses that the shell names as this machine's own are not asked", () => {
    const bench = new SealedBench({ scan: [ANN_AT], isOwn: (address) => address === ANN_AT });
    bench.befriend(BOB_AT, BOB);
    bench.hear(BOB_AT, `!${ANN_AT}`);
    bench.run(5000);
    expect(bench.sent.filter(({ to }) => to === ANN_AT)).toEqual([]);
  });

  test("protocol-1 messages are dropped even if they are sealed", () => {
    const bench = new SealedBench();
    bench.hear(ANN_AT, "?");
    bench.run(100);
    bench.hear(ANN_AT, `<${v1Report({ wallSeconds: 1_700_000_000 })}`);
    bench.hear(ANN_AT, "<");
    expect(bench.drops("protocol 1 in a sealed network")).toBe(2);
    expect(bench.others()).toEqual([]);
  });
});

describe("a message must be sealed by the machine that it speaks for", () => {
  test("in an answer, with the same id and the same incarnation", () => {
    for (const liar of [BOB, ANN_AGAIN, { ...BOB, incarnation: ANN.incarnation }]) {
      const bench = new SealedBench();
      bench.hear(ANN_AT, "?");
      bench.run(100);
      const [text = ""] = bench.opened(ANN_AT).filter((one) => one.startsWith(">{"));
      const answer = answerText(JSON.parse(text.slice(1)).question, ANN);
      bench.hear(ANN_AT, answer, envelope(liar));
      expect(bench.drops("sealed by another machine")).toBe(1);
      expect(bench.others()).toEqual([]);
      bench.hear(ANN_AT, answer);
      expect(states(bench)).toEqual(UP);
    }
  });

  test("in a question and in a goodbye", () => {
    const bench = new SealedBench();
    bench.publish();
    bench.befriend(ANN_AT, ANN);
    bench.befriend(BOB_AT, BOB);
    bench.clear();
    bench.hear(BOB_AT, `>{"question":1,"id":"${ANN.id}"}`);
    bench.hear(BOB_AT, `<{"bye":{"id":"${ANN.id}","boot":"${ANN.incarnation}"}}`);
    expect(bench.drops("sealed by another machine")).toBe(2);
    expect(bench.sent).toEqual([]);
  });

  test("in a quick answer", () => {
    const bench = new SealedBench();
    bench.befriend(ANN_AT, ANN);
    bench.befriend(BOB_AT, BOB);
    bench.hear(BOB_AT, "<AAAAAAAAc0ffee00");
    expect(bench.drops("sealed by another machine")).toBe(1);
    bench.hear(BOB_AT, `<AAAAAAAA${BOB.incarnation.slice(0, 8)}`);
    expect(bench.drops("answer to no open question")).toBe(1);
  });
});

describe("from an incarnation that has not answered a question yet,", () => {
  const others = ["10.0.0.7", "10.0.0.8"];
  const hearsay: Readonly<Record<string, string>> = {
    "a list": `!${others.join(" ")}`,
    "a hint": `<{"hint":${JSON.stringify([BOB_AT])}}`,
    "a goodbye": `<{"bye":{"id":"${ANN_AGAIN.id}","boot":"${ANN_AGAIN.incarnation}"}}`,
    "a removal request": `<{"forget":{"id":"${ANN.id}","boot":"${ANN.incarnation}"}}`,
  };

  test.each(Object.entries(hearsay))("%s is ignored", (_, text) => {
    const bench = new SealedBench();
    bench.befriend(ANN_AT, ANN);
    bench.hear(ANN_AT, text, envelope(ANN_AGAIN));
    expect(bench.drops("sender's start not confirmed yet")).toBe(1);
    bench.clear();
    bench.run(4000);
    for (const address of others) expect(bench.textsTo(address)).toEqual([]);
    expect(bench.cluster.candidateCount()).toBe(0);
    expect(states(bench)).toEqual(UP);
  });

  test("questions, requests and queries are answered, and the sender is asked", () => {
    const bench = new SealedBench();
    bench.publish();
    bench.hear(ANN_AT, `>{"question":7,"id":"${ANN.id}"}`);
    bench.hear(ANN_AT, ">");
    bench.hear(ANN_AT, "?");
    bench.run(100);
    const kinds = bench.opened(ANN_AT).map((text) => text.slice(0, 11));
    expect(kinds).toEqual(['<{"answer":', "<me 1700000", "!", '>{"question']);
  });

  test("a list makes its sender a candidate and counts only after an answer", () => {
    const bench = new SealedBench();
    bench.hear(ANN_AT, "!10.0.0.7");
    bench.run(100);
    const [text = ""] = bench.opened(ANN_AT);
    bench.hear(ANN_AT, answerText(JSON.parse(text.slice(1)).question, ANN));
    expect(bench.cluster.candidateCount()).toBe(0);
    bench.hear(ANN_AT, "!10.0.0.7");
    expect(bench.cluster.candidateCount()).toBe(1);
  });

  test("a list is ignored also if the incarnation is remembered from an earlier run", () => {
    const known = [knownMachine({ ...ANN, addresses: [ANN_AT] })];
    const bench = new SealedBench({ known });
    bench.hear(ANN_AT, "!10.0.0.7");
    expect(bench.drops("sender's start not confirmed yet")).toBe(1);
  });
});

describe("the log names the sender of unreadable packets once a minute", () => {
  const lines = (bench: Bench) =>
    bench.of("log").flatMap(({ level, text }) => (level === "warn" ? [text] : []));

  test("if they were sealed with another key", () => {
    const bench = new SealedBench();
    const [wrong, wrongToo] = [envelope(ANN, [2]), envelope(BOB, [2])];
    bench.hear(ANN_AT, "?", wrong);
    for (let i = 0; i < 11; i++) {
      bench.run(5000);
      bench.hear(ANN_AT, "?", wrong);
    }
    bench.hear(BOB_AT, "?", wrongToo);
    bench.run(5000);
    bench.hear(ANN_AT, "?", wrong);
    expect(lines(bench)).toEqual([
      `1 packet from ${ANN_AT} could not be opened: another key?`,
      `12 packets from ${ANN_AT} (and 1 from elsewhere) could not be opened: another key?`,
    ]);
    expect(bench.drops("sealed with another key")).toBe(14);
  });

  test("if they are plain", () => {
    const bench = new SealedBench();
    bench.receive(ANN_AT, "?");
    bench.receive(ANN_AT, "?");
    expect(lines(bench)).toEqual([
      `1 packet from ${ANN_AT} came unsealed: is there no key? (a program of 2005 cannot be sealed)`,
    ]);
  });

  test("if this machine has no key", () => {
    const bench = new Bench();
    bench.receiveRaw(ANN_AT, "lab#123");
    expect(lines(bench)).toEqual([
      `1 packet from ${ANN_AT} came sealed, and this machine has no key: is --key-file missing here?`,
    ]);
  });

  test("and only counts those of further senders", () => {
    const bench = new SealedBench();
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 1000; i++) bench.receive(`10.1.${i >> 8}.${i & 255}`, "?");
      bench.run(60_000);
    }
    bench.receive(ANN_AT, "?");
    expect(lines(bench).at(-1)).toMatch(/^\d+ packets from .* came unsealed: is there no key\?/);
    expect(bench.drops("not sealed")).toBe(2001);
  });
});

test("packets that an attacker sends under a machine's address do not use up that machine's rate limit", () => {
  const bench = new SealedBench();
  bench.befriend(ANN_AT, ANN);
  const stranger = envelope(ANN, [2]);
  for (let i = 0; i < 5000; i++) bench.hear(ANN_AT, "?", stranger);
  bench.publish();
  bench.clear();
  bench.hear(ANN_AT, `>{"question":7,"id":"${ANN.id}"}`);
  expect(bench.sent).toHaveLength(1);
  expect(bench.drops("too many packets from one source")).toBe(0);
});

describe("a machine with two keys", () => {
  test("seals with the first and opens with either", () => {
    const bench = new SealedBench({ envelope: envelope(SELF, [2, 1]) });
    bench.publish();
    bench.hear(ANN_AT, "?");
    expect(bench.drops("sealed with another key")).toBe(0);
    const [reply] = bench.sent;
    const packet = Buffer.from(`lab${reply?.text}`, "latin1");
    expect(envelope(ANN).open(packet)).toEqual({ ok: false, reason: "sealed with another key" });
    expect(envelope(ANN, [2]).open(packet).ok).toBe(true);
  });
});
