/** Whether this machine is plugged in anywhere: /sys/class/net, by interface. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Moment } from "../base/units.ts";

/** `type` of the loopback interface (ARPHRD_LOOPBACK, linux/if_arp.h). */
const LOOPBACK = "772";

/**
 * Whether any network interface has a carrier; `undefined` where there is none but loopback, or
 * nothing can be read. Where there are devices only they count: a bridge of containers has a
 * carrier whatever becomes of the cable. `root` is "/" but for tests.
 */
export function readHasCarrier(root: string): boolean | undefined {
  const folder = join(root, "sys/class/net");
  const names = namesIn(folder).filter((name) => {
    const type = readText(join(folder, name, "type"));
    return type !== undefined && type !== LOOPBACK;
  });
  const devices = names.filter((name) => existsSync(join(folder, name, "device")));
  const counted = devices.length > 0 ? devices : names;
  if (counted.length === 0) return undefined;
  // Of an interface that is switched off the file cannot be read (EINVAL): no carrier either.
  return counted.some((name) => readText(join(folder, name, "carrier")) === "1");
}

/** It is looked at again after this time, however often the page is asked for. */
const READ_EVERY_MS = 2000;

/** `readHasCarrier`, with what was read a moment ago. */
export function createCarrierReader(
  root: string,
  clock: () => Pick<Moment, "elapsedMs">,
): () => boolean | undefined {
  let hasCarrier: boolean | undefined;
  let readMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock().elapsedMs;
    if (nowMs - readMs < READ_EVERY_MS) return hasCarrier;
    readMs = nowMs;
    hasCarrier = readHasCarrier(root);
    return hasCarrier;
  };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No sysfs here: nothing is known.
  }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return undefined; // No interface (bonding_masters), or one that is switched off.
  }
}
