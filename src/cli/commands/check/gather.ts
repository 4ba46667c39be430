/**
 * Collects the facts that `unagi check` judges: ports, networks, the answer of the running unagi, who
 * answers a scan. Changes nothing. As root with -U, it becomes that user before it tries which
 * messages that user may read.
 */
import { existsSync } from "node:fs";
import { crypto } from "../../../base/builtins.ts";
import { withoutUndefined } from "../../../base/without-undefined.ts";
import { messageSources } from "../../../collectors/messages/messages.ts";
import type { Config } from "../../../config/config.ts";
import { SERVICE_KEY_FILE } from "../../../config/options.ts";
import { readArp } from "../../../linux/proc/net-arp.ts";
import { readWord } from "../../../linux/read-text.ts";
import { type AddressesByName, readAddresses } from "../../../linux/sys/class-net.ts";
import { isLoopback } from "../../../net/address.ts";
import { type AddressSet, resolveRanges } from "../../../net/address-set.ts";
import { isKnownToOthers } from "../../../net/networks.ts";
import { rangeList } from "../../../net/ranges.ts";
import { readKeyFile } from "../../../runtime/key-file.ts";
import { dropPrivileges } from "../../../runtime/privileges.ts";
import { createRandom } from "../../../runtime/random.ts";
import { readNetworks } from "../../../runtime/read-networks.ts";
import { createEnvelope, type Envelope } from "../../../sealing/envelope.ts";
import type { Surroundings } from "../../command.ts";
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

/** Contains /proc, /sys and /etc. */
const ROOT = "/";
const NEIGHBOUR_LIMIT = "/proc/sys/net/ipv4/neigh/default/gc_thresh3";

export async function gatherFacts(
  { config, notes }: { readonly config: Config; readonly notes: readonly string[] },
  env: Surroundings["env"],
): Promise<CheckFacts> {
  const isRoot = process.geteuid?.() === 0;
  const { secrets, keyProblems } = readKeys(config, env["CREDENTIALS_DIRECTORY"]);
  const ports = await readPorts(config);
  const running = await askRunning({ bind: config.bind, port: config.httpPort });
  const networks = resolveNetworks(config);
  // A running unagi knows better; and if another program holds the port, that must be solved first.
  const mayAsk = running.kind === "none" && keyProblems.length === 0;
  const asked = mayAsk ? await ask(config, networks, secrets) : undefined;
  const becomes = isRoot && config.user !== undefined;
  const became = becomes ? dropPrivileges(config.user) : undefined;
  return withoutUndefined({
    config,
    notes,
    keyProblems,
    ports,
    running,
    keyCount: secrets.length,
    hasServiceKey: config.keyFiles.length === 0 && existsSync(SERVICE_KEY_FILE),
    networks: networks.facts,
    asked,
    messages: await readMessageSource(config),
    isRoot: isRoot && !becomes,
    userProblem: became?.ok === false ? became.reason : undefined,
    neighbourLimit: readNeighbourLimit(),
  });
}

function readKeys({ keyFiles }: Config, credentialsDirectory: string | undefined) {
  const read = keyFiles.map((path) => readKeyFile(path, { credentialsDirectory }));
  return {
    secrets: read.flatMap((key) => (key.ok && key.value !== undefined ? [key.value] : [])),
    keyProblems: read.flatMap((key) => (key.ok ? [] : [key.reason])),
  };
}

function readPorts({ bind, p2pPort, httpPort }: Config): Promise<readonly PortFact[]> {
  const wanted = [
    { transport: "udp", port: p2pPort, option: "-p" },
    { transport: "tcp", port: httpPort, option: "-h" },
  ] as const;
  return Promise.all(
    wanted.map(async (each) => ({ ...each, state: await tryPort({ ...each, bind }) })),
  );
}

function resolveNetworks(config: Config) {
  const addresses = readAddresses();
  const { lan, scan, p2pAllow, isOwn, notices } = readNetworks(config, ROOT, addresses);
  const ownAddresses = listOwn(addresses)
    .filter(({ address }) => config.bind === undefined || address === config.bind)
    .map(({ interfaceName, address }) => ({
      interfaceName,
      address,
      isAllowed: p2pAllow.contains(address),
      isScanned: scan.contains(address),
    }));
  const onLinkScanSize = countOnLink(scan, addresses, isOwn);
  const scanSize = scan.size;
  const facts: NetworkFacts = { lan, unmatched: notices, ownAddresses, scanSize, onLinkScanSize };
  return { facts, scan, p2pAllow, isOwn };
}

/** Leaves out loopback and link-local addresses, which mean nothing to other machines. */
function listOwn(addresses: AddressesByName) {
  return [...addresses].flatMap(([interfaceName, list]) =>
    list
      .filter(({ address }) => isKnownToOthers(address))
      .map((each) => ({ interfaceName, ...each })),
  );
}

/** Counts the addresses of the scan range that this machine reaches without a router. */
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
  { scan, p2pAllow, isOwn }: ReturnType<typeof resolveNetworks>,
  secrets: readonly Uint8Array[],
): Promise<AskedFacts> {
  const { signature, p2pPort: port, bind } = config;
  const chosen = chooseTargets({
    scan,
    isOwn,
    most: MOST_ASKED,
    random: createRandom(),
    neighbours: readArp(ROOT).map(({ address }) => address),
    isAllowed: (address) => p2pAllow.contains(address),
  });
  const envelope = secrets.length === 0 ? undefined : envelopeOf(config, secrets);
  return askScan({ ...chosen, envelope, signature, port, bind });
}

/** Seals with a random id, since a query is answered whoever sends it. */
function envelopeOf({ signature }: Config, secrets: readonly Uint8Array[]): Envelope {
  const { randomBytes } = crypto();
  const [id, incarnation] = [randomBytes(8).toString("hex"), randomBytes(8).toString("hex")];
  return createEnvelope({ signature, secrets, id, incarnation, randomBytes });
}

async function readMessageSource({ messages }: Config): Promise<MessageFacts> {
  if (!messages) return { kind: "off" };
  for (const { name: source, read, remedy } of messageSources(ROOT)) {
    const reading = await read();
    if (reading.ok) return { kind: "readable", source };
    const { reason, code } = reading;
    if (code === "ENOENT") continue;
    const isDenied = code === "EACCES" || code === "EPERM";
    return { kind: "unreadable", source, reason, ...(isDenied && { remedy: remedy() }) };
  }
  return { kind: "none" };
}

/** `undefined` also where a network namespace, as that of a container, has no such file. */
function readNeighbourLimit(): number | undefined {
  const text = readWord(ROOT, NEIGHBOUR_LIMIT) ?? "";
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
