/**
 * The host names under which this machine answers. A page of another site whose name was made to
 * resolve to this machine (DNS rebinding) is refused by its Host header.
 */
import { readSearchDomains } from "../linux/resolv-conf.ts";
import { canonicalAddress } from "../net/address.ts";

/** Longer than any DNS name with a port. */
const LONGEST_HOST = 300;

/**
 * `localhost`, the name alone, with `.local` and with each search domain, and the `http-name`s.
 * `root`: `etc/resolv.conf` is read below it; "/" but for tests.
 */
export function hostNamesOf(options: {
  readonly root: string;
  readonly name: string;
  readonly httpNames: readonly string[];
}): ReadonlySet<string> {
  const name = plainName(options.name);
  const first = name.split(".")[0] ?? name;
  const domains = readSearchDomains(options.root);
  const names = new Set(["localhost", ...options.httpNames.map(plainName)]);
  for (const own of [name, first]) {
    if (own === "") continue;
    for (const domain of ["local", ...domains]) names.add(`${own}.${domain}`);
    names.add(own);
  }
  names.delete("");
  return names;
}

/**
 * Whether a Host header (`name[:port]`, `[v6][:port]`) names this machine or is an address, or there is
 * none (HTTP/1.0, as old scripts speak it): a browser, which alone can be misled, always sends one.
 */
export function isAllowedHost(header: string | null, names: ReadonlySet<string>): boolean {
  if (header === null) return true;
  if (header.length > LONGEST_HOST) return false;
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::\d{1,5})?$/.exec(header);
  if (bracketed) return canonicalAddress(bracketed[1] ?? "") !== undefined;
  const plain = /^([^:[\]\s/@]+)(?::\d{1,5})?$/.exec(header);
  if (plain === null) return false;
  const name = plainName(plain[1] ?? "");
  return names.has(name) || canonicalAddress(name) !== undefined;
}

/** Case and a trailing dot do not matter. */
function plainName(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, "");
}
