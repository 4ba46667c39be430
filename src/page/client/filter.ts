/** Filters while the reader types. The address follows, so that a view can be kept and shared. */
import type { Page } from "./page.ts";

/** Longer than the pause between two letters, too short to be noticed. */
const PAUSE_MS = 150;

export function filterField(): HTMLInputElement | null {
  return document.querySelector<HTMLInputElement>("#filter");
}

/** The address of this view with another filter, at its first page and without an opened entry. */
function hrefOf(text: string): string {
  const isView = location.pathname === "/";
  const parameters = new URLSearchParams(isView ? location.search : "");
  for (const key of ["page", "open"]) parameters.delete(key);
  if (text === "") parameters.delete("filter");
  else parameters.set("filter", text);
  return `/?${parameters}`.replace(/\?$/, "");
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
    // The page of a machine has nothing to filter: Enter leads to the table.
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
