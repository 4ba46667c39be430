/** Whether this machine is plugged in anywhere. */
import type { Moment } from "../base/units.ts";
import { type InterfaceCarrier, readCarriers } from "../linux/sys/class-net.ts";

/** ARPHRD_LOOPBACK of linux/if_arp.h. */
const LOOPBACK_TYPE = 772;

/** How long an answer is good for, however often the page is asked for. */
const READ_EVERY_MS = 2000;

/** The answer of `isPluggedIn` for this machine, read again after two seconds. */
export function createCarrierReader(
  root: string,
  clock: () => Pick<Moment, "elapsedMs">,
): () => boolean | undefined {
  let answer: boolean | undefined;
  let readMs = Number.NEGATIVE_INFINITY;
  return () => {
    const nowMs = clock().elapsedMs;
    if (nowMs - readMs < READ_EVERY_MS) return answer;
    readMs = nowMs;
    answer = isPluggedIn(readCarriers(root));
    return answer;
  };
}

/**
 * Whether any interface has a carrier; undefined where there is none but loopback. Where there
 * are devices only they count: a bridge of containers has a carrier whatever becomes of the cable.
 */
export function isPluggedIn(interfaces: readonly InterfaceCarrier[]): boolean | undefined {
  const others = interfaces.filter(({ type }) => type !== LOOPBACK_TYPE);
  const devices = others.filter(({ hasDevice }) => hasDevice);
  const counted = devices.length > 0 ? devices : others;
  return counted.length === 0 ? undefined : counted.some(({ hasCarrier }) => hasCarrier);
}
