/**
 * Items ordered by deadline: a binary heap that finds each item again by identity, so that its deadline can
 * be moved or dropped. Even with a thousand machines an idle tick looks at a single number.
 */

interface Slot<T> {
  readonly item: T;
  atMs: number;
  index: number;
}

export class DeadlineQueue<T> {
  readonly #heap: Slot<T>[] = [];
  readonly #slots = new Map<T, Slot<T>>();

  clear(): void {
    this.#heap.length = 0;
    this.#slots.clear();
  }

  get size(): number {
    return this.#heap.length;
  }

  has(item: T): boolean {
    return this.#slots.has(item);
  }

  /** The deadline of this item; Infinity if it is not in the queue. */
  atMs(item: T): number {
    return this.#slots.get(item)?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** Adds the item, or moves its deadline. */
  set(item: T, atMs: number): void {
    let slot = this.#slots.get(item);
    if (slot === undefined) {
      slot = { item, atMs, index: this.#heap.length };
      this.#slots.set(item, slot);
      this.#heap.push(slot);
    }
    slot.atMs = atMs;
    this.#settle(slot);
  }

  delete(item: T): void {
    if (this.#heap.length === 0) return;
    const slot = this.#slots.get(item);
    if (slot === undefined) return;
    this.#slots.delete(item);
    const last = this.#heap.pop();
    if (last === undefined || last === slot) return;
    this.#place(last, slot.index);
    this.#settle(last);
  }

  /** The nearest deadline; Infinity if the queue is empty. */
  nextMs(): number {
    return this.#heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
  }

  /** The item whose deadline is nearest, if it has come; it stays in the queue. */
  peekDue(nowMs: number): T | undefined {
    const first = this.#heap[0];
    return first !== undefined && first.atMs <= nowMs ? first.item : undefined;
  }

  /** The items whose deadlines have come, the nearest first; each must be moved or deleted in its turn. */
  *due(nowMs: number): Generator<T, void> {
    for (let item = this.peekDue(nowMs); item !== undefined; item = this.peekDue(nowMs)) yield item;
  }

  #place(slot: Slot<T>, index: number): void {
    slot.index = index;
    this.#heap[index] = slot;
  }

  #settle(slot: Slot<T>): void {
    this.#sink(this.#rise(slot));
  }

  #rise(slot: Slot<T>): Slot<T> {
    while (slot.index > 0) {
      const index = slot.index;
      const parent = this.#heap[(index - 1) >> 1];
      if (parent === undefined || parent.atMs <= slot.atMs) break;
      this.#place(slot, parent.index);
      this.#place(parent, index);
    }
    return slot;
  }

  #sink(slot: Slot<T>): void {
    for (;;) {
      const index = slot.index;
      const left = this.#heap[2 * index + 1];
      const right = this.#heap[2 * index + 2];
      const child =
        left !== undefined && right !== undefined && right.atMs < left.atMs ? right : left;
      if (child === undefined || child.atMs >= slot.atMs) return;
      this.#place(slot, child.index);
      this.#place(child, index);
    }
  }
}
