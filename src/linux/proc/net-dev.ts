/**
 * /proc/net/dev: bytes, errors and drops of each interface since it appeared.
 *
 *     Inter-|   Receive                                                |  Transmit
 *      face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs …
 *       eth0: 160020366    3627    0    0    0     0          0         0   201846    2271    0 …
 *
 * Source: proc_net(5).
 */
import { parseCounter, type Reading, readText } from "../read-text.ts";

export type InterfaceCounters = Readonly<ReturnType<typeof parseProcNetDev>[number]>;

/** All interfaces. Fails only where the file cannot be read. */
export function readProcNetDev(root: string): Reading<readonly InterfaceCounters[]> {
  const text = readText(root, "/proc/net/dev");
  return text.ok ? { ok: true, value: parseProcNetDev(text.value) } : text;
}

/** Errors and drops of both directions together; lines that cannot be read are skipped. */
export function parseProcNetDev(text: string) {
  return text.split("\n").flatMap((line) => {
    // Old kernels write the first number right after the colon. An alias has a colon in its name.
    const colon = line.lastIndexOf(":");
    const name = line.slice(0, Math.max(0, colon)).trim();
    const numbers = line
      .slice(colon + 1)
      .trim()
      .split(/ +/)
      .map(parseCounter);
    const [receiveBytes = 0, , receiveErrors = 0, receiveDrops = 0] = numbers;
    const [transmitBytes = 0, , transmitErrors = 0, transmitDrops = 0] = numbers.slice(8);
    // There are 16 columns since kernel 2.2.
    if (name === "" || numbers.length < 16 || !numbers.every((value) => value >= 0)) return [];
    const [errors, drops] = [receiveErrors + transmitErrors, receiveDrops + transmitDrops];
    return { name, receiveBytes, transmitBytes, errors, drops };
  });
}
