/**
 * Decides when to collect garbage: often enough that the heap stays small. Left to itself, the
 * runtime lets the heap grow to four times its live bytes, and a heap that was large once stays
 * large, since the objects that survive are spread over all of it.
 */
import type { ClusterSource } from "../../view/cluster-view.ts";

/**
 * Bytes of garbage, measured roughly. A packet leaves 500 bytes and, as a report is parsed out of
 * its text, twice its length.
 */
const PACKET_BYTES = 500;
const BYTES_PER_PACKET_BYTE = 2;
/** A machine in a page or in the JSON, without its part of the view. */
const ANSWERED_MACHINE_BYTES = 5000;
/** A machine in a view, which is built for each request that needs one. */
const VIEWED_MACHINE_BYTES = 1000;
/** An entry read from the history: its text, and the report parsed out of it. */
const ENTRY_BYTES = 7000;
/** An event's character: as text, as a byte, and in the stream. */
const BYTES_PER_EVENT_CHARACTER = 3;

/** A collection takes about 1 ms for each live megabyte, so a large heap is collected less often. */
const GARBAGE_TO_LIVE = 1 / 5;
/** A daemon with few machines has 5 MB of live objects: less garbage is not worth a collection. */
const LEAST_GARBAGE_BYTES = 3_000_000;

export type GcPolicy = ReturnType<typeof createGcPolicy>;

/**
 * `collect` collects the whole heap and returns the live bytes; `later` runs a function after the
 * current work is done.
 */
export function createGcPolicy(collect: () => number, later: (run: () => void) => void) {
  let garbageBytes = 0;
  let thresholdBytes = LEAST_GARBAGE_BYTES;
  let isPlanned = false;

  function add(bytes: number): void {
    garbageBytes += bytes;
    if (garbageBytes < thresholdBytes || isPlanned) return;
    isPlanned = true;
    later(() => {
      thresholdBytes = Math.max(LEAST_GARBAGE_BYTES, GARBAGE_TO_LIVE * collect());
      garbageBytes = 0;
      isPlanned = false;
    });
  }

  return {
    /** Counts a packet that the core has read, and that led to these outputs. */
    countPacket: ({ length }: Uint8Array, outputs: readonly unknown[]): void => {
      // A packet without effect leaves little garbage, and a flood of those must not cost collections.
      if (outputs.length > 0) add(PACKET_BYTES + BYTES_PER_PACKET_BYTE * length);
    },
    /** Counts an HTTP answer about this many machines. */
    countAnswer: (machines: number): void => add(ANSWERED_MACHINE_BYTES * machines),
    /** Counts an event of this many characters. */
    countEvent: (characters: number): void => add(BYTES_PER_EVENT_CHARACTER * characters),
    /** The same source, with everything that is read from it counted. */
    countReads: (source: ClusterSource): ClusterSource => ({
      ...source,
      cluster: () => {
        const view = source.cluster();
        add(VIEWED_MACHINE_BYTES * view.machines.length);
        return view;
      },
      entries: (id, query) => {
        const entries = source.entries(id, query);
        add(ENTRY_BYTES * entries.length);
        return entries;
      },
      at: (wallMs) => {
        const entries = source.at(wallMs);
        add(ENTRY_BYTES * entries.size);
        return entries;
      },
    }),
  };
}
