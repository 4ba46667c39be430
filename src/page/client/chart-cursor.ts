/** The cursor of the charts: one line over strip and charts, its time, and the values in each. */
import { hideAxisCursor, showAxisCursor } from "./axis-cursor.ts";

export interface ShownTime {
  readonly cell: number;
  readonly cells: number;
  /** Its name on the axis. */
  readonly label: string;
}

interface Value {
  readonly name: string;
  readonly text: string;
  /** Class of the series' swatch. */
  readonly paint: string;
}

/** The series of one chart at a cell, without those of which nothing is known. */
function valuesAt(cell: number, row: Element): Value[] {
  const all = [...row.querySelectorAll<HTMLElement>("[data-values]")].map((series) => ({
    name: series.textContent ?? "",
    text: series.dataset["values"]?.split(" ")[cell] ?? "-",
    paint: series.querySelector("i")?.className ?? "",
  }));
  return all.filter(({ text }) => text !== "-");
}

/** `down Mon 13:20–14:10`, `rebooted 14:10`: what is marked at a cell. */
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

/** All that the charts show at a cell, for who does not see them. */
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

function live(name: string, parent: Element): HTMLElement {
  const known = parent.querySelector<HTMLElement>(`:scope > .${name}`);
  if (known !== null) return known;
  const made = document.createElement("div");
  made.className = name;
  made.setAttribute("data-script", "");
  made.setAttribute("aria-hidden", "true");
  parent.append(made);
  return made;
}

/** `area`: what lies over strip and charts, for the line. */
export function showChartCursor(plots: HTMLElement, area: Element, shown: ShownTime): void {
  const { cell, cells, label } = shown;
  const percent = (100 * (cell + 0.5)) / cells;
  plots.style.setProperty("--at", `${percent}%`);
  live("at", area);
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
    // Once: it is the same in all.
    if (index === 0) spans.unshift(...events.map((event) => span(event)));
    if (index === 0 && spans.length === 0) spans.push(span("no data"));
    const box = live("values", plot);
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
