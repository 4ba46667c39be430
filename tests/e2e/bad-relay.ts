/**
 * A relay over real sockets that loses, duplicates, delays and reorders packets, from a seed. Each
 * machine has an own address and a shown one, at which the relay listens. The relay sends a packet for a
 * shown address on to the machine, from the shown address of its sender, so that every machine sees one
 * address for each other machine, as on any network.
 */
import { seededRandom } from "../simulation/world/random.ts";

export interface BadRelay {
  readonly counts: { passed: number; lost: number; doubled: number; overtaken: number };
  close(): void;
}

export interface BadRelayOptions {
  /** Each machine's own address, and the one under which the others know it. */
  readonly routes: readonly { readonly own: string; readonly shown: string }[];
  readonly port: number;
  readonly seed: number;
}

const LOST = 0.05;
const DOUBLED = 0.3;
const HELD_UP = 0.05;
/** The longest delay of most packets. */
const DELAY_MS = 150;
/** The longest delay of the others, so late that answers to later questions arrive before. */
const LONG_DELAY_MS = 4000;

export async function startBadRelay({ routes, port, seed }: BadRelayOptions): Promise<BadRelay> {
  const random = seededRandom(seed);
  const counts = { passed: 0, lost: 0, doubled: 0, overtaken: 0 };
  const sockets = new Map<string, Bun.udp.Socket<"buffer">>();
  const timers = new Set<Timer>();
  /** By sender and receiver, the latest arrival of the packets sent so far. */
  const newest = new Map<string, number>();

  function pass(from: string, to: string, bytes: Uint8Array): void {
    const source = routes.find(({ own }) => own === from);
    const target = routes.find(({ shown }) => shown === to);
    if (source === undefined || target === undefined) return;
    if (random() < LOST) {
      counts.lost++;
      return;
    }
    const copies = random() < DOUBLED ? 2 : 1;
    counts.doubled += copies - 1;
    for (let copy = 0; copy < copies; copy++) {
      const delayMs = random() * (random() < HELD_UP ? LONG_DELAY_MS : DELAY_MS);
      const way = `${from} ${to}`;
      const atMs = performance.now() + delayMs;
      if (atMs < (newest.get(way) ?? 0)) counts.overtaken++;
      newest.set(way, Math.max(atMs, newest.get(way) ?? 0));
      const timer = setTimeout(() => {
        timers.delete(timer);
        counts.passed++;
        sockets.get(source.shown)?.send(bytes, port, target.own);
      }, delayMs);
      timers.add(timer);
    }
  }

  for (const { shown } of routes) {
    const socket = await Bun.udpSocket({
      ...{ hostname: shown, port, binaryType: "buffer" },
      socket: {
        data: (_socket, bytes, _port, from) => pass(from, shown, bytes),
        // A machine may not have started yet.
        error: () => undefined,
      },
    });
    sockets.set(shown, socket);
  }
  return {
    counts,
    close: () => {
      for (const timer of timers) clearTimeout(timer);
      for (const socket of sockets.values()) socket.close();
      sockets.clear();
    },
  };
}
