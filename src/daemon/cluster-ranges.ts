/** What the core is told about networks: whom it may speak to, whom it scans, which machine it is. */
import type { ClusterRanges } from "../cluster/options.ts";
import type { Networks } from "../net/networks.ts";

/** As many as there may be machines. Forged senders can only make it start again. */
const MOST_REMEMBERED = 4096;

export function clusterRanges(networks: Networks): ClusterRanges {
  const { p2pAllow, scan, isOwn, isBroadcast } = networks;
  const allow = remembered((address) => p2pAllow.contains(address) && !isBroadcast(address));
  return { allow, scan, isOwn };
}

/** Keeps answers, since each packet asks and nearly all come from the same few machines. */
function remembered(test: (address: string) => boolean): (address: string) => boolean {
  const answers = new Map<string, boolean>();
  return (address) => {
    const known = answers.get(address);
    if (known !== undefined) return known;
    const answer = test(address);
    if (answers.size >= MOST_REMEMBERED) answers.clear();
    answers.set(address, answer);
    return answer;
  };
}
