/**
 * Answers and the headers that every one of them carries. Nothing inline is allowed in a page,
 * and nothing from another origin: what a peer sends can be text and no more.
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

/** May be kept, but is asked about before each use: the ETag says whether it still holds. */
const REVALIDATE = "private, no-cache";
const NEVER_KEPT = "no-store";

/** A body made once and given to several readers. */
export interface Body {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
  readonly etag: string;
  readonly cacheControl: string;
  /** Compressed at the first reader who takes it. */
  gzipped?: Uint8Array<ArrayBuffer>;
}

export function bodyOf(options: {
  readonly text: string;
  readonly contentType: string;
  readonly status?: number;
  readonly cacheControl?: string;
}): Body {
  const { text, contentType, status = 200 } = options;
  return {
    status,
    contentType,
    text,
    etag: `"${Bun.hash(text).toString(36)}"`,
    cacheControl: options.cacheControl ?? (status === 200 ? REVALIDATE : NEVER_KEPT),
  };
}

/** Under this, gzip saves less than one packet. */
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

/** A body for this reader: 304 when it holds it already, compressed when it takes that. */
export function answerWith(request: Request, body: Body): Response {
  const headers = new Headers(SECURITY_HEADERS);
  headers.set("cache-control", body.cacheControl);
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
