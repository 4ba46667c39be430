/**
 * What the script adds to the charts of a machine: a cursor with the values at its time, moved by
 * pointer, touch and keys, and zooming in place. It draws no chart: a zoom is another address of
 * the page, and the server draws it.
 */
import {
  isSameRange,
  searchWithRange,
  type TimeRange,
  withinBounds,
  type ZoomStep,
  zoomed,
} from "../../view/history/zoom.ts";
import { say } from "./announce.ts";
import { hideChartCursor, showChartCursor, wordsAt } from "./chart-cursor.ts";
import { cellLabel, cellOf, type Scene, sceneNow, serverTimes, timeOf } from "./chart-scene.ts";
import { askForWords } from "./entry-words.ts";
import { isPlainClick, isTyping } from "./input.ts";
import type { Page } from "./page.ts";

/** A key that is held down repeats faster than anybody can listen. */
const SAY_MS = 300;
/** A mouse moves a little while it clicks, and a finger more. */
const DRAG_PX = 4;
const SLIDE_PX = 8;

const ZOOM_KEYS: Readonly<Record<string, ZoomStep>> = {
  "+": "in",
  "=": "in",
  "-": "out",
  0: "all",
};
/** These keys act only while the charts have the focus: elsewhere they scroll the page. */
const MOVE_KEYS: Readonly<Record<string, ZoomStep>> = { PageUp: "earlier", PageDown: "later" };
const STEP_KEYS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

class Charts {
  readonly #page: Page;
  /** Lies over strip and charts, and takes the pointer and the focus. */
  readonly #area = document.createElement("div");
  /** Where the mouse is, from the left of the window. It stays there when the charts change. */
  #pointerX: number | undefined;
  /** The time chosen by keys or by touch. It stays chosen when the charts change. */
  #chosenMs: number | undefined;
  /** The cell that the cursor is drawn at. */
  #shownCell: number | undefined;
  /** Where the mouse button went down. */
  #pressedX: number | undefined;
  /** Where a finger came down. It may scroll the page until it has moved aside: then it slides. */
  #touch: { readonly x: number; readonly y: number; isSliding: boolean } | undefined;
  /** The range that has been asked for and is not shown yet. */
  #wanted: TimeRange | undefined;
  #asking: AbortController | undefined;
  #sayTimer: number | undefined;

  constructor(page: Page) {
    this.#page = page;
    page.onShown(() => this.#onShown());
    this.#area.className = "chart-cursor";
    this.#area.setAttribute("data-script", "");
    this.#area.tabIndex = 0;
    // A screen reader passes the arrow keys on to an application; elsewhere it uses them itself.
    this.#area.setAttribute("role", "application");
    this.#onShown();
    this.#listen(this.#area);
  }

  #listen(area: HTMLElement): void {
    area.addEventListener("pointerdown", (event) => this.#onDown(event));
    area.addEventListener("pointermove", (event) => this.#onMove(event));
    area.addEventListener("pointerup", (event) => this.#onUp(event));
    // The browser has taken the finger for scrolling.
    area.addEventListener("pointercancel", () => this.#endDrag());
    area.addEventListener("pointerleave", () => this.#pointTo(undefined));
    area.addEventListener("blur", ({ relatedTarget }) => this.#letGo(relatedTarget));
    document.addEventListener("keydown", (event) => this.#onKey(event));
    document.addEventListener("click", (event) => this.#onClick(event));
    document.addEventListener("pointerdown", ({ target }) => this.#letGo(target));
  }

  /** The reader turns to something else. The zoom links keep the chosen time: they zoom around it. */
  #letGo(target: EventTarget | null): void {
    const isOurs = target instanceof Element && target.closest(".chart-cursor, .zoom") !== null;
    if (!isOurs && this.#chosenMs !== undefined) this.#choose(undefined);
  }

  /** Moves the chosen time by so many cells, from the newest if none is chosen yet. */
  stepInTime(steps: number): boolean {
    const scene = sceneNow();
    if (scene === undefined) return false;
    const at = this.#chosenMs === undefined ? scene.cells : cellOf(this.#chosenMs, scene);
    const cell = Math.max(0, Math.min(scene.cells - 1, at + steps));
    this.#area.focus({ preventScroll: true });
    this.#choose(timeOf(cell, scene));
    this.#saySoon(() => wordsAt(cell, scene.plots, cellLabel(cell, scene, serverTimes())));
    return true;
  }

  /** The charts have changed: shows the chosen time again, or the time under the pointer now. */
  #onShown(): void {
    const scene = sceneNow();
    if (scene === undefined) return;
    const name = scene.plots.dataset["name"] ?? "";
    this.#area.setAttribute(
      "aria-label",
      `Charts of ${name}. Left and right arrows for the values, plus and minus to zoom, 0 for all, Enter for the entry`,
    );
    if (this.#area.parentElement !== scene.plots) scene.plots.append(this.#area);
    this.#drawCursor(scene);
  }

  #cellUnder(clientX: number, { cells }: Scene): number {
    const { left, width } = this.#area.getBoundingClientRect();
    return Math.max(0, Math.min(cells - 1, Math.floor(((clientX - left) / width) * cells)));
  }

  /** The cell of the cursor: under the mouse, otherwise at the chosen time. */
  #cursorCell(scene: Scene): number | undefined {
    if (this.#pointerX !== undefined) return this.#cellUnder(this.#pointerX, scene);
    return this.#chosenMs === undefined ? undefined : cellOf(this.#chosenMs, scene);
  }

  /** Draws the cursor only when its cell changes: most moves of a pointer stay in one. */
  #showCursor(): void {
    const scene = sceneNow();
    if (scene !== undefined && this.#cursorCell(scene) !== this.#shownCell) this.#drawCursor(scene);
  }

  #drawCursor(scene: Scene): void {
    this.#asking?.abort();
    const cell = this.#cursorCell(scene);
    this.#shownCell = cell;
    if (cell === undefined) {
      hideChartCursor(scene.plots);
      return;
    }
    const time = cellLabel(cell, scene, serverTimes());
    showChartCursor(scene, this.#area, { cell, label: time });
    this.#asking = askForWords(this.#slug(), cell, scene, ({ top }) => {
      if (top !== "") showChartCursor(scene, this.#area, { cell, label: `${time} ${top}` });
    });
  }

  #choose(wallMs: number | undefined): void {
    this.#chosenMs = wallMs;
    if (wallMs !== undefined) this.#pointerX = undefined;
    this.#showCursor();
  }

  #saySoon(words: () => string): void {
    window.clearTimeout(this.#sayTimer);
    this.#sayTimer = window.setTimeout(() => say(words()), SAY_MS);
  }

  #slug(): string {
    return decodeURIComponent(location.pathname.replace(/^\/machines\//, ""));
  }

  #openEntry(cell: number, scene: Scene): void {
    const at = serverTimes().stamp(timeOf(cell, scene));
    location.assign(`/?open=${encodeURIComponent(`${this.#slug()}@${at}`)}#entry`);
  }

  #onDown(event: PointerEvent): void {
    const { pointerType, button, clientX, clientY, pointerId } = event;
    if (pointerType !== "mouse") this.#touch = { x: clientX, y: clientY, isSliding: false };
    else if (button === 0) {
      this.#pressedX = clientX;
      this.#area.setPointerCapture(pointerId);
    }
  }

  #onMove(event: PointerEvent): void {
    if (event.pointerType !== "mouse") {
      this.#slide(event);
      return;
    }
    this.#chosenMs = undefined;
    this.#pointTo(event.clientX);
    this.#showDrag();
  }

  #pointTo(clientX: number | undefined): void {
    this.#pointerX = clientX;
    this.#showCursor();
  }

  #slide({ clientX, clientY }: PointerEvent): void {
    const touch = this.#touch;
    if (touch === undefined) return;
    const [aside, up] = [Math.abs(clientX - touch.x), Math.abs(clientY - touch.y)];
    touch.isSliding ||= aside > SLIDE_PX && aside > up;
    if (touch.isSliding) this.#chooseUnder(clientX);
  }

  #onUp({ pointerType, clientX, clientY }: PointerEvent): void {
    if (pointerType === "mouse") {
      this.#endMouse(clientX);
      return;
    }
    const { x = 0, y = 0 } = this.#touch ?? {};
    const isTap = Math.hypot(clientX - x, clientY - y) <= SLIDE_PX;
    if (isTap) this.#chooseUnder(clientX);
    this.#endDrag();
  }

  #chooseUnder(clientX: number): void {
    const scene = sceneNow();
    if (scene !== undefined) this.#choose(timeOf(this.#cellUnder(clientX, scene), scene));
  }

  /** A click opens the entry, a drag zooms. */
  #endMouse(clientX: number): void {
    const [scene, pressedX] = [sceneNow(), this.#pressedX];
    this.#endDrag();
    if (scene === undefined || pressedX === undefined) return;
    const cell = this.#cellUnder(clientX, scene);
    if (Math.abs(clientX - pressedX) < DRAG_PX) {
      this.#openEntry(cell, scene);
      return;
    }
    const other = this.#cellUnder(pressedX, scene);
    const at = (edge: number) => scene.startMs + edge * scene.cellMs;
    const asked = { fromMs: at(Math.min(cell, other)), toMs: at(Math.max(cell, other) + 1) };
    void this.#zoomTo(withinBounds(asked, scene.bounds));
  }

  #showDrag(): void {
    const [from, to] = [this.#pressedX, this.#pointerX];
    if (from === undefined || to === undefined || Math.abs(to - from) < DRAG_PX) return;
    const { left, width } = this.#area.getBoundingClientRect();
    const share = (x: number) => `${Math.max(0, Math.min(100, (100 * (x - left)) / width))}%`;
    this.#area.style.setProperty("--drag-from", share(Math.min(from, to)));
    this.#area.style.setProperty("--drag-to", share(Math.max(from, to)));
    if (this.#area.querySelector(".drag") !== null) return;
    this.#area.append(Object.assign(document.createElement("div"), { className: "drag" }));
  }

  #endDrag(): void {
    this.#pressedX = undefined;
    this.#touch = undefined;
    this.#area.querySelector(".drag")?.remove();
  }

  async #zoomTo(range: TimeRange, history: "push" | "replace" = "push"): Promise<void> {
    const scene = sceneNow();
    if (scene === undefined || isSameRange(range, this.#wanted ?? scene.shown)) return;
    this.#wanted = range;
    const { bounds } = scene;
    const search = searchWithRange(location.search, range, { bounds, times: serverTimes() });
    await this.#page.visit(`${location.pathname}${search}`, history);
    if (this.#wanted === range) this.#wanted = undefined;
  }

  #zoomBy(step: ZoomStep): void {
    const scene = sceneNow();
    if (scene === undefined) return;
    const cell = this.#cursorCell(scene);
    const aroundMs = cell === undefined ? undefined : timeOf(cell, scene);
    const range = zoomed(step, this.#wanted ?? scene.shown, scene.bounds, aroundMs);
    // A look to the side does not deserve a place in the browser's history.
    const isMove = step === "earlier" || step === "later";
    void this.#zoomTo(range, isMove ? "replace" : "push").then(() =>
      this.#saySoon(() => document.querySelector(".history h2")?.textContent ?? ""),
    );
  }

  #onKey(event: KeyboardEvent): void {
    const { target, key } = event;
    if (isTyping(event) || event.ctrlKey || event.altKey || event.metaKey) return;
    const scene = sceneNow();
    if (scene === undefined) return;
    const isHere = target === this.#area;
    const zoom = ZOOM_KEYS[key] ?? (isHere ? MOVE_KEYS[key] : undefined);
    const steps = isHere ? STEP_KEYS[key] : undefined;
    if (zoom !== undefined) this.#zoomBy(zoom);
    else if (steps !== undefined) this.stepInTime(steps);
    else if (key === "Escape" && this.#pressedX !== undefined) this.#endDrag();
    else if (isHere && key === "Enter") {
      const cell = this.#cursorCell(scene);
      if (cell !== undefined) this.#openEntry(cell, scene);
    } else return;
    event.preventDefault();
  }

  /** The server's zoom links, in place. */
  #onClick(event: MouseEvent): void {
    const { target } = event;
    if (!isPlainClick(event)) return;
    const link = target instanceof Element ? target.closest<HTMLElement>("a[data-zoom]") : null;
    if (link === null) return;
    event.preventDefault();
    this.#zoomBy(link.dataset["zoom"] as ZoomStep);
  }
}

let charts: Charts | undefined;

/** `false`: this page has no charts. */
export function stepInCharts(steps: number): boolean {
  return charts?.stepInTime(steps) ?? false;
}

export function startCharts(page: Page): void {
  charts = new Charts(page);
}
