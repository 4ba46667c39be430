/**
 * The names under which the report may be asked for. A page on another site whose name was made
 * to resolve to this machine (DNS rebinding) is refused by its Host header.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { canonicalAddress } from "../net/address.ts";

export interface HostNameOptions {
  /** Below which `etc/resolv.conf` is read; `/` outside of tests. */
  readonly root: string;
  readonly name: string;
  readonly httpNames: readonly string[];
}

/** The resolver itself reads at most this many search domains (resolv.conf(5) of old: 6). */
const MOST_DOMAINS = 32;

/**
 * Search domains, in lower case without the last dot; as resolv.conf(5), `search` and `domain`
 * exclude each other and the last line wins.
 *
 *     # made by systemd-resolved
 *     nameserver 192.168.1.1
 *     search lab.example.org example.org
 */
export function parseResolvConf(text: string): readonly string[] {
  let domains: readonly string[] = [];
  for (const line of text.split("\n")) {
    const [word = "", ...values] = line.trim().split(/\s+/);
    if (word === "search") domains = values;
    if (word === "domain") domains = values.slice(0, 1);
  }
  return domains
    .slice(0, MOST_DOMAINS)
    .map(plainName)
    .filter((domain) => domain !== "");
}

/** No file, or one that cannot be read: there are no search domains, and that is ordinary. */
function readSearchDomains(root: string): readonly string[] {
  try {
    return parseResolvConf(readFileSync(join(root, "etc/resolv.conf"), "utf8"));
  } catch {
    return [];
  }
}

function plainName(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, "");
}

/** `localhost`, the name alone, with `.local` and with each search domain, and the `http-name`s. */
export function hostNamesOf(options: HostNameOptions): ReadonlySet<string> {
  const name = plainName(options.name);
  const first = name.split(".")[0] ?? name;
  const own = new Set([name, first].filter((one) => one !== ""));
  const names = new Set(["localhost", ...options.httpNames.map(plainName)]);
  for (const one of own) {
    names.add(one);
    names.add(`${one}.local`);
    for (const domain of readSearchDomains(options.root)) names.add(`${one}.${domain}`);
  }
  names.delete("");
  return names;
}

/** Longer than any DNS name with a port. */
const LONGEST_HOST = 300;

/** Whether a Host header (`name[:port]`, `[v6][:port]`) names this machine or is an address. */
export function isAllowedHost(header: string | null, names: ReadonlySet<string>): boolean {
  if (header === null || header.length > LONGEST_HOST) return false;
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::\d{1,5})?$/.exec(header);
  if (bracketed) return canonicalAddress(bracketed[1] ?? "") !== undefined;
  const plain = /^([^:[\]\s/@]+)(?::\d{1,5})?$/.exec(header);
  if (plain === null) return false;
  const name = plainName(plain[1] ?? "");
  return names.has(name) || canonicalAddress(name) !== undefined;
}
