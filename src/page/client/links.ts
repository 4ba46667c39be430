/**
 * Links from one view of the cluster to another change the page in place. Changes that a table held
 * back while it was pointed at appear when the pointer or the focus leaves it.
 */
import { isPlainClick } from "./input.ts";
import type { Page } from "./page.ts";

/** Parameters whose changes make no step in the browser's history. */
const VIEW_KEYS = ["sort", "filter", "tag", "page"];

function withoutView(url: URL): string {
  const parameters = new URLSearchParams(url.search);
  for (const key of VIEW_KEYS) parameters.delete(key);
  return parameters.toString();
}

/** The link's address, if both this page and the link's are views of the cluster. */
function viewOf(event: MouseEvent): URL | undefined {
  const { target } = event;
  if (!isPlainClick(event)) return undefined;
  const link = target instanceof Element ? target.closest("a[href]") : null;
  // The `href` property of an SVG link is an object.
  const href = link?.getAttribute("href");
  if (!href || location.pathname !== "/") return undefined;
  const url = new URL(href, location.href);
  const isView = url.origin === location.origin && url.pathname === "/";
  const isHere = url.search === location.search && url.hash !== "";
  return isView && !isHere ? url : undefined;
}

export function startLinks(page: Page): void {
  document.addEventListener("click", (event) => {
    const url = viewOf(event);
    if (url === undefined) return;
    event.preventDefault();
    const isSame = withoutView(url) === withoutView(new URL(location.href));
    void page.visit(url.href, isSame ? "replace" : "push");
  });
  let address = location.pathname + location.search;
  page.onShown(() => {
    address = location.pathname + location.search;
  });
  window.addEventListener("popstate", () => {
    const wanted = location.pathname + location.search;
    if (wanted !== address) void page.visit(location.href, "keep");
  });
  document.addEventListener("pointerout", (event) => {
    const table = event.target instanceof Element ? event.target.closest("table") : null;
    const into = event.relatedTarget;
    if (table !== null && !(into instanceof Node && table.contains(into))) release(page);
  });
  document.addEventListener("focusout", () => release(page));
}

/** After the event, when the focus has arrived at its new place. */
function release(page: Page): void {
  setTimeout(() => page.release(), 0);
}
