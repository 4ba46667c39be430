/**
 * The event streams (`/api/v1/events`): what has changed, gathered into at most one write a
 * second, made once for all who listen. Holding a stream open is watching.
 *
 *     event: machine
 *     id: 1700000000123
 *     data: {"version":1700000000123,"machines":[…],"removed":["3f6c…"]}
 */

import type { EventQuery } from "../api/query.ts";
import type { Detail } from "../api/types.ts";
import { type EventContent, eventJson } from "../api/writer.ts";
import type { After } from "../base/after.ts";
import { zlib } from "../base/builtins.ts";
import type { ClusterSource, ClusterView } from "../view/cluster-view.ts";
import { EVENT_STREAM, SECURITY_HEADERS, takesGzip } from "./answer.ts";
import type { ClusterChanges, Watchers } from "./watching.ts";

/** Design, section 8: as many readers as a crowd of machines has, and each costs a socket. */
export const MOST_STREAMS = 512;
/** A reader that is further behind than this is cut off, and starts again from what is then. */
export const MOST_BYTES_BEHIND = 1_000_000;
/** Some programs on the way close a connection that is silent for half a minute. */
const PING_MS = 15_000;
/** At most one write a second: people read no faster. */
const WRITE_PAUSE_MS = 1000;
/** Changes come in packets of one machine each: those of one moment go into one write. */
const GATHER_MS = 50;

export interface EventStreams {
  /** `undefined`: there are too many already. */
  open(request: Request, query: EventQuery): Response | undefined;
  /** Streams that are open now. */
  count(): number;
  /** The version that those who listen have been told of; `undefined` when nobody listens. */
  told(): number | undefined;
  /** Ends all streams. */
  stop(): void;
}

interface Stream {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly detail: Detail;
  readonly isGzipped: boolean;
  readonly release: () => void;
}

/** What is written, in each form at the first reader who takes it. */
class Chunk {
  readonly #text: string;
  #plain: Uint8Array | undefined;
  #deflated: Uint8Array | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  bytes(isGzipped: boolean): Uint8Array {
    if (!isGzipped) {
      this.#plain ??= Buffer.from(this.#text, "utf8");
      return this.#plain;
    }
    // Ends at a whole byte and refers to nothing before it, so the same bytes fit into every
    // reader's stream, wherever that is.
    this.#deflated ??= zlib().deflateRawSync(this.#text, {
      level: 5,
      finishFlush: zlib().constants.Z_SYNC_FLUSH,
    });
    return this.#deflated;
  }
}

/** RFC 1952: magic, deflate, no flags, no time, no extra flags, Unix. The stream has no end. */
const GZIP_HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);
/** Whole first events kept for a second: readers that come together hold the same version. */
const MOST_FIRSTS = 16;

export interface EventStreamParts {
  readonly source: ClusterSource;
  readonly changes: ClusterChanges;
  readonly watchers: Pick<Watchers, "hold">;
  readonly after: After;
  /** An event of so many characters has been made. */
  readonly onMade?: (characters: number) => void;
}

export function createEventStreams(parts: EventStreamParts): EventStreams {
  return new Streams(parts);
}

class Streams implements EventStreams {
  readonly #parts: EventStreamParts;
  readonly #streams = new Set<Stream>();
  readonly #ping = new Chunk(": ping\n\n");
  /** What new readers get, by what they asked; kept for one pause, as ages are in it. */
  readonly #firsts = new Map<string, { readonly version: number; readonly chunk: Chunk }>();
  #written = 0;
  /** A write is planned, or has just been made. */
  #isPausing = false;
  #isChanged = false;
  #cancelPause: () => void = () => undefined;
  #cancelPing: () => void = () => undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(parts: EventStreamParts) {
    this.#parts = parts;
  }

  count(): number {
    return this.#streams.size;
  }

  told(): number | undefined {
    return this.#streams.size === 0 ? undefined : this.#written;
  }

  open(request: Request, query: EventQuery): Response | undefined {
    if (this.#streams.size >= MOST_STREAMS) return undefined;
    const isGzipped = takesGzip(request);
    const headers = new Headers(SECURITY_HEADERS);
    headers.set("content-type", EVENT_STREAM);
    headers.set("cache-control", "no-store");
    headers.set("vary", "accept-encoding");
    if (isGzipped) headers.set("content-encoding", "gzip");
    if (request.method === "HEAD") return new Response(null, { headers });
    const first = this.#firstChunk(query).bytes(isGzipped);
    let stream: Stream | undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          if (isGzipped) controller.enqueue(GZIP_HEAD);
          controller.enqueue(first);
          stream = this.#add({ controller, detail: query.detail, isGzipped });
        },
        cancel: () => {
          if (stream !== undefined) this.#remove(stream);
        },
      },
      // The first event may be larger than what a reader may be behind later on.
      new ByteLengthQueuingStrategy({ highWaterMark: MOST_BYTES_BEHIND + first.length }),
    );
    return new Response(body, { headers });
  }

  stop(): void {
    for (const stream of [...this.#streams]) {
      this.#remove(stream);
      stream.controller.close();
    }
  }

  #add(parts: Omit<Stream, "release">): Stream {
    const stream = { ...parts, release: this.#parts.watchers.hold() };
    if (this.#streams.size === 0) this.#begin();
    this.#streams.add(stream);
    return stream;
  }

  #remove(stream: Stream): void {
    if (!this.#streams.delete(stream)) return;
    stream.release();
    if (this.#streams.size === 0) this.#end();
  }

  #begin(): void {
    this.#written = this.#parts.changes.version();
    this.#unsubscribe = this.#parts.changes.subscribe(() => this.#noteChange());
    const ping = () => {
      this.#send(() => this.#ping);
      this.#cancelPing = this.#parts.after(PING_MS, ping);
    };
    this.#cancelPing = this.#parts.after(PING_MS, ping);
  }

  #end(): void {
    this.#unsubscribe();
    this.#cancelPing();
    this.#cancelPause();
    this.#isPausing = false;
    this.#isChanged = false;
    this.#firsts.clear();
  }

  #noteChange(): void {
    this.#isChanged = true;
    if (!this.#isPausing) this.#pause(GATHER_MS);
  }

  /** Then writes, if there is anything to write. */
  #pause(ms: number): void {
    this.#isPausing = true;
    this.#cancelPause = this.#parts.after(ms, () => {
      this.#isPausing = false;
      this.#firsts.clear();
      if (this.#isChanged) this.#write();
    });
  }

  #write(): void {
    this.#isChanged = false;
    this.#pause(WRITE_PAUSE_MS);
    const { changes } = this.#parts;
    const since = this.#written;
    this.#written = changes.version();
    const ids = changes.since(since);
    // What changed was no machine.
    if (ids?.size === 0) return;
    const view = this.#parts.source.cluster();
    const chunks = new Map<Detail, Chunk>();
    this.#send(({ detail }) => {
      const known = chunks.get(detail);
      if (known !== undefined) return known;
      const chunk = this.#chunkOf(view, { version: this.#written, detail, ids });
      chunks.set(detail, chunk);
      return chunk;
    });
  }

  #send(chunkFor: (stream: Stream) => Chunk): void {
    for (const stream of [...this.#streams]) {
      const { controller, isGzipped } = stream;
      if (controller.desiredSize !== null && controller.desiredSize >= 0) {
        controller.enqueue(chunkFor(stream).bytes(isGzipped));
        continue;
      }
      this.#remove(stream);
      // Not close(): that would wait for the reader to take what is queued.
      controller.error();
    }
  }

  #firstChunk({ detail, since }: EventQuery): Chunk {
    const { changes } = this.#parts;
    const version = changes.version();
    const ids = since === undefined ? undefined : changes.since(since);
    const key = `${detail} ${ids === undefined ? "all" : since}`;
    const known = this.#firsts.get(key);
    if (known?.version === version) return known.chunk;
    const chunk = this.#chunkOf(this.#parts.source.cluster(), { version, detail, ids });
    if (this.#firsts.size < MOST_FIRSTS) this.#firsts.set(key, { version, chunk });
    if (!this.#isPausing) this.#pause(WRITE_PAUSE_MS);
    return chunk;
  }

  #chunkOf(view: ClusterView, content: EventContent): Chunk {
    const text = eventText(view, content);
    this.#parts.onMade?.(text.length);
    return new Chunk(text);
  }
}

function eventText(view: ClusterView, content: EventContent): string {
  const data = JSON.stringify(eventJson(view, content));
  return `event: machine\nid: ${content.version}\ndata: ${data}\n\n`;
}
