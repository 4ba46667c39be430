/**
 * The event streams (`/api/v1/events`): what has changed, gathered into at most one write a
 * second, made once for all readers. A reader that holds a stream open is watching.
 *
 *     event: machine
 *     id: 1700000000123
 *     data: {"version":1700000000123,"machines":[…],"removed":["3f6c…"]}
 */
import type { EventQuery } from "../api/query.ts";
import type { Detail } from "../api/types.ts";
import { type EventContent, eventJson } from "../api/writer.ts";
import { zlib } from "../base/builtins.ts";
import type { ClusterView } from "../view/cluster-view.ts";
import { EVENT_STREAM, SECURITY_HEADERS, takesGzip } from "./answer.ts";
import type { Following } from "./watching.ts";

/** A crowd of machines has this many readers; each costs a socket. */
export const MOST_STREAMS = 512;
/** A reader that is further behind than this is cut off; it connects again and gets what is new. */
export const MOST_BYTES_BEHIND = 1_000_000;
/** Some proxies close a connection that is silent for half a minute. */
const PING_MS = 15_000;
/** At most one write a second: people read no faster. */
const WRITE_PAUSE_MS = 1000;
/** Changes come one machine at a time: those of one moment go into one write. */
const GATHER_MS = 50;
/** First events kept for a second: readers that come together hold the same version. */
const MOST_FIRSTS = 16;
/**
 * RFC 1952: magic, deflate, no flags, no time, no extra flags, Unix. Begins a compressed stream,
 * which has no end.
 */
const GZIP_HEAD = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3);

interface EventStreamParts extends Following {
  /** An event of so many characters has been made. */
  readonly onMade?: (characters: number) => void;
}

interface Stream {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  /** The canonical address of the client. */
  readonly address: string;
  readonly detail: Detail;
  readonly isGzipped: boolean;
  /** Ends the watching. */
  readonly release: () => void;
}

/** The bytes of an event, plain or compressed. Each form is made for its first reader, and kept. */
type EventBytes = (reader: Pick<Stream, "isGzipped">) => Uint8Array;

function eventBytes(text: string): EventBytes {
  let plain: Uint8Array | undefined;
  let deflated: Uint8Array | undefined;
  return ({ isGzipped }) => {
    if (!isGzipped) {
      plain ??= Buffer.from(text, "utf8");
      return plain;
    }
    // The output ends at a whole byte and refers to nothing before it, so the same bytes fit at any place of
    // any reader's stream.
    deflated ??= zlib().deflateRawSync(text, {
      level: 5,
      finishFlush: zlib().constants.Z_SYNC_FLUSH,
    });
    return deflated;
  };
}

export class EventStreams {
  readonly #parts: EventStreamParts;
  readonly #streams = new Set<Stream>();
  readonly #ping = eventBytes(": ping\n\n");
  /** What new readers get, by what they asked for; kept for one pause, as ages are in it. */
  readonly #firsts = new Map<string, { readonly version: number; readonly event: EventBytes }>();
  /** The version up to which changes have been written. */
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

  /** Streams that are open now. */
  count(): number {
    return this.#streams.size;
  }

  /** The newest version that the readers have been told of; `undefined` when there are none. */
  told(): number | undefined {
    return this.#streams.size === 0 ? undefined : this.#written;
  }

  /** `undefined`: there are too many already. */
  open(request: Request, address: string, query: EventQuery): Response | undefined {
    if (this.#streams.size >= MOST_STREAMS) return undefined;
    const isGzipped = takesGzip(request);
    const headers = new Headers(SECURITY_HEADERS);
    headers.set("content-type", EVENT_STREAM);
    headers.set("cache-control", "no-store");
    headers.set("vary", "accept-encoding");
    if (isGzipped) headers.set("content-encoding", "gzip");
    if (request.method === "HEAD") return new Response(null, { headers });
    const first = this.#firstEvent(query)({ isGzipped });
    let stream: Stream | undefined;
    const body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          if (isGzipped) controller.enqueue(GZIP_HEAD);
          controller.enqueue(first);
          stream = this.#add({ controller, address, detail: query.detail, isGzipped });
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

  /** Ends the streams of clients that may not read any more. */
  endUnless(isAllowed: (address: string) => boolean): void {
    for (const stream of [...this.#streams]) {
      if (!isAllowed(stream.address)) this.#cut(stream);
    }
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

  /** Closes the stream at once, where `close` would wait for the reader to take what is queued. */
  #cut(stream: Stream): void {
    this.#remove(stream);
    stream.controller.error();
  }

  #begin(): void {
    const { changes, after } = this.#parts;
    this.#written = changes.version();
    this.#unsubscribe = changes.subscribe(() => this.#noteChange());
    const ping = () => {
      this.#send(() => this.#ping);
      this.#cancelPing = after(PING_MS, ping);
    };
    this.#cancelPing = after(PING_MS, ping);
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

  /** Waits, and writes then if anything has changed meanwhile. */
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
    const { changes, source } = this.#parts;
    const ids = changes.since(this.#written);
    const version = changes.version();
    this.#written = version;
    // Something changed that is no machine.
    if (ids?.size === 0) return;
    const view = source.cluster();
    const events = new Map<Detail, EventBytes>();
    this.#send(({ detail }) => {
      const known = events.get(detail);
      if (known !== undefined) return known;
      const event = this.#eventOf(view, { version, detail, ids });
      events.set(detail, event);
      return event;
    });
  }

  #send(eventFor: (stream: Stream) => EventBytes): void {
    for (const stream of [...this.#streams]) {
      const { controller } = stream;
      const isBehind = controller.desiredSize === null || controller.desiredSize < 0;
      if (isBehind) this.#cut(stream);
      else controller.enqueue(eventFor(stream)(stream));
    }
  }

  /** Makes an event of what has changed since the version that the reader holds, or of all machines. */
  #firstEvent({ detail, since }: EventQuery): EventBytes {
    const { changes, source } = this.#parts;
    const version = changes.version();
    const ids = since === undefined ? undefined : changes.since(since);
    const name = `${detail} ${ids === undefined ? "all" : since}`;
    const known = this.#firsts.get(name);
    if (known?.version === version) return known.event;
    const event = this.#eventOf(source.cluster(), { version, detail, ids });
    if (this.#firsts.size < MOST_FIRSTS) this.#firsts.set(name, { version, event });
    if (!this.#isPausing) this.#pause(WRITE_PAUSE_MS);
    return event;
  }

  #eventOf(view: ClusterView, content: EventContent): EventBytes {
    const data = JSON.stringify(eventJson(view, content));
    const text = `event: machine\nid: ${content.version}\ndata: ${data}\n\n`;
    this.#parts.onMade?.(text.length);
    return eventBytes(text);
  }
}
