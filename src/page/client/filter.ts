/** Filters while one types. The address follows, so the view can be kept and sent to others. */
import type { Page } from "./page.ts";

/** Long enough for the next letter of somebody who types, short enough not to be felt. */
const PAUSE_MS = 150;

export function filterField(): HTMLInputElement | null {
  return document.querySelector<HTMLInputElement>("#filter");
}

/** The address of this view with another filter: from page 1, without an opened entry. */
function hrefOf(text: string): string {
  const isView = location.pathname === "/";
  const parameters = new URLSearchParams(isView ? location.search : "");
  for (const key of ["page", "open"]) parameters.delete(key);
  if (text === "") parameters.delete("filter");
  else parameters.set("filter", text);
  const query = parameters.toString();
  return query === "" ? "/" : `/?${query}`;
}

export function startFilter(page: Page): void {
  let timer: number | undefined;
  const apply = (text: string) => {
    window.clearTimeout(timer);
    if (location.pathname !== "/") location.assign(hrefOf(text));
    else void page.visit(hrefOf(text));
  };
  document.addEventListener("input", ({ target }) => {
    if (!(target instanceof HTMLInputElement) || target.id !== "filter") return;
    window.clearTimeout(timer);
    // On the page of a machine there is nothing to filter before the reader says so.
    if (location.pathname !== "/") return;
    timer = window.setTimeout(() => apply(target.value.trim()), PAUSE_MS);
  });
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    apply(filterField()?.value.trim() ?? "");
  });
}

export function clearFilter(page: Page): void {
  const field = filterField();
  if (field !== null) field.value = "";
  void page.visit(hrefOf(""));
}
