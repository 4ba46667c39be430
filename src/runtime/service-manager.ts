/**
 * Tells the service manager how the daemon is doing: sd_notify(3), datagrams of `KEY=value` lines
 * to the socket in $NOTIFY_SOCKET. Through the C library, as Bun has no datagram sockets of the
 * local family. Without a service manager every call does nothing; none ever throws or waits.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";

export interface ServiceManager {
  /** Half of the time after which the service manager takes a silent daemon for hung. */
  readonly watchdogIntervalMs?: number;
  /** The daemon can be used, after its start or after a reload; one line for `systemctl status`. */
  ready(status: string): void;
  /** It reads its configuration again; `ready` tells the end. */
  reloading(): void;
  stopping(): void;
  /** "The main loop turns": to be called from it, and from nowhere else. */
  watchdog(): void;
}

export interface ServiceManagerParts {
  readonly pid: number;
  /** The C library's file. */
  readonly library: string;
  /** What the log should say; once. */
  readonly onFault: (reason: string) => void;
}

type Environment = Readonly<Record<string, string | undefined>>;

interface NotifySocket {
  /** Sends one datagram, without waiting; false if it did not go out. */
  send(text: string): boolean;
  /** The kernel's CLOCK_MONOTONIC in µs; Bun's clocks begin at the start of the process. */
  monotonicUsec(): bigint;
}

/** Linux's numbers: socket(2), send(2), unix(7). */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** clock_gettime(2). */
const CLOCK_MONOTONIC = 1;

/** sun_path of sockaddr_un, the NUL behind a path among them. */
const LONGEST_PATH_BYTES = 108;

/** A status line is for one line of a terminal. */
const LONGEST_STATUS = 200;

/** Some twenty lines; what is told is a line or two. */
const LONGEST_UNSENT = 4_096;

/**
 * `env` is the process's: NOTIFY_SOCKET, and WATCHDOG_USEC, which counts if WATCHDOG_PID is our
 * own or absent (sd_watchdog_enabled(3)). To be called when the privileges are dropped.
 */
export function createServiceManager(
  env: Environment,
  parts: Partial<ServiceManagerParts> = {},
): ServiceManager {
  const { pid = process.pid, library = "libc.so.6", onFault = () => undefined } = parts;
  const socket = openNotifySocket(env["NOTIFY_SOCKET"], library, onFault);
  const intervalMs = socket === undefined ? undefined : watchdogIntervalMs(env, pid);
  // What a full queue refused goes out before the next message: a lost READY would end the daemon.
  let unsent = "";

  function tell(lines: string): void {
    if (socket === undefined) return;
    // Before a socket that takes nothing, the oldest lines are too old to matter.
    unsent = socket.send(unsent + lines) ? "" : (unsent + lines).slice(-LONGEST_UNSENT);
  }

  return {
    ...(intervalMs === undefined ? {} : { watchdogIntervalMs: intervalMs }),
    ready: (status) => tell(`READY=1\n${statusLine(status)}`),
    reloading: () => {
      if (socket !== undefined) tell(`RELOADING=1\nMONOTONIC_USEC=${socket.monotonicUsec()}\n`);
    },
    stopping: () => tell("STOPPING=1\n"),
    watchdog: () => {
      // One that is lost says nothing later on: it is not kept.
      if (socket?.send(`${unsent}WATCHDOG=1\n`) === true) unsent = "";
    },
  };
}

/** Half of $WATCHDOG_USEC in ms, as sd_watchdog_enabled(3) advises; undefined if it is not ours. */
function watchdogIntervalMs(env: Environment, pid: number): number | undefined {
  const owner = env["WATCHDOG_PID"];
  if (owner !== undefined && owner !== "" && owner !== String(pid)) return undefined;
  const text = env["WATCHDOG_USEC"] ?? "";
  // 0 is "off"; the longest is 31 years, so that the half is a safe number of ms.
  if (!/^[1-9]\d{0,14}$/.test(text)) return undefined;
  return Number(text) / 2_000;
}

/** Line ends in it would be further assignments. */
function statusLine(text: string): string {
  return `STATUS=${text.replace(/[\x00-\x1f\x7f]/g, " ").slice(0, LONGEST_STATUS)}\n`;
}

/** Undefined where there is no service manager, or none that could be told. */
function openNotifySocket(
  path: string | undefined,
  library: string,
  onFault: (reason: string) => void,
): NotifySocket | undefined {
  if (path === undefined || path === "") return undefined;
  const address = socketAddress(path);
  if (address === undefined) {
    onFault("NOTIFY_SOCKET is neither a path nor an abstract socket: nothing is told to it");
    return undefined;
  }
  const libc = openLibrary(library);
  const descriptor = libc?.symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) ?? -1;
  if (libc === undefined || descriptor < 0) {
    onFault("the service manager cannot be told anything: no socket to it can be opened");
    return undefined;
  }
  let hasFailed = false;
  return {
    send: (text) => {
      const bytes = Buffer.from(text);
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      const sent = libc.symbols.sendto(
        ...[descriptor, ptr(bytes), bytes.length, flags, ptr(address), address.length],
      );
      if (Number(sent) === bytes.length) return true;
      if (!hasFailed) onFault("the service manager's socket does not take what it is told");
      hasFailed = true;
      return false;
    },
    monotonicUsec: () => {
      // struct timespec: seconds and nanoseconds, of 64 bits each on all that Bun runs on.
      const time = new BigInt64Array(2);
      libc.symbols.clock_gettime(CLOCK_MONOTONIC, ptr(time));
      return (time[0] ?? 0n) * 1_000_000n + (time[1] ?? 0n) / 1_000n;
    },
  };
}

/**
 * A sockaddr_un of just the needed length: the family, in this machine's byte order (all that Bun
 * runs on are little-endian), and a path with its NUL, or NUL and an abstract name (`@name`).
 */
function socketAddress(path: string): Buffer | undefined {
  const isAbstract = path.startsWith("@");
  if ((!isAbstract && !path.startsWith("/")) || path.length === 1) return undefined;
  const name = Buffer.from(isAbstract ? `\0${path.slice(1)}` : `${path}\0`);
  if (name.length > LONGEST_PATH_BYTES) return undefined;
  return Buffer.concat([Buffer.from([AF_UNIX, 0]), name]);
}

function openLibrary(library: string) {
  const { i32, u32, u64, i64, ptr: pointer } = FFIType;
  try {
    return dlopen(library, {
      socket: { args: [i32, i32, i32], returns: i32 },
      clock_gettime: { args: [i32, pointer], returns: i32 },
      sendto: { args: [i32, pointer, u64, i32, pointer, u32], returns: i64 },
    });
  } catch {
    // Another C library, or memory that may not become executable: the caller says so.
    return undefined;
  }
}
