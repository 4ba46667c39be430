/**
 * IP addresses as text and as numbers. Each has one canonical spelling, so that addresses are
 * compared as strings everywhere else. Their numbers lie on one line of 2¹²⁸ values, with IPv4 where
 * IPv6 maps it (::ffff:0:0/96), so that 10.1.2.3 and ::ffff:10.1.2.3 are the same value.
 *
 * Reading is strict: ipaddr.js alone reads `010.1.2.3` as 8.1.2.3, and takes `10.1` and
 * `2130706433` for addresses.
 */
import ipaddr from "ipaddr.js";

/** ::ffff:0.0.0.0, where IPv4 begins on the line (RFC 4291, 2.5.5.2). */
export const IPV4_FIRST = 0xffff_0000_0000n;
export const IPV4_LAST = 0xffff_ffff_ffffn;

/** 0 to 255 without a leading zero: `010` is 8 to some readers and 10 to others. */
const OCTET = "(25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4_TEXT = new RegExp(`^${Array(4).fill(OCTET).join("\\.")}$`);

/** The longest IPv6 text, ::ffff:255.255.255.255 written in full, has 45 characters. */
const LONGEST_ADDRESS = 45;

/**
 * The one spelling of an address: `192.168.1.7`, or IPv6 compressed and in lower case (RFC 5952); an
 * IPv4-mapped IPv6 address becomes the IPv4 one. Undefined for anything else: leading zeros, fewer
 * than four parts, a zone (`fe80::1%eth0`), brackets, spaces.
 */
export function canonicalAddress(text: string): string | undefined {
  if (IPV4_TEXT.test(text)) return text;
  const parts = parseIpv6Parts(text);
  return parts && formatParts(parts);
}

/** The value of IPv4, IPv6 or IPv4-mapped IPv6 text without a zone; undefined for anything else. */
export function parseAddress(text: string): bigint | undefined {
  const ipv4 = parseIpv4Number(text);
  if (ipv4 !== undefined) return IPV4_FIRST + BigInt(ipv4);
  let value = 0n;
  const parts = parseIpv6Parts(text);
  for (const part of parts ?? []) value = (value << 16n) | BigInt(part);
  return parts && value;
}

export function formatAddress(value: bigint): string {
  const parts: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) parts.push(Number((value >> shift) & 0xffffn));
  return formatParts(parts);
}

/** The 32-bit number of a strictly written IPv4 address; undefined for anything else. */
export function parseIpv4Number(text: string): number | undefined {
  const match = IPV4_TEXT.exec(text);
  if (match === null) return undefined;
  return match.slice(1).reduce((value, byte) => value * 256 + Number(byte), 0);
}

export function isIpv4(value: bigint): boolean {
  return value >= IPV4_FIRST && value <= IPV4_LAST;
}

/** Whether a canonical address is an IPv6 one. */
export function isIpv6(address: string): boolean {
  return address.includes(":");
}

/** Whether a canonical address lies in 127.0.0.0/8 or is ::1. */
export function isLoopback(address: string): boolean {
  return address === "::1" || (address.startsWith("127.") && !isIpv6(address));
}

/**
 * Whether a packet could be sent to a machine at this canonical address. False for multicast
 * and the reserved 240.0.0.0/4 above it with the broadcast address, for the unspecified 0.0.0.0/8
 * and ::, and for link-local IPv6, which means nothing without an interface, and lists carry none.
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

/** The eight 16-bit parts of IPv6 text without a zone; undefined for anything else. */
function parseIpv6Parts(text: string): readonly number[] | undefined {
  if (text.length > LONGEST_ADDRESS) return undefined;
  if (!/^[0-9a-fA-F:]*:[0-9a-fA-F:.]*$/.test(text)) return undefined;
  // ipaddr.js reads leading zeros in an embedded IPv4 part as octal.
  const tail = text.slice(text.lastIndexOf(":") + 1);
  if (tail.includes(".") && !IPV4_TEXT.test(tail)) return undefined;
  if (!ipaddr.IPv6.isValid(text)) return undefined;
  // ipaddr.js takes `::10.1.2.3` for a mapped address, which only `::ffff:10.1.2.3` is.
  return ipaddr.IPv6.parse(text.replace(/^::(?=\d+\.)/, "0::")).parts;
}

/** ipaddr.js's own test for mapped addresses takes longer than reading the address. */
function formatParts(parts: readonly number[]): string {
  const [high = 0, low = 0] = parts.slice(6);
  const isMapped = parts[5] === 0xffff && parts.slice(0, 5).every((part) => part === 0);
  if (isMapped) return [high >> 8, high & 255, low >> 8, low & 255].join(".");
  return new ipaddr.IPv6([...parts]).toRFC5952String();
}
