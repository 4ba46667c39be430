/**
 * The socket options that Bun has no name for, set through the C library: the sizes of the two
 * buffers, and IP_RECVERR off. Without a C library that can be opened nothing is set; the
 * socket works on, with less room and with the sender's retry as the only remedy.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";

/** What could be set. */
export interface SocketOptionsSet {
  readonly buffers: boolean;
  readonly errorQueueOff: boolean;
}

export type SetSocketOption = (option: {
  readonly descriptor: number;
  readonly level: number;
  readonly name: number;
  readonly value: number;
}) => boolean;

/**
 * 2,000 answers of 2 KB in one moment, with the kernel's own cost for each; the default of
 * 212,992 bytes lost 95 % of such a burst. The kernel caps it at net.core.rmem_max.
 */
const RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024;

/**
 * A packet to an address that nobody has waits in this buffer for 3 s, until the kernel gives up
 * asking for it (arp(7)), and is charged 768 bytes at least. So a scan of an empty network at 100
 * queries a second fills the default of 212,992 bytes, and lost 15 % of its queries. The kernel
 * caps it at twice net.core.wmem_max: room for 554 where that is the default.
 */
const SEND_BUFFER_BYTES = 4 * 1024 * 1024;

/** Linux's numbers: socket(7), ip(7), ipv6(7). */
const SOL_SOCKET = 1;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SOL_IP = 0;
const IP_RECVERR = 11;
const SOL_IPV6 = 41;
const IPV6_RECVERR = 25;

/**
 * Bun switches IP_RECVERR on: then the ICMP error about one peer makes the next `send`, to
 * whomever, fail, and that packet is lost. Off, the kernel keeps such errors to itself, as it
 * does for every socket that is not connected.
 */
export function tuneSocket(descriptor: number, set: SetSocketOption): SocketOptionsSet {
  const option = { descriptor, value: 0 };
  const offIPv4 = set({ ...option, level: SOL_IP, name: IP_RECVERR });
  // Fails on an IPv4 socket, where it is not needed.
  const offIPv6 = set({ ...option, level: SOL_IPV6, name: IPV6_RECVERR });
  const buffer = { descriptor, level: SOL_SOCKET };
  const receives = set({ ...buffer, name: SO_RCVBUF, value: RECEIVE_BUFFER_BYTES });
  const sends = set({ ...buffer, name: SO_SNDBUF, value: SEND_BUFFER_BYTES });
  return { errorQueueOff: offIPv4 || offIPv6, buffers: receives && sends };
}

/** Runs `use` with setsockopt of the C library; with a setter that never succeeds without one. */
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
  try {
    return dlopen(library, {
      setsockopt: {
        args: [FFIType.i32, FFIType.i32, FFIType.i32, FFIType.ptr, FFIType.u32],
        returns: FFIType.i32,
      },
    });
  } catch {
    // Another C library, or memory that may not become executable: the caller goes on without.
    return undefined;
  }
}
