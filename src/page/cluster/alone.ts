/**
 * What a machine says that has heard of no other: what it is doing about it, and five checks
 * with its own values in them, so that nothing has to be looked up elsewhere.
 */

import { counted, SENTENCE_LENGTH, shownText } from "../../base/shown-text.ts";
import { isIpv6, isLoopback } from "../../net/address.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { duration } from "../../view/format.ts";

export interface Alone {
  /** It was started without ranges and speaks to nobody. */
  readonly speaksToNobody: boolean;
  readonly sentence: string;
  readonly signature: string;
  readonly ownAddress: string;
  readonly accepts: string;
  readonly firewall: string;
  readonly key: string;
  readonly heard: string;
  readonly dropped: string;
}

function listed(ranges: readonly string[]): string {
  return ranges.length === 0 ? "nobody else" : shownText(ranges.join(", "), SENTENCE_LENGTH);
}

function scanning({ scan, startedWallMs, moment }: ClusterView): string {
  const started = `Started ${duration((moment.wallMs - startedWallMs) / 1000)} ago.`;
  const what = `Scanning ${listed(scan.ranges)} on UDP port ${scan.port}`;
  const progress =
    scan.asked >= scan.size
      ? `all ${scan.size} asked once, now going round slowly`
      : `${scan.asked} of ${scan.size} asked so far`;
  return `${started} ${what}: ${progress}. This page changes by itself when one answers.`;
}

/** The network of an own address that a firewall rule would name: a /24 or a /64. */
function networkOf(address: string): string {
  if (!isIpv6(address)) return `${address.split(".").slice(0, 3).join(".")}.0/24`;
  return `${address.split("::")[0]?.split(":").slice(0, 4).join(":")}::/64`;
}

function droppedWords(view: ClusterView): string {
  const reasons = Object.entries(view.drops)
    .filter(([, count]) => count > 0)
    .sort(([, a], [, b]) => b - a)
    .slice(0, 8)
    .map(([reason, count]) => `${count} ${shownText(reason, 80)}`);
  return reasons.length === 0 ? "none" : reasons.join(", ");
}

/** `undefined` when another machine is known. */
export function aloneOf(view: ClusterView): Alone | undefined {
  if (view.machines.some(({ isSelf }) => !isSelf)) return undefined;
  const own = view.scan.ownAddresses.filter((address) => !isLoopback(address));
  const [first = view.scan.ownAddresses[0] ?? "127.0.0.1"] = own;
  return {
    speaksToNobody: view.scan.isLoopbackOnly && view.scan.size <= 1,
    sentence: scanning(view),
    signature: shownText(view.network),
    ownAddress: own.length === 0 ? first : own.join(", "),
    accepts: listed(view.scan.allow),
    firewall: `ufw allow from ${networkOf(first)} to any port ${view.scan.port} proto udp`,
    key: view.isSealed ? "this one has one" : "this one has none",
    heard:
      view.candidates === 0
        ? "nothing"
        : `${counted(view.candidates, "address", "addresses")} that did not answer a question yet`,
    dropped: droppedWords(view),
  };
}
