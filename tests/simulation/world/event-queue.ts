/**
 * The pending events of a simulated world, ordered by time, in a binary heap. A cancelled event stays
 * in the heap until its time comes, which costs less than finding it.
 */

interface Event {
  readonly atMs: number;
  readonly run: () => void;
  isCancelled: boolean;
}

export class EventQueue {
  readonly #heap: Event[] = [];

  /** Adds an event. Returns a function that cancels it. */
  add(atMs: number, run: () => void): () => void {
    const event = { atMs, run, isCancelled: false };
    this.#rise(event);
    return () => {
      event.isCancelled = true;
    };
  }

  /** Removes and returns the next event if it is due by `untilMs`. */
  popDue(untilMs: number): Event | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > untilMs) return undefined;
      this.#removeFirst();
      if (!first.isCancelled) return first;
    }
  }

  #rise(event: Event): void {
    const heap = this.#heap;
    let place = heap.length;
    heap.push(event);
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || parent.atMs <= event.atMs) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = event;
  }

  #removeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let place = 0;
    for (;;) {
      let below = 2 * place + 1;
      let child = heap[below];
      const right = heap[below + 1];
      if (child !== undefined && right !== undefined && right.atMs < child.atMs) {
        below++;
        child = right;
      }
      if (child === undefined || child.atMs >= last.atMs) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
  }
}
