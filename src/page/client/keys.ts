/** The keys `/ j k h l s S u ? Esc`. They do nothing while the reader types or holds Ctrl, Alt or Meta. */
import { clearFilter, filterField } from "./filter.ts";
import { isTyping } from "./input.ts";
import type { Page } from "./page.ts";
import { stepInTime } from "./strips.ts";

const KEYS = [
  ["/", "filter"],
  ["j k", "next, previous machine"],
  ["Enter", "open"],
  ["h l", "back, forward in time"],
  ["+ − 0", "charts: zoom in, zoom out, all"],
  ["s S", "sort by next column, reverse order"],
  ["u", "people"],
  ["Esc", "close, clear"],
  ["?", "all keys"],
] as const;

/** The script makes this list, not the server: without the script there are no keys. */
function addHelp(): void {
  const help = Object.assign(document.createElement("details"), { id: "keys" });
  help.setAttribute("data-script", "");
  const list = Object.assign(document.createElement("dl"), { className: "keys" });
  const made = (tag: string, textContent: string) =>
    Object.assign(document.createElement(tag), { textContent });
  list.append(...KEYS.flatMap(([key, what]) => [made("dt", key), made("dd", what)]));
  help.append(made("summary", "Keys"), list);
  document.querySelector("footer")?.append(help);
}

/** The rows of machines, without headings and opened entries. */
function rowLinks(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".machine-table > tbody > tr > th > a")];
}

function moveRow(step: number): void {
  const links = rowLinks();
  const row = document.activeElement?.closest("tr");
  const at = links.findIndex((link) => link.closest("tr") === row);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step;
  const link = links[Math.max(0, Math.min(links.length - 1, next))];
  link?.focus({ preventScroll: true });
  link?.closest("tr")?.scrollIntoView({ block: "nearest" });
}

/** Follows the link in a column's head, as a click would. */
function sortBy(page: Page, isReversed: boolean): void {
  const heads = [...document.querySelectorAll(".machine-table thead th:not(.history-cell)")].filter(
    (head) => head.getClientRects().length > 0,
  );
  const current = heads.findIndex((head) => head.hasAttribute("aria-sort"));
  const wanted = isReversed ? heads[current] : heads[(current + 1) % heads.length];
  const href = wanted?.querySelector("a")?.getAttribute("href");
  if (href) void page.visit(href);
}

function togglePeople(page: Page): void {
  const link = document.querySelector("nav[aria-label=Views] a:not([aria-current])");
  const href = link?.getAttribute("href");
  if (!href) return;
  if (location.pathname === "/") void page.visit(href, "push");
  else location.assign("/?by=user");
}

/** Closes one thing at a time: the help, the opened entry, then the filter. */
function close(page: Page): void {
  const parameters = new URLSearchParams(location.search);
  const field = filterField();
  const keys = document.querySelector<HTMLDetailsElement>("#keys[open]");
  if (document.activeElement === field) field?.blur();
  if (keys !== null) keys.open = false;
  else if (parameters.has("open")) {
    parameters.delete("open");
    void page.visit(`/?${parameters}`.replace(/\?$/, ""));
  } else if (parameters.has("filter") || field?.value) clearFilter(page);
}

/** Moves the whole table where it shows the past, otherwise the cursor in a strip. */
function moveTime(page: Page, step: number): void {
  const link = document.querySelector(`.notice a[rel=${step < 0 ? "prev" : "next"}]`);
  const href = link?.getAttribute("href");
  if (href) void page.visit(href);
  else stepInTime(step, rowLinks()[0]?.closest("tr") ?? document.body);
}

function showKeys(): void {
  const keys = document.querySelector<HTMLDetailsElement>("#keys");
  if (keys === null) return;
  keys.open = !keys.open;
  keys.querySelector("summary")?.focus();
}

type Actions = Readonly<Record<string, (page: Page) => void>>;

const ACTIONS: Actions = {
  "/": () => {
    filterField()?.focus();
    filterField()?.select();
  },
  j: () => moveRow(1),
  k: () => moveRow(-1),
  h: (page) => moveTime(page, -1),
  l: (page) => moveTime(page, 1),
  u: togglePeople,
  "?": showKeys,
};
/** These keys act only on the views of the cluster. */
const VIEW_ACTIONS: Actions = {
  s: (page) => sortBy(page, false),
  S: (page) => sortBy(page, true),
};

export function startKeys(page: Page): void {
  addHelp();
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
    const isView = location.pathname === "/";
    if (event.key === "Escape") {
      if (isView) close(page);
      else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      return;
    }
    const act = ACTIONS[event.key] ?? (isView ? VIEW_ACTIONS[event.key] : undefined);
    if (isTyping(event) || act === undefined) return;
    act(page);
    event.preventDefault();
  });
}
