/**
 * Finds out what `unagi check` judges: ports, networks, what the running unagi says, who answers.
 * Changes nothing; as root with -U it becomes that user before it tries what that user may read.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crypto } from "../../../base/builtins.ts";
import { messageSources } from "../../../collectors/messages/messages.ts";
import type { Config } from "../../../config/config.ts";
import { readArp } from "../../../linux/proc/net-arp.ts";
import { type AddressesByName, readAddresses } from "../../../linux/sys/class-net.ts";
import { isLoopback } from "../../../net/address.ts";
import { type AddressSet, resolveRanges } from "../../../net/address-set.ts";
import { whyNoLan } from "../../../net/lan.ts";
import { rangeList } from "../../../net/ranges.ts";
import { readKeyFile } from "../../../runtime/key-file.ts";
import { dropPrivileges } from "../../../runtime/privileges.ts";
import { createRandom } from "../../../runtime/random.ts";

import { readLan } from "../../../runtime/read-lan.ts";

import type { Envelope } from "../../../sealing/envelope.ts";
import { createEnvelope } from "../../../sealing/envelope.ts";
import { askRunning } from "./ask-running.ts";
import { askScan, chooseTargets } from "./ask-scan.ts";
import {
  type AskedFacts,
  type CheckFacts,
  type MessageFacts,
  MOST_ASKED,
  type NetworkFacts,
  type PortFact,
} from "./facts.ts";
import { tryPort } from "./try-port.ts";

export interface GatherOptions {
  readonly config: Config;
  readonly notes: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where /proc, /sys and /etc are found: "/" but in tests. */
  readonly root: string;
}

/** Where the service looks for its key (packaging/deb/unagi.service). */
const SERVICE_KEY = "etc/unagi/key";

const NEIGHBOUR_LIMIT = "proc/sys/net/ipv4/neigh/default/gc_thresh3";

export async function gatherFacts(options: GatherOptions): Promise<CheckFacts> {
  const { config, notes, env, root } = options;
  const bound = config.bind === undefined ? {} : { bind: config.bind };
  const isRoot = process.geteuid?.() === 0;
  const { secrets, keyProblems } = readKeys(config, env["CREDENTIALS_DIRECTORY"]);
  const ports = await readPorts(config, root);
  const running = await askRunning({ ...bound, port: config.httpPort });
  const networks = resolveNetworks(config, root);
  // A unagi that runs knows better; and where another program is the trouble, that comes first.
  const mayAsk = running.kind === "none" && keyProblems.length === 0;
  const asked = mayAsk ? await ask(config, networks, { root, secrets }) : undefined;
  const becomes = isRoot && config.user !== undefined;
  const became = becomes ? dropPrivileges(config.user, root) : undefined;
  const neighbourLimit = readNumber(join(root, NEIGHBOUR_LIMIT));
  return {
    ...{ config, notes, keyProblems, ports, running },
    keyCount: secrets.length,
    hasServiceKey: config.keyFiles.length === 0 && existsSync(join(root, SERVICE_KEY)),
    networks: networks.facts,
    ...(asked === undefined ? {} : { asked }),
    messages: await readMessageSource(config, root),
    isRoot: isRoot && !becomes,
    ...(became?.ok === false ? { userProblem: became.reason } : {}),
    ...(neighbourLimit === undefined ? {} : { neighbourLimit }),
  };
}

interface Keys {
  readonly secrets: readonly Uint8Array[];
  readonly keyProblems: readonly string[];
}

function readKeys({ keyFiles }: Config, credentialsDirectory: string | undefined): Keys {
  const place = credentialsDirectory === undefined ? {} : { credentialsDirectory };
  const read = keyFiles.map((path) => readKeyFile(path, place));
  return {
    secrets: read.flatMap((key) => (key.ok && key.value !== undefined ? [key.value] : [])),
    keyProblems: read.flatMap((key) => (key.ok ? [] : [key.reason])),
  };
}

async function readPorts(config: Config, root: string): Promise<readonly PortFact[]> {
  const wanted = [
    { transport: "udp", port: config.p2pPort, option: "-p" },
    { transport: "tcp", port: config.httpPort, option: "-h" },
  ] as const;
  const facts: PortFact[] = [];
  for (const { transport, port, option } of wanted) {
    const place = { transport, port, ...(config.bind === undefined ? {} : { bind: config.bind }) };
    facts.push({ transport, port, option, state: await tryPort(root, place) });
  }
  return facts;
}

interface ResolvedNetworks {
  readonly facts: NetworkFacts;
  readonly scan: AddressSet;
  readonly p2pAllow: AddressSet;
  readonly isOwn: (address: string) => boolean;
}

function resolveNetworks(config: Config, root: string): ResolvedNetworks {
  const addresses = readAddresses();
  const lan = readLan(root, addresses);
  const scan = resolveRanges(config.scan, lan);
  const p2pAllow = resolveRanges(config.p2pAllow, lan);
  const unmatched = [
    whyNoLan(config.scan, "scan", lan),
    whyNoLan(config.p2pAllow, "p2p-allow", lan),
    whyNoLan(config.httpAllow, "http-allow", lan),
  ].filter((sentence) => sentence !== undefined);
  const ownAddresses = listOwn(addresses)
    .filter(({ address }) => config.bind === undefined || address === config.bind)
    .map(({ interfaceName, address }) => ({
      ...{ interfaceName, address },
      isAllowed: p2pAllow.contains(address),
      isScanned: scan.contains(address),
    }));
  const own = new Set(ownAddresses.map(({ address }) => address));
  // Bound to one loopback address, the others may be other daemons; else all are ourselves.
  const isOwn = (address: string) =>
    own.has(address) || (config.bind === undefined ? isLoopback(address) : address === config.bind);
  const onLinkScanSize = countOnLink(scan, addresses, isOwn);
  const facts = { lan, unmatched, ownAddresses, scanSize: scan.size, onLinkScanSize };
  return { facts, scan, p2pAllow, isOwn };
}

interface Own {
  readonly interfaceName: string;
  readonly address: string;
  readonly prefixLength: number;
}

/** Without loopback and link-local addresses, which no other machine knows this one by. */
function listOwn(addresses: AddressesByName): readonly Own[] {
  return [...addresses].flatMap(([interfaceName, list]) =>
    list
      .filter(({ address }) => !isLoopback(address) && !address.startsWith("fe80:"))
      .map((each) => ({ interfaceName, ...each })),
  );
}

/** How many addresses of the scan range lie on a wire of this machine. */
function countOnLink(
  scan: AddressSet,
  addresses: AddressesByName,
  isOwn: (address: string) => boolean,
): number {
  const cidrs = listOwn(addresses).map((own) => `${own.address}/${own.prefixLength}`);
  const onLink = resolveRanges(rangeList(cidrs, "allow"), {
    wired: { allow: [], scan: [] },
    withWireless: { allow: [], scan: [] },
    leftOut: [],
  });
  let count = 0;
  for (let index = 0; index < scan.size; index++) {
    const address = scan.at(index);
    if (onLink.contains(address) && !isLoopback(address) && !isOwn(address)) count++;
  }
  return count;
}

async function ask(
  config: Config,
  networks: ResolvedNetworks,
  { root, secrets }: { readonly root: string; readonly secrets: readonly Uint8Array[] },
): Promise<AskedFacts> {
  const { scan, p2pAllow, isOwn } = networks;
  const chosen = chooseTargets({
    ...{ scan, isOwn, most: MOST_ASKED, random: createRandom() },
    neighbours: readArp(root).map(({ address }) => address),
    isAllowed: (address) => p2pAllow.contains(address),
  });
  return askScan({
    ...chosen,
    ...(secrets.length === 0 ? {} : { envelope: envelopeOf(config, secrets) }),
    signature: config.signature,
    port: config.p2pPort,
    ...(config.bind === undefined ? {} : { bind: config.bind }),
  });
}

/** In nobody's name: a query is answered whoever seals it. */
function envelopeOf({ signature }: Config, secrets: readonly Uint8Array[]): Envelope {
  const { randomBytes } = crypto();
  const [id, incarnation] = [randomBytes(8).toString("hex"), randomBytes(8).toString("hex")];
  return createEnvelope({ signature, secrets, id, incarnation, randomBytes });
}

async function readMessageSource(config: Config, root: string): Promise<MessageFacts> {
  if (!config.messages) return { kind: "off" };
  for (const source of messageSources(root)) {
    const reading = await source.read();
    if (reading.ok) return { kind: "readable", source: source.name };
    if (reading.code === "ENOENT") continue;
    const isDenied = reading.code === "EACCES" || reading.code === "EPERM";
    const remedy = isDenied ? { remedy: source.remedy() } : {};
    return { kind: "unreadable", source: source.name, reason: reading.reason, ...remedy };
  }
  return { kind: "none" };
}

function readNumber(path: string): number | undefined {
  try {
    const text = readFileSync(path, "latin1").trim();
    return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined; // Not shown in a network namespace of its own, as in a container.
  }
}
