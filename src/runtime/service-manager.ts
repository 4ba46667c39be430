/**
 * Tells the service manager the state of the daemon by sd_notify(3): datagrams of `KEY=value` lines
 * to the socket in $NOTIFY_SOCKET. They are sent through the C library, since Bun has no datagram
 * sockets of the local family. Without a service manager the calls do nothing; none throws or waits.
 */
import { FFIType, ptr } from "bun:ffi";
import { clampText, cleanText } from "../base/clean-text.ts";
import { openLibrary } from "./c-library.ts";

export type ServiceManager = ReturnType<typeof createServiceManager>;

type Environment = Readonly<Record<string, string | undefined>>;

/** Linux's numbers: socket(2), send(2), unix(7). */
const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;

/** clock_gettime(2). */
const CLOCK_MONOTONIC = 1;

/** The size of sun_path in sockaddr_un, which includes the NUL after a path. */
const LONGEST_PATH_BYTES = 108;

/** A status fits about one line of a terminal. */
const LONGEST_STATUS = 200;

/** About twenty messages, each of which has a line or two. */
const LONGEST_UNSENT = 4_096;

/**
 * Reads NOTIFY_SOCKET from `env`, and WATCHDOG_USEC, which counts if WATCHDOG_PID is this process's
 * or absent (sd_watchdog_enabled(3)). To be called after the privileges are dropped.
 */
export function createServiceManager(
  env: Environment,
  parts: {
    readonly pid?: number;
    readonly library?: string;
    /** Called once with a line for the log. */
    readonly onFault?: (reason: string) => void;
  } = {},
) {
  const { pid = process.pid, library = "libc.so.6", onFault = () => undefined } = parts;
  const socket = openNotifySocket(env["NOTIFY_SOCKET"], library, onFault);
  // What a full queue refused is sent with the next message: a lost READY would end the daemon.
  let unsent = "";

  function tell(lines: string): void {
    if (socket === undefined) return;
    // When the socket takes nothing for long, the oldest lines no longer matter.
    unsent = socket.send(unsent + lines) ? "" : (unsent + lines).slice(-LONGEST_UNSENT);
  }

  return {
    /** Half of the time after which the service manager takes a silent daemon for a hung one. */
    watchdogIntervalMs: socket && watchdogIntervalMs(env, pid),
    /** The start or a reload is complete. `status` is one line for `systemctl status`. */
    ready: (status: string) => tell(`READY=1\n${statusLine(status)}`),
    /** A reload has begun; `ready` ends it. */
    reloading: () => {
      if (socket !== undefined) tell(`RELOADING=1\nMONOTONIC_USEC=${socket.monotonicUsec()}\n`);
    },
    stopping: () => tell("STOPPING=1\n"),
    /** The main loop is alive; nothing else may call this. */
    watchdog: () => {
      // A lost ping means nothing later, so it is not kept.
      if (socket?.send(`${unsent}WATCHDOG=1\n`) === true) unsent = "";
    },
  };
}

/** Half of $WATCHDOG_USEC in ms (sd_watchdog_enabled(3)); undefined if it is for another process. */
function watchdogIntervalMs(env: Environment, pid: number): number | undefined {
  const owner = env["WATCHDOG_PID"];
  if (owner !== undefined && owner !== "" && owner !== String(pid)) return undefined;
  const text = env["WATCHDOG_USEC"] ?? "";
  // 0 means "off". 15 digits are 31 years, of which half is still an exact number of ms.
  if (!/^[1-9]\d{0,14}$/.test(text)) return undefined;
  return Number(text) / 2_000;
}

/** Control characters become spaces, since the text after a line end would be another assignment. */
function statusLine(text: string): string {
  return `STATUS=${cleanText(clampText(text, LONGEST_STATUS))}\n`;
}

/** Undefined where there is no service manager, or no socket to it. */
function openNotifySocket(
  path: string | undefined,
  library: string,
  onFault: (reason: string) => void,
) {
  if (path === undefined || path === "") return undefined;
  const address = socketAddress(path);
  if (address === undefined) {
    onFault("NOTIFY_SOCKET names neither a path nor an abstract socket: systemd is told nothing");
    return undefined;
  }
  const { i32, u32, u64, i64, ptr: pointer } = FFIType;
  const libc = openLibrary(library, {
    socket: { args: [i32, i32, i32], returns: i32 },
    clock_gettime: { args: [i32, pointer], returns: i32 },
    sendto: { args: [i32, pointer, u64, i32, pointer, u32], returns: i64 },
  });
  const descriptor = libc?.symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0) ?? -1;
  if (libc === undefined || descriptor < 0) {
    onFault("the service manager is told nothing: no socket to it can be opened");
    return undefined;
  }
  let hasFailed = false;
  return {
    /** Sends one datagram without waiting; false if the kernel did not take it. */
    send: (text: string): boolean => {
      const bytes = Buffer.from(text);
      const flags = MSG_DONTWAIT | MSG_NOSIGNAL;
      const to = [ptr(address), address.length] as const;
      const sent = libc.symbols.sendto(descriptor, ptr(bytes), bytes.length, flags, ...to);
      if (Number(sent) === bytes.length) return true;
      if (!hasFailed) onFault("the service manager's socket refused a message");
      hasFailed = true;
      return false;
    },
    /** The kernel's CLOCK_MONOTONIC; Bun's own clock starts with the process. */
    monotonicUsec: (): bigint => {
      // struct timespec: seconds and nanoseconds, 64 bits each on all platforms of Bun.
      const time = new BigInt64Array(2);
      libc.symbols.clock_gettime(CLOCK_MONOTONIC, ptr(time));
      return (time[0] ?? 0n) * 1_000_000n + (time[1] ?? 0n) / 1_000n;
    },
  };
}

/**
 * A sockaddr_un of exactly the needed length: the family in the machine's byte order (all platforms
 * of Bun are little-endian), then a path and NUL, or NUL and an abstract name (`@name`).
 */
function socketAddress(path: string): Buffer | undefined {
  const isAbstract = path.startsWith("@");
  if ((!isAbstract && !path.startsWith("/")) || path.length === 1) return undefined;
  const name = Buffer.from(isAbstract ? `\0${path.slice(1)}` : `${path}\0`);
  if (name.length > LONGEST_PATH_BYTES) return undefined;
  return Buffer.concat([Buffer.from([AF_UNIX, 0]), name]);
}
