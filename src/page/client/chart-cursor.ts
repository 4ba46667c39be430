/** The cursor of the charts: a line over strip and charts, its time, and the values in each chart. */
import { hideAxisCursor, showAxisCursor } from "./axis-cursor.ts";
import type { Scene } from "./chart-scene.ts";
import { ownElement } from "./own-element.ts";

/** The known values of one chart's series at a cell; `paint`: class of the series' swatch. */
function valuesAt(cell: number, row: Element) {
  const all = [...row.querySelectorAll<HTMLElement>("[data-values]")].map((series) => ({
    name: series.textContent ?? "",
    text: series.dataset["values"]?.split(" ")[cell] ?? "-",
    paint: series.querySelector("i")?.className ?? "",
  }));
  return all.filter(({ text }) => text !== "-");
}

/** What is marked at a cell: `down Mon 13:20–14:10`, `rebooted 14:10`. */
function eventsAt(cell: number, plots: Element): string[] {
  const marks = plots.querySelector("svg.chart")?.querySelectorAll<SVGElement>("[data-from]") ?? [];
  return [...marks].flatMap((mark) => {
    const { from, to } = mark.dataset;
    const isHere = cell >= Number(from) && cell < Number(to);
    return isHere ? [mark.querySelector("title")?.textContent ?? ""] : [];
  });
}

function chartRows(plots: Element): HTMLElement[] {
  return [...plots.querySelectorAll<HTMLElement>("[data-unit]")];
}

function withUnit(text: string, unit: string): string {
  return unit === "" ? text : `${text} ${unit}`;
}

/** Everything that the charts show at a cell, in one sentence for a screen reader. */
export function wordsAt(cell: number, plots: Element, label: string): string {
  const charts = chartRows(plots).flatMap((row) => {
    const values = valuesAt(cell, row).map(({ name, text }) => `${name} ${text}`);
    if (values.length === 0) return [];
    const name = row.querySelector("b")?.textContent ?? "";
    return [`${name} ${withUnit(values.join(", "), row.dataset["unit"] ?? "")}`];
  });
  const known = [...eventsAt(cell, plots), ...charts];
  return `${label}: ${known.length === 0 ? "no data" : known.join("; ")}`;
}

function span(text: string, paint?: string): HTMLElement {
  const made = document.createElement("span");
  if (paint !== undefined) {
    made.append(Object.assign(document.createElement("i"), { className: paint }));
  }
  made.append(text);
  return made;
}

/**
 * Draws the line in `area`, which lies over strip and charts. The label for the axis: the time,
 * and the largest process once it is known.
 */
export function showChartCursor(
  { plots, cells }: Scene,
  area: Element,
  { cell, label }: { readonly cell: number; readonly label: string },
): void {
  const percent = (100 * (cell + 0.5)) / cells;
  plots.style.setProperty("--at", `${percent}%`);
  ownElement("at", area);
  const axis = plots.querySelector("svg.axis");
  if (axis !== null) showAxisCursor(axis, percent, label);
  const events = eventsAt(cell, plots);
  for (const [index, row] of chartRows(plots).entries()) {
    const plot = row.querySelector(".plot");
    if (plot === null) continue;
    const values = valuesAt(cell, row);
    const spans = values.map(({ name, text, paint }, at) => {
      const isLast = at === values.length - 1;
      return span(`${name} ${isLast ? withUnit(text, row.dataset["unit"] ?? "") : text}`, paint);
    });
    // An event is the same in all charts, so the first one says it.
    if (index === 0) spans.unshift(...events.map((event) => span(event)));
    if (index === 0 && spans.length === 0) spans.push(span("no data"));
    const box = ownElement("values", plot);
    box.hidden = spans.length === 0;
    box.classList.toggle("before", percent > 50);
    box.replaceChildren(...spans);
  }
}

export function hideChartCursor(plots: HTMLElement): void {
  plots.style.removeProperty("--at");
  for (const own of plots.querySelectorAll(".values, .chart-cursor > .at")) own.remove();
  const axis = plots.querySelector("svg.axis");
  if (axis !== null) hideAxisCursor(axis);
}
