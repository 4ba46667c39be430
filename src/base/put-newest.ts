/**
 * A map with a cap, in the order of the last use: a Map keeps the order of insertion, so its first entry is
 * the one that was put longest ago.
 */

/** Puts the entry last in the map, or moves it there; beyond the cap the first entry makes room. */
export function putNewest<K, V>(map: Map<K, V>, key: K, value: V, cap: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > cap) map.delete(map.keys().next().value as K);
}
