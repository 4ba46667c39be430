/**
 * Has the garbage cleared away while it is little. Left to itself, the runtime lets the heap grow to
 * four times what lives in it, and a heap that was large once stays so, for what lives on is spread
 * all over it.
 */
import type { ClusterSource } from "../view/cluster-view.ts";

/** Measured, and rough: a report is read out of its text, and leaves twice its bytes. */
const OF_PACKET = 500;
const OF_PACKET_BYTE = 2;
/** A machine in a page or in the JSON, beside its part of the view. */
const OF_MACHINE = 5000;
/** A machine in a view, which is made for whoever looks. */
const OF_VIEWED = 1000;
/** An entry read out of the history: its text, and the report that is in it. */
const OF_ENTRY = 7000;
/** What is told in an event, as text, as bytes and on its way there. */
const OF_CHARACTER = 3;

/** To clear the heap away costs by what lives in it: about a millisecond for each megabyte. */
const SHARE_OF_LIVE = 1 / 5;
/** A daemon of few machines lives on 5 MB: there, less is not worth the trouble. */
const LEAST_BYTES = 3_000_000;

export interface Garbage {
  /** This packet has been read, and these outputs came of it. */
  ofPacket(packet: Uint8Array, outputs: readonly unknown[]): void;
  /** An answer that tells of so many machines has been made. */
  ofAnswer(machines: number): void;
  /** An event of so many characters has been made. */
  ofEvent(characters: number): void;
  /** The same source; what is read from it counts. */
  countReads(source: ClusterSource): ClusterSource;
}

/**
 * `collect` clears the whole heap away and gives back the bytes that live on; `later` calls once
 * what is going on now is done.
 */
export function createGarbage(collect: () => number, later: (run: () => void) => void): Garbage {
  let bytes = 0;
  let most = LEAST_BYTES;
  let isDue = false;

  function add(more: number): void {
    bytes += more;
    if (bytes < most || isDue) return;
    isDue = true;
    later(() => {
      most = Math.max(LEAST_BYTES, SHARE_OF_LIVE * collect());
      bytes = 0;
      isDue = false;
    });
  }

  return {
    ofPacket: ({ length }, outputs) => {
      // What came to nothing leaves little, and hostile packets come by the thousand.
      if (outputs.length > 0) add(OF_PACKET + OF_PACKET_BYTE * length);
    },
    ofAnswer: (machines) => add(OF_MACHINE * machines),
    ofEvent: (characters) => add(OF_CHARACTER * characters),
    countReads: (source) => ({
      ...source,
      cluster: () => {
        const view = source.cluster();
        add(OF_VIEWED * view.machines.length);
        return view;
      },
      entries: (id, query) => {
        const entries = source.entries(id, query);
        add(OF_ENTRY * entries.length);
        return entries;
      },
      at: (wallMs) => {
        const entries = source.at(wallMs);
        add(OF_ENTRY * entries.size);
        return entries;
      },
    }),
  };
}
