/**
 * Links from one view of the cluster to another change the page in place. What a table holds
 * back while it is pointed at is shown when it is let go.
 */
import type { Page } from "./page.ts";

/** Ways of looking at the same: these do not fill the list of pages to go back to. */
const VIEW_KEYS = ["sort", "filter", "tag", "page"];

function withoutView(url: URL): string {
  const parameters = new URLSearchParams(url.search);
  for (const key of VIEW_KEYS) parameters.delete(key);
  return parameters.toString();
}

/** The link's address when it is another view of the cluster and this page shows one. */
function viewOf(event: MouseEvent): URL | undefined {
  const { target, button, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (button !== 0 || ctrlKey || metaKey || shiftKey || altKey) return undefined;
  const link = target instanceof Element ? target.closest("a[href]") : null;
  // Of an SVG link `href` is an object, so the attribute is read.
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

/** After the event: only then has the focus arrived where it goes. */
function release(page: Page): void {
  setTimeout(() => page.release(), 0);
}
