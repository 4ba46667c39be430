/**
 * Sets the socket options that Bun does not offer, through the C library: the sizes of the two
 * buffers, and IP_RECVERR off. Where the C library cannot be opened nothing is set; the socket then
 * has small buffers, and only the sender's retry helps against errors left by other peers.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";

export type SetSocketOption = (option: {
  readonly descriptor: number;
  readonly level: number;
  readonly name: number;
  readonly value: number;
}) => boolean;

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
 * Says which options could be set.
 *
 * Bun switches IP_RECVERR on, which makes an ICMP error about one peer fail the next `send`, to any
 * peer, and lose that packet. Switched off, the kernel drops such errors, as it does by default for
 * a socket that is not connected.
 */
export function tuneSocket(descriptor: number, set: SetSocketOption) {
  const off = { descriptor, value: 0 };
  const offIPv4 = set({ ...off, level: SOL_IP, name: IP_RECVERR });
  // Fails on an IPv4 socket, which does not need it.
  const offIPv6 = set({ ...off, level: SOL_IPV6, name: IPV6_RECVERR });
  const buffer = { descriptor, level: SOL_SOCKET };
  const receives = set({ ...buffer, name: SO_RCVBUF, value: RECEIVE_BUFFER_BYTES });
  const sends = set({ ...buffer, name: SO_SNDBUF, value: SEND_BUFFER_BYTES });
  return { errorQueueOff: offIPv4 || offIPv6, buffers: receives && sends };
}

/** Runs `use` with setsockopt of the C library, or without one with a setter that always fails. */
export function withSetSocketOption<T>(use: (set: SetSocketOption) => T, library = "libc.so.6"): T {
  const libc = openLibrary(library);
  if (libc === undefined) return use(() => false);
  try {
    return use(({ descriptor, level, name, value }) => {
      const bytes = new Int32Array([value]);
      const size = bytes.byteLength;
      return libc.symbols.setsockopt(descriptor, level, name, ptr(bytes), size) === 0;
    });
  } finally {
    libc.close();
  }
}

function openLibrary(library: string) {
  const { i32 } = FFIType;
  try {
    return dlopen(library, {
      setsockopt: { args: [i32, i32, i32, FFIType.ptr, FFIType.u32], returns: i32 },
    });
  } catch {
    // Another C library, or memory that may not become executable. The caller goes on without.
    return undefined;
  }
}
