/**
 * What is still to happen in a simulated world, by its time: a binary heap. An event that is called
 * off stays in it until its time comes, which costs less than to find it.
 */

interface Event {
  readonly atMs: number;
  readonly run: () => void;
  isOff: boolean;
}

export class Events {
  readonly #heap: Event[] = [];

  /** The event can be called off with the function that comes back. */
  add(atMs: number, run: () => void): () => void {
    const event = { atMs, run, isOff: false };
    this.#rise(event);
    return () => {
      event.isOff = true;
    };
  }

  /** Takes the next event out, if it is due by then. */
  popDue(untilMs: number): Event | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.atMs > untilMs) return undefined;
      this.#removeFirst();
      if (!first.isOff) return first;
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
