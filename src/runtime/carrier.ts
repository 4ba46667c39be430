/** Whether this machine is plugged into any network. */
import type { Moment } from "../base/units.ts";
import { readCarriers } from "../linux/sys/class-net.ts";
import { LOOPBACK_TYPE } from "../net/lan.ts";

/** How long an answer is reused, however often the page is loaded. */
const READ_EVERY_MS = 2000;

/** Answers `isPluggedIn` for this machine from a reading that is at most two seconds old. */
export function createCarrierReader(
  root: string,
  clock: () => Pick<Moment, "elapsedMs">,
): () => boolean | undefined {
  let answer: boolean | undefined;
  let readMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock().elapsedMs;
    if (nowMs - readMs >= READ_EVERY_MS) {
      readMs = nowMs;
      answer = isPluggedIn(readCarriers(root));
    }
    return answer;
  };
}

/**
 * Whether any interface has a carrier; undefined where loopback is the only interface. Where there
 * are hardware devices only those count, since a bridge of containers has a carrier without a cable.
 */
export function isPluggedIn(interfaces: ReturnType<typeof readCarriers>): boolean | undefined {
  const others = interfaces.filter(({ type }) => type !== LOOPBACK_TYPE);
  const devices = others.filter(({ hasDevice }) => hasDevice);
  const counted = devices.length > 0 ? devices : others;
  return counted.length === 0 ? undefined : counted.some(({ hasCarrier }) => hasCarrier);
}
