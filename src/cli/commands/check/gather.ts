/**
 * Collects the facts that `unagi check` judges: ports, networks, the answer of the running unagi, who
 * answers a scan. Changes nothing. As root with -U, it becomes that user before it tries which
 * messages that user may read.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
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

const NEIGHBOUR_LIMIT = "/proc/sys/net/ipv4/neigh/default/gc_thresh3";

/** `root` contains /proc, /sys and /etc: "/" except in tests. */
export async function gatherFacts({
  config,
  notes,
  env,
  root,
}: {
  readonly config: Config;
  readonly notes: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly root: string;
}): Promise<CheckFacts> {
  const isRoot = process.geteuid?.() === 0;
  const { secrets, keyProblems } = readKeys(config, env["CREDENTIALS_DIRECTORY"]);
  const ports = await readPorts(config, root);
  const running = await askRunning(withoutUndefined({ bind: config.bind, port: config.httpPort }));
  const networks = resolveNetworks(config, root);
  // A running unagi knows better; and if another program holds the port, that must be solved first.
  const mayAsk = running.kind === "none" && keyProblems.length === 0;
  const asked = mayAsk ? await ask(config, networks, { root, secrets }) : undefined;
  const becomes = isRoot && config.user !== undefined;
  const became = becomes ? dropPrivileges(config.user, root) : undefined;
  return withoutUndefined({
    config,
    notes,
    keyProblems,
    ports,
    running,
    keyCount: secrets.length,
    hasServiceKey: config.keyFiles.length === 0 && existsSync(join(root, SERVICE_KEY_FILE)),
    networks: networks.facts,
    asked,
    messages: await readMessageSource(config, root),
    isRoot: isRoot && !becomes,
    userProblem: became?.ok === false ? became.reason : undefined,
    neighbourLimit: readNumber(root, NEIGHBOUR_LIMIT),
  });
}

function readKeys({ keyFiles }: Config, credentialsDirectory: string | undefined) {
  const read = keyFiles.map((path) => readKeyFile(path, { credentialsDirectory }));
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
    const state = await tryPort(root, withoutUndefined({ transport, port, bind: config.bind }));
    facts.push({ transport, port, option, state });
  }
  return facts;
}

function resolveNetworks(config: Config, root: string) {
  const addresses = readAddresses();
  const { lan, scan, p2pAllow, isOwn, notices } = readNetworks(config, root, addresses);
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
  { root, secrets }: { readonly root: string; readonly secrets: readonly Uint8Array[] },
): Promise<AskedFacts> {
  const chosen = chooseTargets({
    scan,
    isOwn,
    most: MOST_ASKED,
    random: createRandom(),
    neighbours: readArp(root).map(({ address }) => address),
    isAllowed: (address) => p2pAllow.contains(address),
  });
  return askScan({
    ...chosen,
    ...withoutUndefined({
      envelope: secrets.length === 0 ? undefined : envelopeOf(config, secrets),
      signature: config.signature,
      port: config.p2pPort,
      bind: config.bind,
    }),
  });
}

/** Seals with a random id, since a query is answered whoever sends it. */
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

/** `undefined` also where a network namespace, as that of a container, has no such file. */
function readNumber(root: string, path: string): number | undefined {
  const text = readWord(root, path) ?? "";
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined;
}
