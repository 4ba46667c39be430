/** Paths of the machine pages, shared by links, redirects and the script in the browser. */

/** Percent-encoding that leaves `:` and `@` readable, as RFC 3986 allows in paths and queries. */
export function encodeReadably(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(/%3A/g, ":").replace(/%40/g, "@");
}

export function machineHref(slug: string): string {
  return `/machines/${encodeReadably(slug)}`;
}
