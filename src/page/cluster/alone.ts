/**
 * What the page says on a machine that knows no other: how it is looking for them, and five things
 * to check, with this machine's own values.
 */
import { counted, SENTENCE_LENGTH, shownText } from "../../base/shown-text.ts";
import { isIpv6, isLoopback } from "../../net/address.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { duration } from "../../view/format.ts";

function listed(ranges: readonly string[]): string {
  return ranges.length === 0 ? "nobody else" : shownText(ranges.join(", "), SENTENCE_LENGTH);
}

function scanning({ scan, startedWallMs, moment }: ClusterView): string {
  const started = `Started ${duration((moment.wallMs - startedWallMs) / 1000)} ago.`;
  const what = `Scanning ${listed(scan.ranges)} on UDP port ${scan.port}`;
  const progress =
    scan.asked >= scan.size
      ? `all ${scan.size} tried once; retrying slowly`
      : `${scan.asked} of ${scan.size} tried so far`;
  return `${started} ${what}: ${progress}. Updates automatically.`;
}

/** The network around one of our addresses for a firewall rule: a /24 or a /64. */
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
export function aloneOf(view: ClusterView) {
  if (view.machines.some(({ isSelf }) => !isSelf)) return undefined;
  const own = view.scan.ownAddresses.filter((address) => !isLoopback(address));
  const [first = view.scan.ownAddresses[0] ?? "127.0.0.1"] = own;
  return {
    /** It was started without ranges, so it scans nothing but itself. */
    isNotLooking: view.scan.isLoopbackOnly && view.scan.size <= 1,
    sentence: scanning(view),
    signature: shownText(view.network),
    ownAddress: own.length === 0 ? first : own.join(", "),
    accepts: listed(view.scan.allow),
    firewall: `ufw allow from ${networkOf(first)} to any port ${view.scan.port} proto udp`,
    key: view.isSealed ? "this one has one" : "this one has none",
    heard:
      view.candidates === 0
        ? "none"
        : `${counted(view.candidates, "address", "addresses")}, no answer yet`,
    dropped: droppedWords(view),
  };
}
