/**
 * The charts of a machine's page, drawn anew in place with zoom: all share one part of the time
 * axis, one cursor, and the readout in their legends. The strip above them follows.
 */

import { figure } from "../../view/format.ts";
import { type Tick, ticksOf } from "../../view/history/time-axis.ts";
import { clockOf } from "../../view/times.ts";
import type { Plot } from "../history/chart.ts";
import { hideAxisCursor, showAxisCursor } from "./axis-cursor.ts";
import { createPlot, type LivePlot, type PlotInput, valuesOf } from "./plot.ts";
import { serverTimes } from "./server-times.ts";
import { SHOWN_EVENT } from "./shown-event.ts";

/** Fewer cells than this show nothing that the readout does not say. */
const LEAST_CELLS = 6;
const SVG = "http://www.w3.org/2000/svg";

interface Drawn {
  readonly svg: SVGElement;
  readonly live: LivePlot;
}

interface Window {
  readonly from: number;
  readonly to: number;
}

const section = document.querySelector<HTMLElement>(".hist");
let drawn: Drawn[] = [];
let zoom: Window | undefined;
let cursorCell: number | undefined;

function axisElement(): SVGElement | null {
  return section?.querySelector<SVGElement>("svg.axis") ?? null;
}

function whole(): { startMs: number; cellMs: number; cells: number } {
  const axis = axisElement();
  const chart = section?.querySelector("svg.chart");
  return {
    startMs: Number(axis?.dataset["start"] ?? 0),
    cellMs: Number(axis?.dataset["cell"] ?? 1),
    cells: Number(chart?.getAttribute("viewBox")?.split(" ")[2] ?? 1),
  };
}

function plotOf(svg: SVGElement): Plot {
  // Written by our own server into the page that it serves with this script.
  return JSON.parse(svg.dataset["plot"] ?? "") as Plot;
}

function isDownIn(cell: number): boolean {
  return (section?.dataset["down"] ?? "").split(" ").some((run) => {
    const [from = 0, to = 0] = run.split("-").map(Number);
    return run !== "" && cell >= from && cell < to;
  });
}

function ticksShown(): readonly Tick[] {
  const { startMs, cellMs, cells } = whole();
  const { from, to } = zoom ?? { from: 0, to: cells };
  const part = { startMs: startMs + from * cellMs, endMs: startMs + to * cellMs, cellMs };
  return ticksOf(part, serverTimes());
}

function inputOf(svg: SVGElement): PlotInput {
  const from = zoom?.from ?? 0;
  return {
    plot: plotOf(svg),
    cells: whole().cells,
    isDown: isDownIn,
    ticks: ticksShown().map(({ x }) => x + from),
  };
}

function element(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

/** The named times of the part that is shown, in place of those of the whole. */
function drawAxis(window: Window): void {
  const axis = axisElement();
  if (axis === null) return;
  for (const old of axis.querySelectorAll("a, .now")) old.remove();
  const share = (x: number) => `${(100 * x) / (window.to - window.from)}%`;
  for (const tick of ticksShown()) {
    const href = `/?at=${serverTimes().stamp(tick.atMs)}`;
    const link = element("a", { href, "aria-label": `all machines at ${tick.label}` });
    const text = element("text", { x: share(tick.x), dx: "5", y: "20" });
    if (tick.isDay) text.setAttribute("class", "day");
    text.textContent = tick.label;
    link.append(element("line", { x1: share(tick.x), x2: share(tick.x), y1: "9", y2: "24" }), text);
    axis.append(link);
  }
}

function button(): HTMLButtonElement | null {
  const head = section?.querySelector("h2");
  if (!head) return null;
  const known = head.querySelector("button");
  if (known !== null) return known;
  const made = document.createElement("button");
  made.type = "button";
  made.setAttribute("data-live", "");
  made.textContent = "show all";
  made.addEventListener("click", () => zoomTo(0, whole().cells));
  head.append(made);
  return made;
}

/** After every update of the page too: the server knows nothing of the zoom. */
function applyZoom(): void {
  const strip = section?.querySelector(".hs svg");
  if (zoom === undefined) {
    section?.querySelector("h2 button")?.remove();
    return;
  }
  strip?.setAttribute("viewBox", `${zoom.from} 0 ${zoom.to - zoom.from} 22`);
  drawAxis(zoom);
  button();
}

function zoomTo(from: number, to: number): void {
  const { cells } = whole();
  const width = Math.min(cells, Math.max(LEAST_CELLS, to - from));
  const start = Math.max(0, Math.min(cells - width, from));
  const wasZoomed = zoom !== undefined;
  zoom = width >= cells ? undefined : { from: start, to: start + width };
  if (zoom === undefined && wasZoomed) restore();
  applyZoom();
  for (const { live, svg } of drawn) {
    live.update(inputOf(svg));
    live.zoom(zoom?.from ?? 0, zoom?.to ?? cells);
  }
}

let plainAxis: SVGElement | undefined;

/** The server's own axis and strip, as the last page had them. */
function restore(): void {
  const axis = axisElement();
  if (plainAxis !== undefined) axis?.replaceWith(plainAxis.cloneNode(true));
  section?.querySelector(".hs svg")?.setAttribute("viewBox", `0 0 ${whole().cells} 22`);
}

function keepPlain(): void {
  const axis = axisElement();
  const copy = axis?.cloneNode(true);
  if (copy instanceof SVGElement) {
    for (const own of copy.querySelectorAll("[data-live]")) own.remove();
    plainAxis = copy;
  }
}

/** The value at the cursor behind each name of the legend, or nothing. */
function showValues(svg: SVGElement): void {
  const names = svg.parentElement?.querySelectorAll(".lab span") ?? [];
  const { series } = plotOf(svg);
  for (const [index, name] of [...names].entries()) {
    const own = series[index];
    const value = cursorCell === undefined || !own ? undefined : valuesOf(own)[cursorCell];
    let place = name.querySelector("em");
    if (place === null) {
      place = document.createElement("em");
      place.setAttribute("data-live", "");
      name.append(place);
    }
    place.textContent = typeof value === "number" ? ` ${figure(value)}` : "";
  }
}

function showCursor(cell: number | undefined): void {
  const { cells, startMs, cellMs } = whole();
  cursorCell = cell === undefined || cell < 0 || cell >= cells ? undefined : cell;
  for (const { live, svg } of drawn) {
    live.cursor(cursorCell);
    showValues(svg);
  }
  const axis = axisElement();
  section?.classList.toggle("at", cursorCell !== undefined);
  if (axis === null) return;
  if (cursorCell === undefined) {
    hideAxisCursor(axis);
    return;
  }
  const { from, to } = zoom ?? { from: 0, to: cells };
  const percent = (100 * (cursorCell + 0.5 - from)) / (to - from);
  section?.style.setProperty("--at", `${percent}%`);
  const clock = clockOf(serverTimes(), cellMs / 1000);
  showAxisCursor(axis, percent, clock(startMs + (cursorCell + 1) * cellMs));
}

function openEntry(cell: number): void {
  const { startMs, cellMs } = whole();
  const key = decodeURIComponent(location.pathname.replace(/^\/machines\//, ""));
  const at = serverTimes().stamp(startMs + (cell + 0.5) * cellMs);
  location.assign(`/?open=${encodeURIComponent(`${key}@${at}`)}#entry`);
}

function draw(): void {
  for (const { live } of drawn) live.destroy();
  for (const old of section?.querySelectorAll("div.chart") ?? []) old.remove();
  drawn = [...(section?.querySelectorAll<SVGElement>("svg.chart") ?? [])].map((svg) => {
    const place = document.createElement("div");
    place.className = "chart";
    place.setAttribute("data-live", "");
    place.setAttribute("aria-hidden", "true");
    svg.after(place);
    const live = createPlot(place, inputOf(svg), {
      onCursor: showCursor,
      onZoom: zoomTo,
      onOpen: openEntry,
    });
    return { svg, live };
  });
  if (zoom !== undefined) zoomTo(zoom.from, zoom.to);
}

function onShown(): void {
  const isNew = drawn.some(({ svg }) => !svg.isConnected);
  keepPlain();
  applyZoom();
  if (isNew) draw();
  else for (const { live, svg } of drawn) live.update(inputOf(svg));
  if (cursorCell !== undefined) showCursor(cursorCell);
}

/** `+` and `-`: around the cursor, else around the newest. */
function onKey(event: KeyboardEvent): void {
  const isTyping = event.target instanceof HTMLElement && event.target.matches("input");
  if (isTyping || event.ctrlKey || event.altKey || event.metaKey) return;
  const factor = event.key === "+" ? 0.5 : event.key === "-" ? 2 : undefined;
  if (factor === undefined) return;
  const { cells } = whole();
  const { from, to } = zoom ?? { from: 0, to: cells };
  const slider = section?.querySelector(".hs[role=slider]");
  const focused = slider === document.activeElement ? slider : null;
  const at = focused === null ? to : from + Number(focused?.getAttribute("aria-valuenow")) - 0.5;
  const width = Math.round((to - from) * factor);
  zoomTo(Math.round(at - (at - from) * factor), Math.round(at - (at - from) * factor) + width);
  event.preventDefault();
}

if (section !== null) {
  keepPlain();
  draw();
  document.addEventListener(SHOWN_EVENT, onShown);
  document.addEventListener("keydown", onKey);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  new ResizeObserver(() => {
    for (const { live, svg } of drawn) {
      live.resize(svg.nextElementSibling?.clientWidth ?? 0);
    }
  }).observe(section);
}
