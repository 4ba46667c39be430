/**
 * Bodies, responses, and the headers that every response carries. They forbid a page anything
 * inline and anything from another origin: so what a peer sends can be text and nothing else.
 */

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
};

export const HTML = "text/html; charset=utf-8";
export const TEXT = "text/plain; charset=utf-8";
export const EVENT_STREAM = "text/event-stream";
export const JSON_TYPE = "application/json; charset=utf-8";

const NEVER_KEPT = "no-store";
/** The header for each way of caching. */
const CACHE_CONTROL = {
  // The address holds a hash of the content, so a browser never asks for it again.
  "for good": "private, max-age=31536000, immutable",
  // The body is made once for all readers of an era (handler.ts). The browser asks before each use
  // whether its copy still holds: the ETag tells.
  "per era": "private, no-cache",
  // The body is made for each request.
  none: NEVER_KEPT,
};
export type Caching = keyof typeof CACHE_CONTROL;

/** A body is made once and given to several readers. */
export interface Body {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly etag: string;
  /** The compressed form, made for the first reader that takes it. */
  gzipped?: Uint8Array<ArrayBuffer>;
}

type Content = Pick<Body, "text" | "contentType"> & Partial<Pick<Body, "status">>;

export function bodyOf({ text, contentType, status = 200 }: Content): Body {
  return { status, contentType, text, etag: `"${Bun.hash(text).toString(36)}"` };
}

/** Characters; of less than this, gzip saves less than one packet. */
const LEAST_GZIP = 1400;

export function takesGzip(request: Request): boolean {
  const accepted = request.headers.get("accept-encoding") ?? "";
  return /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted);
}

/** `If-None-Match`: a list of tags, weak ones too, or `*`. */
function holdsTag(request: Request, etag: string): boolean {
  const held = request.headers.get("if-none-match");
  if (held === null) return false;
  return held
    .split(",")
    .some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}

/** The body for this reader: 304 if the reader holds it already, compressed if it takes gzip. */
export function answerWith(request: Request, body: Body, caching: Caching): Response {
  const headers = new Headers(SECURITY_HEADERS);
  headers.set("cache-control", body.status === 200 ? CACHE_CONTROL[caching] : NEVER_KEPT);
  headers.set("vary", "accept-encoding");
  if (body.status === 200) {
    headers.set("etag", body.etag);
    if (holdsTag(request, body.etag)) return new Response(null, { status: 304, headers });
  }
  headers.set("content-type", body.contentType);
  if (body.text.length < LEAST_GZIP || !takesGzip(request)) {
    return new Response(body.text, { status: body.status, headers });
  }
  body.gzipped ??= Bun.gzipSync(body.text, { level: 5 });
  headers.set("content-encoding", "gzip");
  return new Response(body.gzipped, { status: body.status, headers });
}

/** A short answer in plain text, or with no body at all. */
export function plainAnswer(
  status: number,
  text: string | null,
  more: Readonly<Record<string, string>> = {},
): Response {
  const headers = new Headers({ ...SECURITY_HEADERS, ...more });
  headers.set("cache-control", NEVER_KEPT);
  if (text !== null) headers.set("content-type", TEXT);
  return new Response(text, { status, headers });
}
