/**
 * /etc/resolv.conf: the search domains. Source: resolv.conf(5).
 *
 *     # made by systemd-resolved
 *     nameserver 192.168.1.1
 *     search lab.example.org example.org
 */
import { readTextOrEmpty } from "./read-text.ts";

/** The resolver itself reads at most this many. */
const MOST_DOMAINS = 32;

/** As `parseResolvConf`; empty where there is no such file or it cannot be read, as is ordinary. */
export function readSearchDomains(root: string): readonly string[] {
  return parseResolvConf(readTextOrEmpty(root, "/etc/resolv.conf"));
}

/**
 * The search domains, in lower case and without the last dot. `search` and `domain` exclude each
 * other, and the last line wins.
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
    .map((domain) => domain.toLowerCase().replace(/\.$/, ""))
    .filter((domain) => domain !== "");
}
