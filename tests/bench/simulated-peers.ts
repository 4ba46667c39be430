/**
 * A process that simulates many peers, each at a loopback address of its own. They answer with full
 * reports, made by the production encoder, ask from time to time, and two check the machine under test
 * as its ring neighbours. It takes its orders as a JSON argument and prints its counts as a line of JSON
 * a second.
 */
import { decodeMessage } from "../../src/protocol/decode.ts";
import { encodeAnswer, encodeQuestion } from "../../src/protocol/encode.ts";
import type { Question } from "../../src/protocol/message.ts";
import type { Report } from "../../src/protocol/report.ts";
import { encodeRingAnswer, encodeRingQuestion } from "../../src/protocol/ring.ts";
import { encodeAddressLists } from "../../src/protocol/v1/messages.ts";
import { TYPICAL_REPORT } from "../sealing/typical-report.ts";

export interface PeerOrders {
  readonly count: number;
  /** The first two numbers of all addresses, `127.1`. */
  readonly network: string;
  readonly target: string;
  readonly port: number;
  readonly signature: string;
  readonly updateSeconds: number;
}

export interface PeerCounts {
  /** Answers that were sent, with and without a report. */
  readonly answers: number;
  /** Questions that were repeated although they had been answered, so that the answer was lost. */
  readonly lost: number;
  /** Peers whose first report was sent. */
  readonly served: number;
  readonly bytes: number;
}

interface Peer {
  readonly address: string;
  readonly name: string;
  readonly id: string;
  readonly incarnation: string;
  readonly socket: Bun.udp.Socket<"buffer">;
  /** How long before the start its first report was made. */
  readonly phaseMs: number;
  /** The live report, made anew when it is older than LIVE_SHARED_MS. */
  live: { readonly sequence: number; readonly madeMs: number };
  lastAnswered: number;
  isServed: boolean;
}

const LIVE_SHARED_MS = 1750;
/** Two ring neighbours each send a quick question every 4 s (docs/protocol.md). */
const RING_MS = 2000;

/** The address of a peer, `127.1.0.1` and so on, with 250 in each /24. */
export function peerAddress(network: string, index: number): string {
  return `${network}.${Math.floor(index / 250)}.${(index % 250) + 1}`;
}

if (import.meta.main) await run(JSON.parse(process.argv[2] ?? "{}") as PeerOrders);

async function run(orders: PeerOrders): Promise<void> {
  const startMs = performance.now();
  const counts = { answers: 0, lost: 0, served: 0, bytes: 0 };
  const indexes = Array.from({ length: orders.count }, (_, index) => index);
  const lists = encodeAddressLists(
    orders.signature,
    indexes.map((index) => peerAddress(orders.network, index)),
  );
  const peers: Peer[] = [];
  for (const index of indexes) {
    const hear = (bytes: Uint8Array) => {
      const peer = peers[index];
      if (peer !== undefined) receive(peer, bytes);
    };
    peers.push(await openPeer(orders, index, hear));
  }

  function receive(peer: Peer, bytes: Uint8Array): void {
    const decoded = decodeMessage(bytes, orders.signature);
    if (!decoded.ok) return;
    const message = decoded.value;
    switch (message.kind) {
      case "initial-query":
        for (const list of lists) send(peer, list);
        break;
      case "question":
        answer(peer, message);
        break;
      case "ring-question":
        send(
          peer,
          encodeRingAnswer(orders.signature, {
            number: message.number,
            incarnation: peer.incarnation,
          }),
        );
        break;
      default:
        break;
    }
  }

  function answer(peer: Peer, question: Question): void {
    if (question.question === peer.lastAnswered) counts.lost++;
    peer.lastAnswered = question.question;
    const packet = answerOf(peer, { orders, question, startMs });
    if (!peer.isServed) counts.served++;
    peer.isServed = true;
    counts.answers++;
    counts.bytes += packet.length;
    send(peer, packet);
  }

  function send(peer: Peer, packet: Uint8Array): void {
    peer.socket.send(packet, orders.port, orders.target);
  }

  function ask(peer: Peer | undefined): void {
    if (peer === undefined) return;
    const question = Math.floor(Math.random() * 2 ** 48);
    send(peer, encodeQuestion(orders.signature, { question, id: peer.id, watching: false }));
  }

  // Each peer asks once in an interval; two also send quick questions.
  let turn = 0;
  setInterval(
    () => ask(peers[turn++ % peers.length]),
    (orders.updateSeconds * 1000) / orders.count,
  );
  setInterval(() => {
    const peer = peers[turn % 2];
    if (peer !== undefined) send(peer, encodeRingQuestion(orders.signature, turn));
  }, RING_MS);
  setInterval(() => console.log(JSON.stringify(counts satisfies PeerCounts)), 1000);
  console.log(JSON.stringify(counts satisfies PeerCounts));
}

async function openPeer(
  { network, port, updateSeconds }: PeerOrders,
  index: number,
  hear: (bytes: Uint8Array) => void,
): Promise<Peer> {
  const address = peerAddress(network, index);
  const socket = await Bun.udpSocket({
    ...{ hostname: address, port, binaryType: "buffer" },
    socket: { data: (_socket, bytes) => hear(bytes), error: () => undefined },
  });
  const hex = index.toString(16).padStart(4, "0");
  // Multiples of the golden ratio spread evenly.
  const share = (index * 0.618034) % 1;
  return {
    ...{ address, socket, name: `node-${String(index + 1).padStart(4, "0")}` },
    id: Bun.hash(hex).toString(16).padStart(16, "0"),
    incarnation: `b00${hex}`.padEnd(16, "0"),
    phaseMs: share * updateSeconds * 1000,
    live: { sequence: 0, madeMs: Number.NEGATIVE_INFINITY },
    lastAnswered: -1,
    isServed: false,
  };
}

interface Asked {
  readonly orders: PeerOrders;
  readonly question: Question;
  readonly startMs: number;
}

/** Like the product (cluster/serving/own-report.ts), sends the interval report first, then the live one. */
function answerOf(peer: Peer, { orders, question, startMs }: Asked): Uint8Array {
  const nowMs = performance.now();
  const sinceMs = nowMs - startMs + peer.phaseMs;
  const intervalMs = orders.updateSeconds * 1000;
  const sequence = 1 + Math.floor(sinceMs / intervalMs);
  const head = {
    ...{
      answer: question.question,
      id: peer.id,
      incarnation: peer.incarnation,
      sequence,
      name: peer.name,
    },
    ...{ intervalSeconds: orders.updateSeconds, ageSeconds: (sinceMs % intervalMs) / 1000 },
    ...{ wallMs: Date.now(), you: orders.target, ring: true as const },
  };
  const isHeld = question.incarnation === peer.incarnation && (question.sequence ?? -1) >= sequence;
  if (!isHeld) {
    return encodeAnswer(orders.signature, { ...head, report: reportOf(peer, sequence) });
  }
  if (!question.watching) return encodeAnswer(orders.signature, head);
  if (nowMs - peer.live.madeMs > LIVE_SHARED_MS) {
    peer.live = { sequence: peer.live.sequence + 1, madeMs: nowMs };
  }
  return encodeAnswer(orders.signature, {
    ...head,
    liveSequence: peer.live.sequence,
    ageSeconds: (nowMs - peer.live.madeMs) / 1000,
    report: reportOf(peer, peer.live.sequence),
  });
}

/** The report of a machine with 32 cores, with different figures each time and for each machine. */
function reportOf(peer: Peer, sequence: number): Report {
  const varied = (value: number, index = 0) =>
    Math.round(10 * ((value + peer.phaseMs / 100 + sequence * 7 + index * 13) % 100)) / 10;
  const { memory, processes = [], cpu } = TYPICAL_REPORT;
  return {
    ...TYPICAL_REPORT,
    name: peer.name,
    cpu: { ...cpu, userPercent: varied(20) / 2, cores: (cpu?.cores ?? []).map(varied) },
    memory: { ...memory, usedBytes: Math.round((memory?.totalBytes ?? 0) * (varied(40) / 100)) },
    processes: processes.map((one, index) => {
      return {
        ...one,
        pid: 1000 + Math.round(varied(index) * 97),
        cpuPercent: varied(index, index),
      };
    }),
  };
}
