/** Judges the ranges: what they stand for here, and whether this machine is in them. */
import { printable } from "../../../base/printable.ts";
import type { Config } from "../../../config/config.ts";
import { isLoopbackOnly, type RangeList, rangeTexts } from "../../../net/ranges.ts";
import type { CheckFacts, NetworkFacts, OwnAddress } from "./facts.ts";
import { type Finding, fine, look, wrong } from "./finding.ts";

/** A host of containers has hundreds of interfaces. */
const MOST_INTERFACES = 12;

/** A sentence names so many items and counts the rest. */
const MOST_NAMED = 6;

/** A sentence quotes at most so many characters of the ranges. */
const RANGES_LENGTH = 300;

/** A table that is fuller than this before a scan has no room for other hosts. */
const FULL_SHARE = 0.75;

export function judgeNetworks(facts: CheckFacts): readonly Finding[] {
  const judges = [judgeLan, judgeRanges, judgeNeighbourTable];
  return judges.flatMap((judge) => judge(facts));
}

/** Whether the configuration keeps this machine from speaking to any other. */
export function speaksToNobody({ scan, p2pAllow }: Pick<Config, "scan" | "p2pAllow">): boolean {
  return isLoopbackOnly(scan) && isLoopbackOnly(p2pAllow);
}

function judgeLan({ config, networks: { lan, unmatched } }: CheckFacts): readonly Finding[] {
  const isUsed = [config.scan, config.p2pAllow, config.httpAllow].some(namesLan);
  const networks = lan.wired.allow;
  const meaning =
    networks.length === 0
      ? "stands for nothing here"
      : `stands for ${shortList(networks)}${isUsed ? "" : "; the configuration does not use it"}`;
  const others = lan.leftOut.filter(({ reason }) => reason !== "it is loopback");
  const leftOut = others
    .slice(0, MOST_INTERFACES)
    .map(({ name, reason }) => `${printable(name, 20)} (${reason.replace(/^it (is|has) /, "")})`);
  const more = others.length - leftOut.length;
  if (more > 0) leftOut.push(`${more} more`);
  const text = leftOut.length === 0 ? meaning : `${meaning}; left out: ${leftOut.join(", ")}`;
  const problems = unmatched.map((sentence) => {
    const [what = sentence, remedy = ""] = sentence.split("; name the range");
    return wrong("lan", what, `name the range${remedy}`);
  });
  return [fine("lan", text), ...problems];
}

function judgeRanges({ config, networks }: CheckFacts): readonly Finding[] {
  const { scanSize } = networks;
  if (speaksToNobody(config)) {
    const text = "this machine speaks to no other: only loopback addresses are configured";
    const remedy = "name your network with -s, as in -s lan, on every machine";
    return [look("ranges", text, remedy), judgeReaders(config)];
  }
  const size = counted(scanSize, "address", "addresses");
  return [
    // The finding on `lan` already says that it stands for nothing.
    ...(scanSize === 0 ? [] : [fine("scan", `${shown(config.scan)}: ${size}`)]),
    judgeOwnAddresses(config, networks),
    judgeReaders(config),
  ];
}

/** The machines of a network are configured alike: ranges that exclude us here do so on the others. */
function judgeOwnAddresses(config: Config, { ownAddresses: own, scanSize }: NetworkFacts): Finding {
  const subject = "p2p-allow";
  const ranges = shown(config.p2pAllow);
  if (own.length === 0) {
    const text = "this machine has no address but loopback ones";
    return wrong(subject, text, "connect it to the network, or see `ip address`");
  }
  const allowed = own.filter(({ isAllowed }) => isAllowed);
  if (allowed.length === 0) {
    const text =
      `${ranges} holds none of this machine's addresses (${names(own)}), so machines ` +
      "with the same configuration drop its packets";
    const remedy = "name the network of this machine, in -n (and -s) of every machine";
    return wrong(subject, text, remedy);
  }
  if (scanSize > 0 && !allowed.some(({ isScanned }) => isScanned)) {
    const text =
      `${ranges} holds ${names(allowed)}, but the scan range does not: machines with the same ` +
      "configuration find this one only if it finds them";
    return look(subject, text, "add the network of this machine to -s of every machine");
  }
  return fine(subject, `${ranges}, with this machine's ${names(allowed)}`);
}

function judgeReaders(config: Config): Finding {
  return isLoopbackOnly(config.httpAllow)
    ? fine("http-allow", "browsers on this machine alone may see the page (-a lets others in)")
    : fine("http-allow", `${shown(config.httpAllow)} and this machine may see the page`);
}

/** arp(7): at gc_thresh3 entries the kernel refuses new ones, for every program of the machine. */
function judgeNeighbourTable(facts: CheckFacts): readonly Finding[] {
  const { neighbourLimit, networks, running } = facts;
  if (neighbourLimit === undefined || networks.onLinkScanSize === 0) return [];
  const subject = "neighbours";
  const machines = running.kind === "cluster" ? running.cluster.machines.length : 0;
  const room = `the kernel's table has room for ${neighbourLimit} (gc_thresh3)`;
  const onLink = counted(networks.onLinkScanSize, "address", "addresses");
  const better = 2 ** Math.ceil(Math.log2(2 * Math.max(networks.onLinkScanSize, machines)));
  const remedy = `sysctl -w net.ipv4.neigh.default.gc_thresh3=${better}`;
  if (machines > neighbourLimit * FULL_SHARE) {
    return [wrong(subject, `${room}, and ${machines} machines are known`, remedy)];
  }
  if (networks.onLinkScanSize > neighbourLimit) {
    return [look(subject, `${room}, and a scan asks ${onLink} on this wire`, remedy)];
  }
  return [fine(subject, `${room}; a scan asks ${onLink} on this wire`)];
}

function namesLan(list: RangeList): boolean {
  return list.ranges.some(({ kind }) => kind === "lan");
}

function names(own: readonly OwnAddress[]): string {
  return shortList(
    own.map(({ address, interfaceName }) => `${address} (${printable(interfaceName, 20)})`),
  );
}

function shown(list: RangeList): string {
  return printable(rangeTexts(list).join(", ") || "nothing", RANGES_LENGTH);
}

export function shortList(words: readonly string[]): string {
  const named = words.slice(0, MOST_NAMED).join(", ");
  const more = words.length - MOST_NAMED;
  return more > 0 ? `${named} and ${more} more` : named;
}

export function counted(count: number, one: string, many: string): string {
  const figure = Number.isFinite(count) ? count.toLocaleString("en-US") : "countless";
  return `${figure} ${count === 1 ? one : many}`;
}
