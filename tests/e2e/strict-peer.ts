/**
 * A strict protocol-1 peer. It follows docs/protocol.md to the letter and refuses what the original
 * program of 2005 refused: another number of lines or fields, a packet over 4,096 bytes, a signature
 * that differs in one byte. It shares no code with the product.
 */
import { createSocket, type Socket } from "node:dgram";

const MAX_PACKET = 4096;
const REPORT_LINES = 4;
const FIELDS = { host: 20, process: 6, user: 3 };

export interface StrictReport {
  readonly fields: readonly string[];
  readonly processes: readonly (readonly string[])[];
  readonly users: readonly (readonly string[])[];
  readonly messages: readonly string[];
}

export interface Received {
  readonly from: string;
  readonly text: string;
}

export class StrictPeer {
  readonly address: string;
  readonly received: Received[] = [];
  /** The packets that this peer could not accept, with the reasons: must stay empty. */
  readonly refused: string[] = [];
  readonly known = new Set<string>();
  readonly reports = new Map<string, StrictReport>();
  readonly signsOfLife: string[] = [];
  /** The report with which it answers a request; an empty one says only that it is alive. */
  report = "";
  #updated = true;
  readonly #asked = new Map<string, boolean>();
  readonly #socket: Socket;
  readonly #port: number;
  readonly #signature: string;

  private constructor(options: {
    socket: Socket;
    address: string;
    port: number;
    signature: string;
  }) {
    this.#socket = options.socket;
    this.address = options.address;
    this.#port = options.port;
    this.#signature = options.signature;
    options.socket.on("message", (bytes, remote) => {
      if (remote.port === options.port) {
        this.#receive(remote.address, bytes);
      }
    });
  }

  static async open(options: {
    address: string;
    port: number;
    signature: string;
  }): Promise<StrictPeer> {
    const socket = createSocket({ type: "udp4", recvBufferSize: 1 << 20 });
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(options.port, options.address, () => resolve());
    });
    return new StrictPeer({ socket, ...options });
  }

  close(): void {
    this.#socket.close();
  }

  send(to: string, text: string): void {
    this.#socket.send(Buffer.from(text, "latin1"), this.#port, to);
  }

  /** Sends a message of this network: `?`, `!…`, `>`, `<…`. */
  say(to: string, text: string): void {
    this.send(to, this.#signature + text);
  }

  /** Sets a new report, which each machine that asks gets once. */
  publish(report: string): void {
    this.report = report;
    this.#updated = true;
    this.#asked.clear();
  }

  texts(from: string): string[] {
    return this.received.filter((one) => one.from === from).map((one) => one.text);
  }

  #receive(from: string, bytes: Buffer): void {
    const text = bytes.toString("latin1");
    this.received.push({ from, text });
    if (bytes.length > MAX_PACKET) {
      this.refused.push(`${bytes.length} bytes from ${from}`);
      return;
    }
    if (!text.startsWith(this.#signature)) {
      this.refused.push(`signature of ${text.slice(0, 20)}`);
      return;
    }
    const kind = text.charAt(this.#signature.length);
    const body = text.slice(this.#signature.length + 1);
    this.known.add(from);
    if (kind === "?") {
      this.say(from, `!${[...this.known].join(" ")}`);
    } else if (kind === "!") {
      this.#readAddresses(body);
    } else if (kind === ">") {
      // It ignores what follows the `>`.
      const isNews = this.#updated && this.#asked.get(from) !== true;
      this.#asked.set(from, true);
      this.say(from, `<${isNews ? this.report : ""}`);
    } else if (kind === "<") {
      this.#readReport(from, body);
    } else {
      this.refused.push(`kind ${kind} from ${from}`);
    }
  }

  #readAddresses(body: string): void {
    for (const word of body.split(" ").filter((one) => one !== "")) {
      if (/^\d{1,3}(\.\d{1,3}){3}$/.test(word)) {
        this.known.add(word);
      } else {
        this.refused.push(`address ${word}`);
      }
    }
  }

  #readReport(from: string, body: string): void {
    if (body === "") {
      this.signsOfLife.push(from);
      return;
    }
    const report = readStrictReport(body);
    if (typeof report === "string") {
      this.refused.push(`${report} from ${from}`);
    } else {
      this.reports.set(from, report);
    }
  }
}

/** Returns the report, or a text that says what is wrong with it. */
export function readStrictReport(body: string): StrictReport | string {
  const lines = body.split("\n");
  if (lines.length !== REPORT_LINES) {
    return `${lines.length} lines`;
  }
  const [host = "", processLine = "", userLine = "", messageLine = ""] = lines;
  const fields = host.split(" ");
  if (fields.length !== FIELDS.host) {
    return `${fields.length} fields in line 1`;
  }
  if (!fields.slice(1).every((field) => /^-?\d+$/.test(field))) {
    return `no integer in line 1: ${host}`;
  }
  const processes = cells(processLine).map((cell) => cell.split(" "));
  if (processes.length > 5 || processes.some((process) => process.length !== FIELDS.process)) {
    return `line 2: ${processLine}`;
  }
  const users = cells(userLine).map((cell) => cell.split(" "));
  if (users.length > 10 || users.some((user) => user.length !== FIELDS.user)) {
    return `line 3: ${userLine}`;
  }
  const messages = cells(messageLine);
  return messages.length > 5 ? "over 5 messages" : { fields, processes, users, messages };
}

function cells(line: string): string[] {
  return line === "" ? [] : line.split("\t");
}

/** A report as the original program of 2005 would have written it. */
export function sampleReport(name: string, busyPercent: number): string {
  const now = Math.floor(Date.now() / 1000);
  return [
    `${name} ${now} 60 86400 015 020 1234 42 3 55 20 ${busyPercent} 4 ${96 - busyPercent} 0 0 1 30 2 5`,
    "ann 93.0 12.5 R 01:02:03 blender\troot 0.5 0.1 S 00:00:10 cron",
    "ann -2h10m bash\tbo -3d4h ?",
    "Nov 22 08:00:01 old kernel: eth0 link up",
  ].join("\n");
}

/** A report whose counters stepped back: of the idle time, and of an interface that has gone. */
export function wrappedReport(name: string): string {
  return sampleReport(name, 37).replace(" 4 59 0 0 1 30 2 5\n", " 4 -194972100 0 0 1 30 -24 5\n");
}

/** A report with messages beyond the 4,096 bytes that the program reads of a packet. */
export function longReport(name: string): string {
  const messages = Array.from({ length: 9 }, (_, i) => `Nov 22 08:00:0${i} old ${"x".repeat(700)}`);
  const lines = sampleReport(name, 12).split("\n").slice(0, 3);
  return [...lines, messages.join("\t")].join("\n");
}

/** A report of a program whose user has set TIME_UNIT to 30 and raised its limits. */
export function editedReport(name: string): string {
  const [host = ""] = sampleReport(name, 12)
    .replace(" 60 ", " 30 ")
    .replace(" 1 30 2 5", " 30 30 2 5")
    .split("\n");
  const processes = Array.from({ length: 8 }, (_, i) => `ann 1.0 0.5 S 00:00:0${i} job${i}`);
  const users = Array.from({ length: 12 }, (_, i) => `user${i} -5m sh`);
  return [host, processes.join("\t"), users.join("\t"), ""].join("\n");
}
