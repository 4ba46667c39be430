/**
 * Links to the same page on other machines. Each of them serves the whole cluster, so a reader
 * whose server is down or cut off goes on there.
 */
import { shownName } from "../../base/shown-text.ts";
import type { Machine } from "../../cluster/machine.ts";
import { isIpv6 } from "../../net/address.ts";

export interface PageLink {
  readonly name: string;
  readonly href: string;
}

/** Enough to find one that is alive, and few enough for one line. */
const MOST_LINKS = 5;

/** The origin of a machine's own page, without a slash; `undefined` if it reports no HTTP port. */
export function originOf(address: string, httpPort: number | undefined): string | undefined {
  if (httpPort === undefined || address === "") return undefined;
  return `http://${isIpv6(address) ? `[${address}]` : address}:${httpPort}`;
}

/** Links to `path` on some of these machines, spread over the list: a whole rack may be down. */
export function linksOn(
  machines: readonly Machine[],
  path: string,
  most: number = MOST_LINKS,
): readonly PageLink[] {
  const links = machines.flatMap((machine) => {
    const origin = machine.isSelf ? undefined : originOf(machine.address, machine.httpPort);
    return origin === undefined ? [] : [{ name: shownName(machine, 24), href: `${origin}${path}` }];
  });
  if (links.length <= most) return links;
  return Array.from(
    { length: most },
    (_, at) => links[Math.floor((at * links.length) / most)],
  ).filter((link) => link !== undefined);
}
