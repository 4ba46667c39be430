/**
 * The history strips of the table under the pointer and the arrow keys: each becomes a slider over
 * its cells. A line marks the cell's time through all rows, a readout says what happened then, and
 * Enter opens the entry.
 */
import { clockOf } from "../../view/times.ts";
import { hideAxisCursor, showAxisCursor } from "./axis-cursor.ts";
import { type CellAxis, serverTimes, timeOf } from "./chart-scene.ts";
import { stepInCharts } from "./charts.ts";
import { askForWords } from "./entry-words.ts";
import { ownElement } from "./own-element.ts";
import type { Page } from "./page.ts";
import { cellAt, cellWords } from "./strip-cells.ts";

function axisOf(strip: Element): CellAxis {
  const axis = strip.closest(".machine-table")?.querySelector<SVGElement>("svg.axis");
  const box = strip.querySelector("svg")?.getAttribute("viewBox") ?? "0 0 1";
  return {
    startMs: Number(axis?.dataset["start"] ?? 0),
    cellMs: Number(axis?.dataset["cell"] ?? 0),
    cells: Number(box.split(" ")[2]),
    intervalMs: Number(axis?.dataset["interval"] ?? 0),
  };
}

function slugOf(strip: Element): string {
  const link = strip.closest("tr")?.querySelector(":scope > th > a");
  const href = link?.getAttribute("href") ?? "";
  return decodeURIComponent(href.replace(/^.*\/machines\//, ""));
}

function pathsOf(strip: Element): [string, string][] {
  return [...strip.querySelectorAll("path")].map((path) => [
    path.getAttribute("class") ?? "",
    path.getAttribute("d") ?? "",
  ]);
}

/** An element is a link or a slider, not both; the machine's name links to the same page. */
function enhance(): void {
  for (const strip of document.querySelectorAll<HTMLElement>(".machine-table .history-strip")) {
    const { cells } = axisOf(strip);
    if (strip.getAttribute("role") !== "slider") {
      strip.removeAttribute("href");
      strip.setAttribute("role", "slider");
      strip.tabIndex = 0;
      strip.setAttribute("aria-valuemin", "1");
      strip.setAttribute("aria-valuenow", String(cells));
      // The strip's label says the whole history in words.
      strip.setAttribute("aria-valuetext", "now");
    }
    strip.setAttribute("aria-valuemax", String(cells));
  }
}

/** Where the cursor is; `startMs`: the start of the axis that it was put on. */
let spot: { strip: HTMLElement; cell: number; startMs: number } | undefined;
let asking: AbortController | undefined;

function removeTips(): void {
  for (const tip of document.querySelectorAll(".history-strip .tip")) tip.remove();
}

function clear(): void {
  asking?.abort();
  spot = undefined;
  for (const table of document.querySelectorAll("[data-cursor]")) {
    table.removeAttribute("data-cursor");
  }
  removeTips();
  for (const axis of document.querySelectorAll("svg.axis")) hideAxisCursor(axis);
}

function mark(strip: HTMLElement, cell: number, axis: CellAxis, label: string): void {
  const scope = strip.closest<HTMLElement>(".machine-table");
  if (scope === null) return;
  const percent = (100 * (cell + 0.5)) / axis.cells;
  scope.setAttribute("data-cursor", "");
  scope.style.setProperty("--at", `${percent}%`);
  const svg = scope.querySelector("svg.axis");
  if (svg !== null) showAxisCursor(svg, percent, label);
}

function say(strip: HTMLElement, text: string): void {
  strip.setAttribute("aria-valuetext", text);
  if (strip.querySelector(".tip") === null) removeTips();
  ownElement("tip", strip).textContent = text;
}

/** Puts the cursor on a cell, says what the strip shows there, and asks for the figures. */
function show(strip: HTMLElement, wanted: number): void {
  const axis = axisOf(strip);
  const cell = Math.max(0, Math.min(axis.cells - 1, wanted));
  if (spot?.strip === strip && spot.cell === cell) return;
  asking?.abort();
  spot = { strip, cell, startMs: axis.startMs };
  const clock = clockOf(serverTimes(), axis.cellMs / 1000);
  const label = clock(axis.startMs + (cell + 1) * axis.cellMs);
  const what = cellAt(pathsOf(strip), cell);
  strip.setAttribute("aria-valuenow", String(cell + 1));
  mark(strip, cell, axis, label);
  say(strip, `${label}, ${cellWords(what)}`);
  if (what.state !== "up") return;
  asking = askForWords(slugOf(strip), cell, axis, ({ all }) => say(strip, `${label}, ${all}`));
}

/** The axis has moved on: a chosen time is in another cell now, and the pointer at another time. */
function follow(): void {
  if (spot === undefined) return;
  const { strip, cell, startMs } = spot;
  if (!strip.isConnected) {
    clear();
    return;
  }
  const axis = axisOf(strip);
  if (axis.startMs === startMs) return;
  spot = undefined;
  const isChosen = strip === document.activeElement;
  show(strip, isChosen ? cell - Math.round((axis.startMs - startMs) / axis.cellMs) : cell);
}

function openAt(page: Page, strip: HTMLElement, cell: number): void {
  const parameters = new URLSearchParams(location.search);
  parameters.set("open", `${slugOf(strip)}@${serverTimes().stamp(timeOf(cell, axisOf(strip)))}`);
  // The readout would lie over the entry, which says it all.
  removeTips();
  void page.visit(`/?${parameters}#entry`, "push");
}

function stripAt(target: EventTarget | null): HTMLElement | undefined {
  if (!(target instanceof Element)) return undefined;
  return target.closest<HTMLElement>(".machine-table .history-strip") ?? undefined;
}

function cellUnder(event: PointerEvent | MouseEvent, strip: HTMLElement): number {
  const box = strip.getBoundingClientRect();
  return Math.floor(((event.clientX - box.left) / box.width) * axisOf(strip).cells);
}

/** The keys of a slider, while one has the focus; the page has its own. */
function onKey(event: KeyboardEvent, page: Page): void {
  const strip = stripAt(event.target);
  if (strip === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
  const { cells, cellMs } = axisOf(strip);
  const at = spot?.strip === strip ? spot.cell : cells;
  const hour = Math.max(2, Math.round(3_600_000 / cellMs));
  const steps: Readonly<Record<string, number>> = {
    ArrowLeft: -1,
    ArrowDown: -1,
    ArrowRight: 1,
    ArrowUp: 1,
    PageDown: -hour,
    PageUp: hour,
    Home: -cells,
    End: cells,
  };
  const step = steps[event.key];
  if (step !== undefined) show(strip, at + step);
  else if (event.key === "Enter" && spot?.strip === strip) openAt(page, strip, spot.cell);
  else return;
  event.preventDefault();
}

/** Moves the cursor for `h` and `l`: in the charts of a machine, the focused row, or `fallback`. */
export function stepInTime(step: number, fallback: Element): void {
  if (stepInCharts(step)) return;
  const row = document.activeElement?.closest("tr") ?? fallback;
  const find = (scope: ParentNode) => scope.querySelector<HTMLElement>(".history-strip");
  const strip = find(row) ?? find(document);
  if (strip === null) return;
  const at = spot?.strip === strip ? spot.cell : axisOf(strip).cells;
  strip.focus({ preventScroll: true });
  show(strip, at + step);
}

export function startStrips(page: Page): void {
  enhance();
  page.onShown(enhance);
  page.onShown(follow);
  document.addEventListener("pointermove", (event) => {
    const strip = stripAt(event.target);
    if (strip !== undefined) show(strip, cellUnder(event, strip));
  });
  document.addEventListener("pointerout", (event) => {
    const strip = stripAt(event.target);
    const isOut =
      strip !== undefined &&
      !(event.relatedTarget instanceof Node && strip.contains(event.relatedTarget));
    // A strip that was only clicked has the focus too.
    if (isOut && !strip.matches(":focus-visible")) clear();
  });
  document.addEventListener("focusout", ({ target }) => {
    if (stripAt(target) !== undefined) clear();
  });
  document.addEventListener("click", (event) => {
    const strip = stripAt(event.target);
    if (strip !== undefined) openAt(page, strip, cellUnder(event, strip));
  });
  document.addEventListener("keydown", (event) => onKey(event, page));
}
