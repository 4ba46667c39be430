/**
 * Plays an exchange of docs/protocol.md with the production core, line by line. A packet that the
 * document has another machine send is received at its time. A packet that it has alpha send must be
 * the very next one that the core sends, at that time.
 */

import type { Moment } from "../../src/base/units.ts";
import { Cluster } from "../../src/cluster/cluster.ts";
import type { Output } from "../../src/cluster/output.ts";
import type { Report } from "../../src/protocol/report.ts";
import type { MachineState } from "../../src/store/history-types.ts";
import { type Line, SIGNATURE } from "./document.ts";

const PORT = 10_080;
const TICK_MS = 100;
const FIRST_LIVE_MS = 500;

/** The start and the addresses of the machines in the document. */
const START_WALL_MS = 1_784_000_000_000;
const CORE = "alpha";
const ADDRESSES: Readonly<Record<string, string>> = {
  alpha: "10.0.0.1",
  beta: "10.0.0.2",
  gamma: "10.0.0.3",
  delta: "10.0.0.4",
};

/** Alpha started more than five minutes ago and has just sent its lists, so it sends nothing by itself. */
const STARTED_MS = -910_000;

interface Packet {
  readonly atMs: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

export class Exchange {
  readonly #core: Cluster;
  #sent: Packet[] = [];
  /** The document's number for each random question number of the core. */
  readonly #numbers = new Map<string, string>();
  readonly #report: Report;
  /** When alpha makes its reports. */
  #publishMs = [-640_000, -40_000, 560_000];
  #nowMs = STARTED_MS;
  /** When the live report that is wanted will be there, and when the last one was made. */
  #liveDueMs = Number.POSITIVE_INFINITY;
  #liveMadeMs: number | undefined;

  constructor(self: { readonly id: string; readonly incarnation: string }, report: Report) {
    let drawn = 0;
    this.#report = report;
    this.#core = new Cluster({
      now: this.#now(),
      signature: SIGNATURE,
      updateSeconds: 600,
      port: PORT,
      maxPeers: 4096,
      self: { ...self, name: CORE },
      ranges: {
        allow: (address) => address.startsWith("10.0.0."),
        scan: { size: 0, at: () => undefined },
      },
      known: [],
      // Close to a half, which gives the mean of every pause, and never the same twice.
      random: () => 0.5 - ++drawn / 2 ** 40,
    });
    while (this.#nowMs < 0) this.#tick();
    if (this.#sent.length > 0) throw new Error("alpha sends a packet before it has received one");
  }

  /** The lines as the document shows them, and as they really happened. */
  play(lines: readonly Line[]): { readonly shown: string[]; readonly happened: string[] } {
    const shown: string[] = [];
    const happened: string[] = [];
    for (const line of lines) {
      const packet = { ...line, text: Buffer.from(line.packet).toString("latin1") };
      shown.push(describe(packet));
      while (this.#nowMs < line.atMs && this.#sent.length === 0) this.#tick();
      if (line.from === CORE) {
        const next = this.#sent.shift();
        if (next !== undefined) happened.push(describe(this.#renumbered(next, packet.text)));
      } else {
        happened.push(...this.#unasked(), describe(packet));
        this.#receive(packet);
      }
    }
    return { shown, happened };
  }

  /** What alpha sends up to this time beyond the lines that were played. */
  sentUntil(ms: number): string[] {
    while (this.#nowMs < ms) this.#tick();
    return this.#unasked();
  }

  stateOf(name: string): MachineState | undefined {
    const machines = this.#core.machines(this.#now());
    return machines.find(({ address }) => address === ADDRESSES[name])?.state;
  }

  candidates(): number {
    return this.#core.candidateCount();
  }

  #unasked(): string[] {
    return this.#sent.splice(0).map(describe);
  }

  #tick(): void {
    this.#nowMs += TICK_MS;
    const dueMs = this.#publishMs[0];
    if (dueMs !== undefined && dueMs <= this.#nowMs) {
      this.#publishMs = this.#publishMs.slice(1);
      this.#take(this.#core.publish(this.#report, this.#now()));
    }
    if (this.#liveDueMs <= this.#nowMs) this.#publishLive(FIRST_LIVE_MS);
    this.#take(this.#core.tick(this.#now()));
  }

  /** As in the daemon, the first live report takes half a second and the next ones no time. */
  #wantLive(): void {
    if (this.#liveMadeMs === undefined) this.#liveDueMs = this.#nowMs + FIRST_LIVE_MS;
    else this.#publishLive(this.#nowMs - this.#liveMadeMs);
  }

  #publishLive(windowMs: number): void {
    this.#liveDueMs = Number.POSITIVE_INFINITY;
    this.#liveMadeMs = this.#nowMs;
    const report = { name: CORE, averageSeconds: windowMs / 1000 };
    this.#take(this.#core.publishLive(report, { costMs: 5 }, this.#now()));
  }

  #receive({ from, text }: Packet): void {
    const source = { address: ADDRESSES[from] ?? "", port: PORT };
    // The answer gets the number that was really asked in place of the document's.
    const answered = ANSWER.exec(text)?.[1] ?? "";
    const asked = [...this.#numbers].find(([, shown]) => shown === answered)?.[0];
    const bytes = Buffer.from(asked === undefined ? text : text.replace(answered, asked), "latin1");
    this.#take(this.#core.receive(source, bytes, this.#now()));
  }

  #take(outputs: readonly Output[]): void {
    for (const output of outputs) {
      if (output.kind === "live-wanted") this.#wantLive();
      if (output.kind !== "send") continue;
      const { address, port } = output.to;
      const name = Object.keys(ADDRESSES).find((one) => ADDRESSES[one] === address) ?? address;
      const to = port === PORT ? name : `${name}:${port}`;
      const text = Buffer.from(output.bytes).toString("latin1");
      this.#sent.push({ atMs: this.#nowMs, from: CORE, to, text });
    }
  }

  /** The packet with the document's number, one for each real number, so that a repeat keeps its number. */
  #renumbered(packet: Packet, shown: string): Packet {
    const number = QUESTION.exec(packet.text)?.[1];
    const shownNumber = QUESTION.exec(shown)?.[1];
    if (number === undefined || shownNumber === undefined) return packet;
    const isTaken = [...this.#numbers.values()].includes(shownNumber);
    if (!this.#numbers.has(number) && !isTaken) this.#numbers.set(number, shownNumber);
    const known = this.#numbers.get(number) ?? number;
    return { ...packet, text: packet.text.replace(number, known) };
  }

  #now(): Moment {
    return { elapsedMs: 10_000_000 + this.#nowMs, wallMs: START_WALL_MS + this.#nowMs };
  }
}

const QUESTION = /"question":(\d+)/;
const ANSWER = /"answer":(\d+)/;

function describe({ atMs, from, to, text }: Packet): string {
  return `${(atMs / 1000).toFixed(1)}  ${from} → ${to}  ${text}`;
}
