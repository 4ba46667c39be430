/**
 * A test bench for one core: time passes when the test says so, and the packets of other machines are
 * written out by hand, so that the tests do not depend on the product's own encoders.
 */

import type { Moment } from "../../src/base/units.ts";
import { Cluster } from "../../src/cluster/cluster.ts";
import type { Machine } from "../../src/cluster/machine.ts";
import type { ClusterOptions } from "../../src/cluster/options.ts";
import type { Output } from "../../src/cluster/output.ts";
import type { Report } from "../../src/protocol/report.ts";
import type { KnownMachine } from "../../src/store/history-types.ts";
import { seededRandom } from "../simulation/world/random.ts";

export const PORT = 10_080;
export const SELF = "10.0.0.1";
const START_WALL_MS = 1_700_000_000_000;
const TICK_MS = 100;

export interface Sent {
  readonly atMs: number;
  readonly to: string;
  readonly port: number;
  /** The packet without the signature. */
  readonly text: string;
}

export interface AnswerFields {
  readonly id?: string;
  readonly incarnation?: string;
  readonly sequence?: number;
  readonly liveSequence?: number;
  readonly interval?: number;
  readonly age?: number;
  readonly clock?: number;
  readonly you?: string;
  readonly name?: string;
  readonly ring?: boolean;
  /** `null`: the answer has no report because nothing is newer. */
  readonly report?: object | null;
}

export interface QuestionFields {
  readonly question: number;
  readonly boot?: string;
  readonly sequence?: number;
  readonly liveSequence?: number;
  readonly watching?: boolean;
}

export type BenchOptions = Partial<
  Pick<
    ClusterOptions,
    "updateSeconds" | "maxPeers" | "known" | "self" | "envelope" | "isProtocol1Only"
  >
> & {
  readonly scan?: readonly string[];
  readonly allow?: (address: string) => boolean;
  readonly isOwn?: (address: string) => boolean;
};

export class Bench {
  readonly cluster: Cluster;
  /** Time since the start, including time suspended. */
  nowMs = 0;
  wallOffsetMs = 0;
  sent: Sent[] = [];
  outputs: Exclude<Output, { kind: "send" }>[] = [];

  constructor(options: BenchOptions = {}) {
    const scan = options.scan ?? [];
    this.cluster = new Cluster({
      now: this.now(),
      signature: "lab",
      updateSeconds: options.updateSeconds ?? 600,
      isProtocol1Only: options.isProtocol1Only ?? false,
      port: PORT,
      maxPeers: options.maxPeers ?? 4096,
      self: options.self ?? { id: "self", incarnation: "boot0", name: "me" },
      ranges: {
        allow: options.allow ?? ((address) => address.startsWith("10.") || address.includes(":")),
        scan: { size: scan.length, at: (index) => scan[index] },
        ...(options.isOwn !== undefined && { isOwn: options.isOwn }),
      },
      known: options.known ?? [],
      random: seededRandom(7),
      ...(options.envelope !== undefined && { envelope: options.envelope }),
    });
  }

  now(): Moment {
    const wallMs = START_WALL_MS + this.nowMs + this.wallOffsetMs;
    return { elapsedMs: 5_000_000 + this.nowMs, wallMs };
  }

  /** Lets time pass with a tick every 100 ms. */
  run(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.nowMs < untilMs) {
      this.nowMs = Math.min(this.nowMs + TICK_MS, untilMs);
      this.take(this.cluster.tick(this.now()));
    }
  }

  /** Lets a long time pass, with ticks only when something is due, at least every second. */
  runLong(ms: number): void {
    const untilMs = this.nowMs + ms;
    while (this.nowMs < untilMs) {
      const dueMs = this.cluster.nextDeadline(this.now()) - 5_000_000;
      const nextMs = Math.min(Math.max(dueMs, this.nowMs + TICK_MS), this.nowMs + 1000);
      this.nowMs = Math.min(nextMs, untilMs);
      this.take(this.cluster.tick(this.now()));
    }
  }

  /** Lets time pass without ticks: the process is stopped or the whole machine suspended. */
  sleep(ms: number): void {
    this.nowMs += ms;
  }

  receive(address: string, text: string, port = PORT): void {
    this.receiveRaw(address, `lab${text}`, port);
  }

  receiveRaw(address: string, text: string, port = PORT): void {
    const bytes = Buffer.from(text, "utf8");
    this.take(this.cluster.receive({ address, port }, bytes, this.now()));
  }

  publish(report: Partial<Report> = {}): void {
    this.take(this.cluster.publish({ name: "me", ...report }, this.now()));
  }

  take(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.kind !== "send") {
        this.outputs.push(output);
        continue;
      }
      const text = Buffer.from(output.bytes).toString("latin1");
      if (!text.startsWith("lab")) throw new Error(`sent without the signature: ${text}`);
      const { address, port } = output.to;
      this.sent.push({ atMs: this.nowMs, to: address, port, text: text.slice(3) });
    }
  }

  /** The packets sent to this address since the last call of `clear`. */
  textsTo(address: string): string[] {
    return this.sent.filter(({ to }) => to === address).map(({ text }) => text);
  }

  clear(): void {
    this.sent = [];
    this.outputs = [];
  }

  /** The newest question sent to this address. */
  question(address: string): QuestionFields {
    const asked = this.textsTo(address).filter((text) => text.startsWith(">{"));
    const last = asked[asked.length - 1];
    if (last === undefined) throw new Error(`${address} was not asked`);
    return JSON.parse(last.slice(1));
  }

  /** Answers the newest question to this address, as the protocol-2 machine `id` at it. */
  answer(address: string, fields: AnswerFields = {}): void {
    this.receive(address, answerText(this.question(address).question, fields));
  }

  /** Waits until this address is asked again, and answers. */
  answerNext(address: string, fields: AnswerFields = {}): void {
    this.clear();
    const untilMs = this.nowMs + 3_600_000;
    while (!this.textsTo(address).some((text) => text.startsWith(">{"))) {
      if (this.nowMs >= untilMs) throw new Error(`${address} is not asked any more`);
      this.runLong(TICK_MS);
    }
    this.answer(address, fields);
  }

  /** Makes a protocol-2 machine known: it sends a packet, is asked, and answers. */
  meet(address: string, fields: AnswerFields = {}): void {
    this.receive(address, "?");
    this.run(100);
    this.answer(address, fields);
  }

  /** Makes a protocol-1 machine known. */
  meetV1(address: string, report: string): void {
    this.receive(address, "?");
    this.run(100);
    this.receive(address, `<${report}`);
  }

  machine(id: string): Machine | undefined {
    return this.cluster.machines(this.now()).find((machine) => machine.id === id);
  }

  others(): Machine[] {
    return this.cluster.machines(this.now()).filter(({ isSelf }) => !isSelf);
  }

  /** The outputs of one kind since the last call of `clear`. */
  of<K extends Output["kind"]>(kind: K): Extract<Output, { kind: K }>[] {
    return this.outputs.filter((output) => output.kind === kind) as Extract<Output, { kind: K }>[];
  }

  drops(reason: string): number {
    return this.cluster.dropCounts()[reason] ?? 0;
  }
}

export function answerText(question: number, fields: AnswerFields = {}): string {
  const { report = { name: fields.name ?? "ann" }, incarnation = "boota", ...rest } = fields;
  const body = {
    ...{ answer: question, id: "ann", boot: incarnation, sequence: 1, interval: 600, age: 0 },
    ...{ clock: START_WALL_MS, name: "ann" },
    ...rest,
    ...(report !== null && { report }),
  };
  return `<${JSON.stringify(body)}`;
}

/** A report as a protocol-1 machine writes it. */
export function v1Report(options: { wallSeconds: number; uptime?: number; name?: string }): string {
  const { wallSeconds, uptime = 5000, name = "oldie" } = options;
  return `${name} ${wallSeconds} 60 ${uptime} 015 020 030 42 3 55 20 9 4 87 0 0 1 30 2 5\n\n\n`;
}

export function knownMachine(fields: Partial<KnownMachine> & { id: string }): KnownMachine {
  return {
    name: fields.id,
    addresses: ["10.0.0.2"],
    protocol: 2,
    state: "up",
    stateSinceWallMs: START_WALL_MS - 60_000,
    lastHeardWallMs: START_WALL_MS - 60_000,
    ...fields,
  };
}

export { START_WALL_MS };
