/**
 * Scans as a starting daemon would and counts the answers, for the check on a machine where no
 * unagi runs. Bounded in packets, rate and time.
 */
import { withoutUndefined } from "../../../base/without-undefined.ts";
import type { AddressSet } from "../../../net/address-set.ts";
import { decodeMessage } from "../../../protocol/decode.ts";
import { encodeInitialQuery } from "../../../protocol/v1/messages.ts";
import { openPeerSocket } from "../../../runtime/udp.ts";
import type { Envelope } from "../../../sealing/envelope.ts";
import type { AskedFacts } from "./facts.ts";

/** Bursts of this size fit into every queue, and make 100 queries a second. */
const BURST = 10;
const BURST_PAUSE_MS = 100;

/** On a LAN an answer takes a few ms, but an ARP request before it may be repeated after 1 s. */
const LAST_ANSWERS_MS = 1_200;

/**
 * Chooses the addresses to ask: first those that the kernel has just heard from, then others of the
 * range at random. Our own addresses are left out.
 */
export function chooseTargets(options: {
  readonly scan: AddressSet;
  readonly neighbours: readonly string[];
  readonly isOwn: (address: string) => boolean;
  readonly isAllowed: (address: string) => boolean;
  readonly most: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}): { readonly targets: readonly string[]; readonly ofCount: number } {
  const { scan, neighbours, isOwn, isAllowed, most, random } = options;
  const may = (address: string) => !isOwn(address) && isAllowed(address);
  const all = Array.from({ length: scan.size }, (_, index) => scan.at(index)).filter(may);
  const first = new Set(neighbours);
  const heardOf = all.filter((address) => first.has(address));
  const rest = all.filter((address) => !first.has(address));
  const targets = heardOf.slice(0, most);
  // The first steps of a Fisher-Yates shuffle give each address the same chance.
  for (let i = 0; i < rest.length && targets.length < most; i++) {
    const j = i + Math.floor(random() * (rest.length - i));
    const [chosen, swapped] = [rest[j], rest[i]];
    if (chosen === undefined || swapped === undefined) break;
    rest[j] = swapped;
    targets.push(chosen);
  }
  return { targets, ofCount: all.length };
}

/** Sends the queries, waits for the last answers, and closes the socket. Takes 4 s at most. */
export async function askScan(question: {
  readonly signature: string;
  readonly envelope?: Envelope | undefined;
  /** The port of the peers, and also our own, as some firewalls and old programs require. */
  readonly port: number;
  readonly bind?: string | undefined;
  readonly targets: readonly string[];
  readonly ofCount: number;
}): Promise<AskedFacts> {
  const { signature, envelope, targets, ofCount, bind, port } = question;
  if (targets.length === 0) return { askedCount: 0, ofCount, answered: [] };
  const wanted = new Set(targets);
  const answered = new Set<string>();
  const options = {
    ...withoutUndefined({ bind }),
    onPacket: (from: { readonly address: string }, bytes: Uint8Array) => {
      if (!wanted.has(from.address)) return;
      const opened = envelope?.open(bytes) ?? { ok: true, message: bytes };
      const message = opened.ok ? decodeMessage(opened.message, signature) : opened;
      if (message.ok && message.value.kind === "address-list") answered.add(from.address);
    },
    onFault: () => undefined,
  };
  let socket = await openPeerSocket({ ...options, port });
  // If the port is in use, or this user may not open it, any port will do where no firewall objects.
  if (!socket.ok) socket = await openPeerSocket({ ...options, port: 0 });
  if (!socket.ok) return { askedCount: 0, ofCount, answered: [], problem: socket.reason };
  const query = encodeInitialQuery(signature);
  for (let start = 0; start < targets.length; start += BURST) {
    if (start > 0) await Bun.sleep(BURST_PAUSE_MS);
    for (const address of targets.slice(start, start + BURST)) {
      socket.value.send({ address, port }, envelope?.seal(query) ?? query);
    }
  }
  const deadline = performance.now() + LAST_ANSWERS_MS;
  while (performance.now() < deadline && answered.size < targets.length) {
    await Bun.sleep(BURST_PAUSE_MS);
  }
  socket.value.close();
  return { askedCount: targets.length, ofCount, answered: [...answered] };
}
