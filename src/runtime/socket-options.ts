/**
 * Sets the socket options that Bun does not offer, through the C library: the sizes of the two
 * buffers, and IP_RECVERR off. Where the C library cannot be opened nothing is set; the socket then
 * has small buffers, and only the sender's retry helps against errors left by other peers.
 */
import { FFIType, ptr } from "bun:ffi";
import { openLibrary } from "./c-library.ts";

/**
 * Room for 2,000 answers of 2 KB at once, with the kernel's own bytes for each. The default of
 * 212,992 bytes lost 95 % of such a burst. The kernel caps the size at net.core.rmem_max.
 */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * A packet to an address without a machine waits in this buffer for 3 s, until the kernel stops
 * asking for that address (arp(7)), and takes up at least 768 bytes. A scan of an empty network at
 * 100 queries a second so filled the default of 212,992 bytes and lost 15 % of its queries. The
 * kernel caps the size at twice net.core.wmem_max, which by default is room for 554 packets.
 */
const SEND_BUFFER_BYTES = 4 * 1024 * 1024;

/** Numbers of Linux: socket(7), ip(7), ipv6(7). */
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SOL_IP = 0;
const IP_RECVERR = 11;
const SOL_IPV6 = 41;
const IPV6_RECVERR = 25;

/**
 * Whether all options could be set. `library` is the C library's file.
 *
 * Bun switches IP_RECVERR on, which makes an ICMP error about one peer fail the next `send`, to any
 * peer, and lose that packet. Switched off, the kernel drops such errors, as it does by default for
 * a socket that is not connected.
 */
export function tuneSocket(descriptor: number, library: string): boolean {
  const { i32, u32, ptr: pointer } = FFIType;
  const libc = openLibrary(library, {
    setsockopt: { args: [i32, i32, i32, pointer, u32], returns: i32 },
  });
  if (libc === undefined) return false;
  const set = (option: { level: number; name: number; value: number }) => {
    const { level, name, value } = option;
    const bytes = new Int32Array([value]);
    return libc.symbols.setsockopt(descriptor, level, name, ptr(bytes), bytes.byteLength) === 0;
  };
  const isOffIPv4 = set({ level: SOL_IP, name: IP_RECVERR, value: 0 });
  // Fails on an IPv4 socket, which does not need it.
  const isOffIPv6 = set({ level: SOL_IPV6, name: IPV6_RECVERR, value: 0 });
  const receives = set({ level: SOL_SOCKET, name: SO_RCVBUF, value: RECEIVE_BUFFER_BYTES });
  const sends = set({ level: SOL_SOCKET, name: SO_SNDBUF, value: SEND_BUFFER_BYTES });
  libc.close();
  return (isOffIPv4 || isOffIPv6) && receives && sends;
}
