/**
 * The socket between peers. Sends and receives whole datagrams on both address families, counts
 * what fails by its code, and never throws for anything that the network does.
 */

import { fail, ok, type Result } from "../base/result.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { portInUseReason } from "./port-holder.ts";
import { tuneSocket, withSetSocketOption } from "./socket-options.ts";

export interface PeerSocketOptions {
  /** The address of `--bind`; absent: all, IPv4 alone where there is no IPv6. */
  readonly bind?: string;
  /** 0 lets the kernel choose (tests). */
  readonly port: number;
  /** `from.address` is canonical: never IPv4 in IPv6. The bytes are the receiver's to keep. */
  readonly onPacket: (from: Endpoint, bytes: Uint8Array) => void;
  /** What the log should say: once for each kind of trouble, not for each packet. */
  readonly onFault: (reason: string) => void;
  /** Where /proc is found, to name the holder of a port; "/" but for tests. */
  readonly root?: string;
}

export interface PeerSocket {
  readonly port: number;
  /** The bound address; `::` for both families. */
  readonly address: string;
  /** Hands one datagram to the kernel; "failed" is counted in `errors`. */
  send(to: Endpoint, bytes: Uint8Array): "sent" | "failed";
  /** Datagrams that could not be sent, or that a host refused, by code (`ENETUNREACH`, `EMSGSIZE`, …). */
  errors(): ReadonlyMap<string, number>;
  close(): void;
}

/** The calls of the system that opening a socket needs; the tests hand in ones that fail. */
export interface SocketSystem {
  readonly udpSocket: typeof Bun.udpSocket;
  /** The C library's file. */
  readonly library: string;
}

type RawSocket = Bun.udp.Socket<"buffer">;

/** A kernel without IPv6 says one of these to `::`. */
const NO_IPV6 = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EPROTONOSUPPORT", "EINVAL"]);

/** The codes of a network's whole life are fewer; a longer list would be a bug of ours. */
const MAX_ERROR_KINDS = 64;

/** Opens the socket; a reason with the remedy if the port or the address cannot be had. */
export async function openPeerSocket(
  options: PeerSocketOptions,
  system: SocketSystem = { udpSocket: Bun.udpSocket, library: "libc.so.6" },
): Promise<Result<PeerSocket>> {
  const errors = new ErrorCounts(options.onFault);
  const opened = await bindFirst(options, system, errors);
  if (!opened.ok) return opened;
  const socket = opened.value;
  tune(socket, options, system);
  const isIPv6 = socket.hostname.includes(":");
  let closed = false;
  return ok({
    port: socket.port,
    address: socket.hostname,
    send: (to, bytes) => {
      // A dual-stack socket reaches an IPv4 peer under its mapped address.
      const isMapped = isIPv6 && !to.address.includes(":");
      const address = isMapped ? `::ffff:${to.address}` : to.address;
      return closed ? "failed" : sendOnce({ address, port: to.port }, bytes, socket, errors);
    },
    errors: () => errors.counts,
    close: () => {
      if (!closed) socket.close();
      closed = true;
    },
  });
}

/**
 * The canonical text of an address as the socket gives it: an IPv4 address in IPv6 (`::ffff:…`)
 * becomes plain, a scope (`fe80::1%eth0`) stays, since the peer cannot be reached without it.
 */
export function canonicalSource(address: string): string {
  return /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
}

async function bindFirst(
  options: PeerSocketOptions,
  system: SocketSystem,
  errors: ErrorCounts,
): Promise<Result<RawSocket>> {
  const addresses = options.bind === undefined ? ["::", "0.0.0.0"] : [options.bind];
  for (const [index, hostname] of addresses.entries()) {
    try {
      return ok(await bindOne(hostname, options, system, errors));
    } catch (error) {
      const code = codeOf(error);
      if (index + 1 < addresses.length && NO_IPV6.has(code)) continue;
      return fail(bindReason(code, error, options));
    }
  }
  throw new Error("no address to bind was tried");
}

function bindOne(
  hostname: string,
  options: PeerSocketOptions,
  system: SocketSystem,
  errors: ErrorCounts,
): Promise<RawSocket> {
  return system.udpSocket({
    hostname,
    port: options.port,
    binaryType: "buffer",
    socket: {
      data: (_socket, data, port, address) => {
        // Bun makes a buffer for each datagram (a test pins it), so it need not be copied.
        try {
          options.onPacket({ address: canonicalSource(address), port }, data);
        } catch (bug) {
          // Thrown here it would reach `error` below and be counted as a refused packet. It is a
          // bug of ours, and must end the program with its own stack.
          queueMicrotask(() => {
            throw bug;
          });
        }
      },
      // Without this callback the process ends at the first ICMP error.
      // Bun's types name the socket as the first argument; what comes is the error alone. A host
      // that refused a packet is no fault of ours: counted, not told.
      error: (first: unknown, second?: unknown) => {
        errors.add(codeOf(second ?? first));
      },
    },
  });
}

function tune(socket: RawSocket, options: PeerSocketOptions, system: SocketSystem): void {
  // Bun shows the descriptor, its types do not.
  const descriptor = (socket as { readonly fd?: unknown }).fd;
  const set =
    typeof descriptor === "number" && descriptor >= 0
      ? withSetSocketOption((setOption) => tuneSocket(descriptor, setOption), system.library)
      : { buffers: false, errorQueueOff: false };
  if (set.buffers && set.errorQueueOff) return;
  options.onFault(
    "the UDP socket keeps the system's settings, as the C library cannot be called: " +
      "bursts of more than some 100 packets may be lost",
  );
}

/** Sends, and once more after a throw: an error left by another peer's packet is then used up. */
function sendOnce(
  to: Endpoint,
  bytes: Uint8Array,
  socket: RawSocket,
  errors: ErrorCounts,
): "sent" | "failed" {
  let code = "";
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      // False: the kernel's send buffer is full.
      if (socket.send(bytes, to.port, to.address)) return "sent";
      code = "EAGAIN";
      break;
    } catch (error) {
      code = codeOf(error);
    }
  }
  errors.count(code);
  return "failed";
}

/** Failures by code; the first of each code is told. */
class ErrorCounts {
  readonly counts = new Map<string, number>();
  readonly #onFault: (reason: string) => void;

  constructor(onFault: (reason: string) => void) {
    this.#onFault = onFault;
  }

  /** Counts a packet that could not be sent, and tells the first of its kind. */
  count(code: string): void {
    if (this.add(code) === 1)
      this.#onFault(`sending a packet failed: ${code}; further ones are counted`);
  }

  /** Counts in silence; gives the new count, 0 where the list is full. */
  add(code: string): number {
    const before = this.counts.get(code) ?? 0;
    if (before === 0 && this.counts.size >= MAX_ERROR_KINDS) return 0;
    this.counts.set(code, before + 1);
    return before + 1;
  }
}

function bindReason(code: string, error: unknown, options: PeerSocketOptions): string {
  const { bind, port, root = "/" } = options;
  switch (code) {
    case "EADDRINUSE":
      return portInUseReason(root, {
        ...{ transport: "udp", port, option: "-p" },
        ...(bind === undefined ? {} : { bind }),
      });
    case "EADDRNOTAVAIL":
      return `--bind ${bind}: no interface of this machine has this address; \`ip address\` lists those it has`;
    case "EAFNOSUPPORT":
      return `--bind ${bind}: this machine has no IPv6; bind an IPv4 address, or leave --bind out`;
    case "EACCES":
    case "EPERM":
      return `-p ${port}: not allowed to open this UDP port; take one from 1024 on, or start as root with -U`;
    default: {
      const words = error instanceof Error ? error.message : String(error);
      return `-p ${port}: the UDP socket cannot be opened${bind === undefined ? "" : ` on ${bind}`}: ${words}`;
    }
  }
}

function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === "string") return code;
  return typeof name === "string" ? name : "unknown";
}
