/** A map from which a value can be picked at random in constant time. */

export class SampleMap<K, V> {
  readonly #index = new Map<K, number>();
  readonly #entries: [K, V][] = [];

  get size(): number {
    return this.#entries.length;
  }

  get(key: K): V | undefined {
    const index = this.#index.get(key);
    return index === undefined ? undefined : this.#entries[index]?.[1];
  }

  set(key: K, value: V): void {
    this.delete(key);
    this.#index.set(key, this.#entries.length);
    this.#entries.push([key, value]);
  }

  delete(key: K): boolean {
    const index = this.#index.get(key);
    if (index === undefined) return false;
    this.#index.delete(key);
    const last = this.#entries.pop();
    if (last !== undefined && index < this.#entries.length) {
      this.#entries[index] = last;
      this.#index.set(last[0], index);
    }
    return true;
  }

  /** A value at random, for a `random` that is uniform in [0, 1); `undefined` if the map is empty. */
  pick(random: number): V | undefined {
    return this.#entries[Math.floor(random * this.#entries.length)]?.[1];
  }

  values(): V[] {
    return this.#entries.map(([, value]) => value);
  }
}
