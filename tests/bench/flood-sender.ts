/**
 * A process that sends hostile packets at a steady rate from many loopback addresses. It takes its
 * orders as a JSON argument and prints its progress as a line of JSON a second.
 */
import { readKeyFile } from "../../src/runtime/key-file.ts";
import { seededRandom } from "../simulation/world/random.ts";
import { type HostileOptions, hostilePackets } from "./hostile-packets.ts";

export interface FloodOrders {
  readonly address: string;
  readonly port: number;
  readonly signature: string;
  readonly keyFile?: string;
  readonly packets: number;
  readonly perSecond: number;
  /** Half of the packets come from the first two sources, the others from all. */
  readonly sources: readonly string[];
  /** The beginning of the addresses that lists and hints name. */
  readonly prefix: string;
}

export interface FloodProgress {
  readonly sent: number;
  /** Packets that the kernel did not accept for sending. */
  readonly refused: number;
  readonly seconds: number;
}

/** After a pause of this process, at most this much of the missed time is made up for at once. */
const LONGEST_BURST_SECONDS = 0.1;
const TICK_MS = 5;

if (import.meta.main) await flood(JSON.parse(process.argv[2] ?? "{}") as FloodOrders);

async function flood(orders: FloodOrders): Promise<void> {
  const sockets = await Promise.all(
    orders.sources.map((hostname) => openSource(hostname, orders.port)),
  );
  const random = seededRandom(17);
  const next = hostilePackets(optionsOf(orders));
  const started = performance.now();
  let owedFrom = started;
  let [owed, sent, refused, printedAt] = [0, 0, 0, started];
  const printProgress = (now: number) => {
    const progress: FloodProgress = { sent, refused, seconds: (now - started) / 1000 };
    console.log(JSON.stringify(progress));
  };
  while (sent < orders.packets) {
    const now = performance.now();
    owed += ((now - owedFrom) * orders.perSecond) / 1000;
    owedFrom = now;
    owed = Math.min(owed, orders.perSecond * LONGEST_BURST_SECONDS, orders.packets - sent);
    for (; owed >= 1; owed--) {
      const among = random() < 0.5 ? 2 : sockets.length;
      const socket = sockets[Math.floor(random() * among)];
      if (!send(socket, next(), orders)) refused++;
      sent++;
    }
    if (now - printedAt >= 1000) {
      printProgress(now);
      printedAt = now;
    }
    if (orders.packets - sent >= 1) await Bun.sleep(TICK_MS);
  }
  printProgress(performance.now());
  for (const socket of sockets) socket.close();
}

function optionsOf({ signature, keyFile, prefix }: FloodOrders): HostileOptions {
  const key = keyFile === undefined ? undefined : readKeyFile(keyFile);
  if (key !== undefined && !key.ok) throw new Error(key.reason);
  return {
    ...{ signature, seed: 23 },
    ...(key?.value === undefined ? {} : { secret: key.value }),
    address: (random) => `${prefix}${Math.floor(random() * 256)}.${Math.floor(random() * 256)}`,
  };
}

type Source = Bun.udp.Socket<"buffer">;

/** Sends from the peers' port, from which more is believed. What comes back is discarded. */
function openSource(hostname: string, port: number): Promise<Source> {
  const socket = { data: () => undefined, error: () => undefined };
  return Bun.udpSocket({ hostname, port, socket });
}

function send(socket: Source | undefined, packet: Uint8Array, to: FloodOrders): boolean {
  try {
    return socket?.send(packet, to.port, to.address) ?? false;
  } catch {
    return false;
  }
}
