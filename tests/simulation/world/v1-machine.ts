/**
 * A simulated machine whose program, from 2005, speaks protocol 1 only. It follows docs/protocol.md
 * to the letter: it reads 4,096 bytes at most, requires its exact signature, four lines and 20, 6 and
 * 3 fields, and knows nothing of protocol 2. It shares no code with the product.
 */
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { readStrictReport } from "../../e2e/strict-peer.ts";
import type { GroundTruth } from "./ground-truth.ts";
import type { Host, Network, Origin } from "./network.ts";
import { PORT, SIGNATURE } from "./packet-kind.ts";
import { between, type Random } from "./random.ts";

const READ_BYTES = 4096;
const SCAN_PAUSE_MS = 50;

/** How protocol-1 programs differ where the protocol leaves it open. */
export interface V1Habits {
  /** Whether the machine answers a request with an empty report when it has nothing new. */
  readonly saysAlive: boolean;
  /** Whether the machine ignores a request that has anything after the `>`. */
  readonly takesOnlyBare: boolean;
}

export class V1Machine implements Host {
  readonly address: string;
  readonly updateSeconds: number;
  /** Packets from other machines that this one could not read: must stay empty. */
  readonly refused: string[] = [];
  /** Each time that this machine has begun to show another as down. */
  readonly shownDown: string[] = [];
  readonly #network: Network;
  readonly #random: Random;
  readonly #truth: GroundTruth;
  readonly #habits: V1Habits;
  readonly #scan: readonly string[];
  readonly #intervalMs: number;
  #known = new Set<string>();
  /** Updates since each machine last answered anything at all. */
  readonly #unheard = new Map<string, number>();
  #served = new Set<string>();
  #sequence = 0;
  #updatedMs = 0;
  #isRunning = false;
  /** The number of the present run; events of earlier runs do nothing. */
  #run = 0;

  constructor(options: {
    network: Network;
    random: Random;
    truth: GroundTruth;
    address: string;
    habits: V1Habits;
    scan: readonly string[];
    updateSeconds: number;
  }) {
    this.address = options.address;
    this.updateSeconds = options.updateSeconds;
    this.#network = options.network;
    this.#random = options.random;
    this.#truth = options.truth;
    this.#habits = options.habits;
    this.#scan = options.scan;
    this.#intervalMs = options.updateSeconds * 1000;
  }

  get addresses(): readonly string[] {
    return [this.address];
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#run++;
    this.#known = new Set();
    this.#served = new Set();
    this.#unheard.clear();
    this.#sequence = 0;
    const incarnation = `${this.address} ${this.#run}`;
    this.#truth.begin({ machine: this.address, id: this.address, incarnation });
    this.#scanFrom(0);
    this.#every(this.#intervalMs, between(this.#random, 0, 1000), () => this.#update());
    this.#every(this.#intervalMs, this.#intervalMs / 2, () => this.#askAll());
    this.#every(this.#intervalMs * 3, between(this.#random, 0, this.#intervalMs), () => {
      for (const address of this.#known) this.#say(address, `!${[...this.#known].join(" ")}`);
    });
  }

  stop(): void {
    this.#isRunning = false;
  }

  deliver(from: Endpoint, bytes: Uint8Array, _to: string, origin: Origin): void {
    // A protocol-1 machine believes everything, and is not what is tested: attackers do not reach it.
    if (!this.#isRunning || origin === "injected") return;
    const text = Buffer.from(bytes.subarray(0, READ_BYTES)).toString("latin1");
    if (bytes.length > READ_BYTES || !text.startsWith(SIGNATURE)) {
      this.refused.push(`${from.address}: ${text.slice(0, 40)}`);
      return;
    }
    const isNew = !this.#known.has(from.address) && from.address !== this.address;
    if (isNew) this.#known.add(from.address);
    this.#read(from.address, text.charAt(SIGNATURE.length), text.slice(SIGNATURE.length + 1));
    if (isNew) this.#say(from.address, ">");
  }

  #read(from: string, kind: string, body: string): void {
    if (kind === "?") this.#say(from, `!${[...this.#known].join(" ")}`);
    else if (kind === "!") this.#readAddresses(from, body);
    else if (kind === ">") this.#answer(from, body);
    else if (kind === "<") this.#readReport(from, body);
    else this.refused.push(`${from}: kind ${kind}`);
  }

  #readAddresses(from: string, body: string): void {
    for (const word of body.split(" ").filter((one) => one !== "")) {
      if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(word)) this.refused.push(`${from}: address ${word}`);
      if (word === this.address || this.#known.has(word)) continue;
      this.#known.add(word);
      this.#say(word, ">");
    }
  }

  #answer(from: string, body: string): void {
    if (body !== "" && this.#habits.takesOnlyBare) return;
    const isNews = this.#sequence > 0 && !this.#served.has(from);
    this.#served.add(from);
    if (isNews) this.#say(from, `<${this.#report()}`);
    else if (this.#habits.saysAlive) this.#say(from, "<");
  }

  #readReport(from: string, body: string): void {
    this.#unheard.set(from, 0);
    if (body === "") return;
    const report = readStrictReport(body);
    if (typeof report === "string") this.refused.push(`${from}: ${report}`);
  }

  #update(): void {
    this.#sequence++;
    this.#updatedMs = this.#network.nowMs;
    this.#served.clear();
    for (const address of this.#known) this.#countDown(address);
    this.#truth.publish(this.address, { sequence: this.#sequence, atMs: this.#network.nowMs });
  }

  /** The program of 2005 shows a machine as down at its third update without any answer. */
  #countDown(address: string): void {
    const unheard = (this.#unheard.get(address) ?? 0) + 1;
    this.#unheard.set(address, unheard);
    if (unheard === 3) this.shownDown.push(`${address} at ${this.#network.nowMs} ms`);
  }

  #report(): string {
    const wallSeconds = Math.floor((1.7e12 + this.#updatedMs) / 1000);
    const uptimeSeconds = Math.floor(this.#updatedMs / 1000) + 1;
    const host = `name-${this.address} ${wallSeconds} 60 ${uptimeSeconds} ${this.#sequence}00 020 030`;
    return `${host} 42 3 55 20 9 4 87 0 0 1 30 2 5\nann 9.0 1.5 R 01:02:03 make\nann -2h10m sh\n`;
  }

  #askAll(): void {
    for (const address of this.#known) this.#say(address, ">");
  }

  #scanFrom(index: number): void {
    const run = this.#run;
    const address = this.#scan[index % this.#scan.length];
    if (this.#known.size > 0 || address === undefined) return;
    if (address !== this.address) this.#say(address, "?");
    this.#network.at(this.#network.nowMs + SCAN_PAUSE_MS, () => {
      if (this.#isRunning && this.#run === run) this.#scanFrom(index + 1);
    });
  }

  #every(periodMs: number, firstMs: number, act: () => void): void {
    const run = this.#run;
    const again = () => {
      if (!this.#isRunning || this.#run !== run) return;
      act();
      this.#network.at(this.#network.nowMs + periodMs, again);
    };
    this.#network.at(this.#network.nowMs + firstMs, again);
  }

  #say(to: string, text: string): void {
    const bytes = Buffer.from(SIGNATURE + text, "latin1");
    this.#network.send(this.address, { address: to, port: PORT }, bytes);
  }
}
