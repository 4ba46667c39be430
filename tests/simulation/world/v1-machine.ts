/**
 * A machine of 2005 in the simulated world, by the letter of design 6.1 and strict: it reads
 * 4,096 bytes, wants exactly its signature, four lines and 20, 6 and 3 fields, and knows nothing
 * of protocol 2. It shares no code with the product.
 */
import type { Endpoint } from "../../../src/net/endpoint.ts";
import { readStrictReport } from "../../e2e/strict-peer.ts";
import type { Truth } from "./ground-truth.ts";
import type { Host, Network, Origin } from "./network.ts";
import { PORT, SIGNATURE } from "./packet-kind.ts";
import { between, type Chance } from "./random.ts";

const READ_BYTES = 4096;
const SCAN_PAUSE_MS = 50;

/** How the programs of that time differ where the letter leaves it open. */
export interface OldHabits {
  /** Answers a request that finds nothing new with an empty report, or ignores it. */
  readonly saysAlive: boolean;
  /** Ignores a request with anything after the `>`. */
  readonly takesOnlyBare: boolean;
}

export class OldProgram implements Host {
  readonly address: string;
  readonly updateSeconds: number;
  /** What the others sent that it could not read: must stay empty. */
  readonly refused: string[] = [];
  /** Newest report number of each machine that it has, by address. */
  readonly held = new Map<string, number>();
  readonly #network: Network;
  readonly #chance: Chance;
  readonly #truth: Truth;
  readonly #habits: OldHabits;
  readonly #scan: readonly string[];
  readonly #intervalMs: number;
  #known = new Set<string>();
  #served = new Set<string>();
  #sequence = 0;
  #updatedMs = 0;
  #isRunning = false;
  /** Events of an earlier run do nothing. */
  #run = 0;

  constructor(options: {
    network: Network;
    chance: Chance;
    truth: Truth;
    address: string;
    habits: OldHabits;
    scan: readonly string[];
    updateSeconds: number;
  }) {
    this.address = options.address;
    this.updateSeconds = options.updateSeconds;
    this.#network = options.network;
    this.#chance = options.chance;
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
    this.#sequence = 0;
    const incarnation = `${this.address} ${this.#run}`;
    this.#truth.begin({ machine: this.address, id: this.address, incarnation });
    this.#scanFrom(0);
    this.#every(this.#intervalMs, between(this.#chance, 0, 1000), () => this.#update());
    this.#every(this.#intervalMs, this.#intervalMs / 2, () => this.#askAll());
    this.#every(this.#intervalMs * 3, between(this.#chance, 0, this.#intervalMs), () => {
      for (const address of this.#known) this.#say(address, `!${[...this.#known].join(" ")}`);
    });
  }

  stop(): void {
    this.#isRunning = false;
  }

  deliver(from: Endpoint, bytes: Uint8Array, _to: string, origin: Origin): void {
    // It believes all that it is told, so nobody lies to it here: it is not what is tested.
    if (!this.#isRunning || origin === "stranger") return;
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
    else if (kind === "<" && body !== "") this.#readReport(from, body);
    else if (kind !== "<") this.refused.push(`${from}: kind ${kind}`);
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
    const report = readStrictReport(body);
    if (typeof report === "string") {
      this.refused.push(`${from}: ${report}`);
      return;
    }
    this.held.set(from, Number(report.fields[4]) / 100);
  }

  #update(): void {
    this.#sequence++;
    this.#updatedMs = this.#network.nowMs;
    this.#served.clear();
    this.#truth.publish(this.address, { sequence: this.#sequence, atMs: this.#network.nowMs });
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
