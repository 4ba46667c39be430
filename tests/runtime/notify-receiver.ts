/**
 * The receiving end of sd_notify for the tests: a datagram socket of the local family, through the C
 * library, which is read without waiting.
 */
import { dlopen, FFIType, ptr } from "bun:ffi";

export interface NotifyReceiver {
  /** All datagrams that arrived since the last call, oldest first. */
  receive(): string[];
  close(): void;
}

const AF_UNIX = 1;
const SOCK_DGRAM = 2;
const SOCK_CLOEXEC = 0o2000000;
const MSG_DONTWAIT = 0x40;
const LONGEST_DATAGRAM = 4_096;

/** `path` as in $NOTIFY_SOCKET: a file's, or `@name`. */
export function openNotifyReceiver(path: string): NotifyReceiver {
  const { i32, u32, u64, i64, ptr: pointer } = FFIType;
  const { symbols } = dlopen("libc.so.6", {
    socket: { args: [i32, i32, i32], returns: i32 },
    bind: { args: [i32, pointer, u32], returns: i32 },
    recv: { args: [i32, pointer, u64, i32], returns: i64 },
    close: { args: [i32], returns: i32 },
  });
  const name = path.startsWith("@") ? `\0${path.slice(1)}` : `${path}\0`;
  const address = Buffer.concat([Buffer.from([AF_UNIX, 0]), Buffer.from(name)]);
  const descriptor = symbols.socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0 || symbols.bind(descriptor, ptr(address), address.length) !== 0) {
    throw new Error(`no notify socket at ${path}`);
  }
  const buffer = Buffer.alloc(LONGEST_DATAGRAM);
  return {
    receive: () => {
      const datagrams: string[] = [];
      while (true) {
        const length = Number(symbols.recv(descriptor, ptr(buffer), buffer.length, MSG_DONTWAIT));
        if (length < 0) return datagrams;
        datagrams.push(buffer.toString("utf8", 0, length));
      }
    },
    close: () => {
      symbols.close(descriptor);
    },
  };
}
