/**
 * IP addresses as text: one canonical spelling for each, so that addresses are compared as
 * strings everywhere else. Strict on purpose: ipaddr.js alone reads `010.1.2.3` as 8.1.2.3,
 * and `10.1` or `2130706433` as addresses.
 */
import ipaddr from "ipaddr.js";

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const IPV6_TAIL = new RegExp(`:${OCTET}(?:\\.${OCTET}){3}$`);

/** The longest IPv6 address in text: 6 groups of 4 digits and an embedded IPv4 address. */
const LONGEST_ADDRESS = 45;

/**
 * The one spelling of an address: `192.168.1.7`, or IPv6 compressed and in lower case
 * (RFC 5952); an IPv4-mapped IPv6 address becomes the IPv4 one. `undefined` for anything else:
 * leading zeros, fewer than four parts, a zone (`fe80::1%eth0`), brackets, spaces.
 */
export function canonicalAddress(text: string): string | undefined {
  if (text.length > LONGEST_ADDRESS) return undefined;
  if (IPV4.test(text)) return text;
  if (!text.includes(":") || text.includes("%")) return undefined;
  if (text.includes(".") && !IPV6_TAIL.test(text)) return undefined;
  if (!ipaddr.IPv6.isValid(text)) return undefined;
  // ipaddr.js takes `::10.1.2.3` for a mapped address, which only `::ffff:10.1.2.3` is.
  const address = ipaddr.IPv6.parse(text.replace(/^::(?=\d+\.)/, "0::"));
  return isIpv4Mapped(address.parts)
    ? address.toIPv4Address().toString()
    : address.toRFC5952String();
}

/**
 * ::ffff:0:0/96, for eight 16-bit parts. ipaddr.js's own test goes through all special ranges
 * and takes longer than reading the address.
 */
function isIpv4Mapped(parts: readonly number[]): boolean {
  return parts[5] === 0xffff && parts.slice(0, 5).every((part) => part === 0);
}

/** For a canonical address. */
export function isIpv6(address: string): boolean {
  return address.includes(":");
}

/** 127.0.0.0/8 and ::1; for a canonical address. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (address.startsWith("127.") && !isIpv6(address));
}

/**
 * Whether a packet could be sent to a machine at this canonical address: false for multicast
 * and the reserved 240.0.0.0/4 above it with the broadcast address, for the unspecified 0.0.0.0/8
 * and ::, and for link-local IPv6, which means nothing without the interface that a list cannot
 * carry.
 */
export function isUsablePeerAddress(address: string): boolean {
  if (!isIpv6(address)) {
    const first = Number(address.slice(0, address.indexOf(".")));
    return first !== 0 && first < 224;
  }
  const isMulticast = /^ff[0-9a-f]{2}:/.test(address);
  const isLinkLocal = /^fe[89ab][0-9a-f]:/.test(address);
  return address !== "::" && !isMulticast && !isLinkLocal;
}
