/** Path and query of a request, as they came: hostile ones included. */

/**
 * Takes a request's URL apart; `query` is without the question mark. Bun gives the bare path for an
 * HTTP/1.0 request without a Host or with a bad one, where `new URL` would throw.
 */
export function targetOf(url: string) {
  const scheme = url.indexOf("://");
  const from = url.startsWith("/") ? 0 : url.indexOf("/", scheme < 0 ? 0 : scheme + 3);
  const rest = from < 0 ? "/" : (url.slice(from).split("#", 1)[0] ?? "/");
  const [path = "", ...query] = rest.split("?");
  return { path, query: query.join("?") };
}

/** `["machines", "node01"]`; `undefined` for a path whose percent-encoding is broken. */
export function segmentsOf(path: string): readonly string[] | undefined {
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}
