/**
 * The socket between peers. Sends and receives whole datagrams on both address families, and never
 * throws for anything that the network does.
 */
import { errorCode, errorMessage } from "../base/errors.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { portInUseReason } from "./port-holder.ts";
import { tuneSocket } from "./socket-options.ts";

export interface PeerSocketOptions {
  /** The address of `--bind`. Absent: all addresses, of IPv4 alone where there is no IPv6. */
  readonly bind?: string;
  /** 0 lets the kernel choose (tests). */
  readonly port: number;
  /** `from.address` is canonical: never IPv4 in IPv6. The receiver may keep the bytes. */
  readonly onPacket: (from: Endpoint, bytes: Uint8Array) => void;
  /** Called with a line for the log once for each kind of fault, not for each packet. */
  readonly onFault: (reason: string) => void;
  /** Where /proc is found, to name the holder of a port; "/" but for tests. */
  readonly root?: string;
}

export interface PeerSocket {
  readonly port: number;
  /** The bound address; `::` for both families. */
  readonly address: string;
  /** Hands one datagram to the kernel. */
  send(to: Endpoint, bytes: Uint8Array): "sent" | "failed";
  close(): void;
}

/** The system calls that opening a socket needs; tests hand in some that fail. */
export interface SocketSystem {
  readonly udpSocket: typeof Bun.udpSocket;
  /** The C library's file. */
  readonly library: string;
}

type RawSocket = Bun.udp.Socket<"buffer">;

/** The errors that binding `::` gives on a kernel without IPv6. */
const NO_IPV6 = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EPROTONOSUPPORT", "EINVAL"]);

/** Opens the socket; fails with a reason and its remedy where port or address cannot be had. */
export async function openPeerSocket(
  options: PeerSocketOptions,
  system: SocketSystem = { udpSocket: Bun.udpSocket, library: "libc.so.6" },
): Promise<Result<PeerSocket>> {
  const opened = await bindAt(options.bind ?? "::", options, system);
  if (!opened.ok) return opened;
  const socket = opened.value;
  tune(socket, options, system);
  const isIPv6 = socket.hostname.includes(":");
  const toldCodes = new Set<string>();
  let isClosed = false;
  return ok({
    port: socket.port,
    address: socket.hostname,
    send: (to, bytes) => {
      // A dual-stack socket reaches an IPv4 peer under its mapped address.
      const isMapped = isIPv6 && !to.address.includes(":");
      const address = isMapped ? `::ffff:${to.address}` : to.address;
      if (isClosed) return "failed";
      const code = trySend(socket, { address, port: to.port }, bytes);
      if (code === undefined) return "sent";
      if (!toldCodes.has(code)) {
        toldCodes.add(code);
        options.onFault(
          `a packet to ${to.address} could not be sent: ${code}; further ones are not logged`,
        );
      }
      return "failed";
    },
    close: () => {
      if (!isClosed) socket.close();
      isClosed = true;
    },
  });
}

/**
 * The canonical text of an address that the socket gave. An IPv4 address in IPv6 (`::ffff:…`) becomes
 * plain. A zone (`fe80::1%eth0`) stays, since the peer cannot be reached without it.
 */
export function canonicalSource(address: string): string {
  return /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1] ?? address;
}

async function bindAt(
  hostname: string,
  options: PeerSocketOptions,
  system: SocketSystem,
): Promise<Result<RawSocket>> {
  const { port, bind, onPacket } = options;
  // Without `error` the process ends at the first ICMP error. A host that refuses a packet is no
  // fault of this one: the core notices that it does not answer.
  const socket = { data: handOver(onPacket), error: () => undefined };
  try {
    return ok(await system.udpSocket({ hostname, port, binaryType: "buffer", socket }));
  } catch (error) {
    const code = codeOf(error);
    const mayBeIPv4 = bind === undefined && hostname === "::" && NO_IPV6.has(code);
    return mayBeIPv4 ? bindAt("0.0.0.0", options, system) : fail(bindReason(code, error, options));
  }
}

/** Bun makes a new buffer for each datagram (a test holds that), so no copy is needed. */
function handOver(onPacket: PeerSocketOptions["onPacket"]) {
  return (_socket: RawSocket, data: Buffer, port: number, address: string): void => {
    try {
      onPacket({ address: canonicalSource(address), port }, data);
    } catch (bug) {
      // Thrown here it would end in the socket's `error`. A bug of ours must end the program with
      // its own stack.
      queueMicrotask(() => {
        throw bug;
      });
    }
  };
}

function tune(socket: RawSocket, options: PeerSocketOptions, system: SocketSystem): void {
  // Bun's sockets have this property; its types do not show it.
  const descriptor = (socket as { readonly fd?: unknown }).fd;
  const isOpen = typeof descriptor === "number" && descriptor >= 0;
  if (isOpen && tuneSocket(descriptor, system.library)) return;
  options.onFault(
    "the UDP socket keeps the system's buffer sizes, since the C library cannot be called: " +
      "packets of bursts over about 100 may be lost",
  );
}

/**
 * Sends, and tries again after a throw, since that error may be left over from another peer's packet.
 * Gives the error's code, undefined when the packet was sent.
 */
function trySend(
  socket: RawSocket,
  to: Endpoint,
  bytes: Uint8Array,
  mayRetry = true,
): string | undefined {
  try {
    // False: the kernel's send buffer is full.
    return socket.send(bytes, to.port, to.address) ? undefined : "EAGAIN";
  } catch (error) {
    return mayRetry ? trySend(socket, to, bytes, false) : codeOf(error);
  }
}

function bindReason(code: string, error: unknown, options: PeerSocketOptions): string {
  const { bind, port, root = "/" } = options;
  switch (code) {
    case "EADDRINUSE":
      return portInUseReason(root, { transport: "udp", port, option: "-p", bind });
    case "EADDRNOTAVAIL":
      return `--bind ${bind}: no interface of this machine has this address; \`ip address\` lists those it has`;
    case "EAFNOSUPPORT":
      return `--bind ${bind}: this machine has no IPv6; bind an IPv4 address, or leave --bind out`;
    case "EACCES":
    case "EPERM":
      return `-p ${port}: not allowed to open this UDP port; take one from 1024 on, or start as root with -U`;
    default: {
      const where = bind === undefined ? "" : ` on ${bind}`;
      return `-p ${port}: the UDP socket cannot be opened${where}: ${errorMessage(error)}`;
    }
  }
}

/** Bun refuses a bad address or port with a TypeError, which has no code. */
function codeOf(error: unknown): string {
  return errorCode(error) ?? (error instanceof Error ? error.name : "unknown");
}
