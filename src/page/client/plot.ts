/** One chart of a machine's history with uPlot: steps, areas, dashed lines, the hatch of outages. */
import uPlot from "uplot";
import type { Plot } from "../history/chart.ts";

/** As the style sheet draws the server's charts. */
const HEIGHT = 72;
const LINE_PX = 1.5;

export interface PlotInput {
  readonly plot: Plot;
  readonly cells: number;
  /** Whether the machine was down in this cell: the hatch of the ground shows through there. */
  readonly isDown: (cell: number) => boolean;
  /** Named times, in cells. */
  readonly ticks: readonly number[];
}

export interface PlotEvents {
  /** The cell under the pointer; `undefined`: it has left. */
  readonly onCursor: (cell: number | undefined) => void;
  /** Cells that the reader wants to see, from left to right. */
  readonly onZoom: (from: number, to: number) => void;
  readonly onOpen: (cell: number) => void;
}

const COLOURS: Readonly<Record<string, string>> = {
  fu: "--l3",
  fk: "--l4",
  fw: "--warn",
  f2: "--l2",
  ln: "--l3",
  l2: "--l4",
  lw: "--warn",
};

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function isArea(paint: string): boolean {
  return paint.startsWith("f");
}

/** A number for each cell; `null`: not known. */
export function valuesOf(series: Plot["series"][number]): (number | null)[] {
  return series.values.split(" ").map((text) => (text === "-" ? null : Number(text)));
}

/** Of a stack, each series upon those before it. */
function stacked(plot: Plot): (number | null)[][] {
  const all = plot.series.map(valuesOf);
  if (!plot.isStack) return all;
  return all.map((_, upTo) =>
    (all[0] ?? []).map((_first, cell) => {
      const known = all.slice(0, upTo + 1).map((values) => values[cell] ?? null);
      if (known.every((value) => value === null)) return null;
      return known.reduce<number>((sum, value) => sum + (value ?? 0), 0);
    }),
  );
}

/** Steps: each value holds over its whole cell. uPlot's own cut the last one before a gap. */
const steps: uPlot.Series.PathBuilder = (u, index) => {
  const [line, area] = [new Path2D(), new Path2D()];
  const values = u.data[index] ?? [];
  const x = (cell: number) => u.valToPos(cell, "x", true);
  const y = (value: number) => u.valToPos(value, "y", true);
  const ground = y(0);
  let isOpen = false;
  for (const [cell, value] of values.entries()) {
    if (value === null || value === undefined) {
      isOpen = false;
      continue;
    }
    const [left, right, top] = [x(cell), x(cell + 1), y(value)];
    if (isOpen) line.lineTo(left, top);
    else line.moveTo(left, top);
    line.lineTo(right, top);
    area.rect(left, top, right - left, ground - top);
    isOpen = true;
  }
  return { stroke: line, fill: area };
};

function drawGround(u: uPlot, { cells, isDown, ticks }: PlotInput): void {
  const { ctx, bbox } = u;
  const x = (cell: number) => u.valToPos(cell, "x", true);
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.fillStyle = colour("--paper");
  for (let cell = 0; cell < cells; cell += 1) {
    // A hair wider than the cell: the seams would show the hatch.
    if (!isDown(cell))
      ctx.fillRect(Math.floor(x(cell)), 0, Math.ceil(x(cell + 1) - x(cell)) + 1, bbox.height);
  }
  ctx.strokeStyle = colour("--rule");
  ctx.lineWidth = devicePixelRatio;
  for (const tick of ticks) {
    ctx.beginPath();
    ctx.moveTo(x(tick), bbox.top);
    ctx.lineTo(x(tick), bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}

function drawMarks(u: uPlot, { plot }: PlotInput): void {
  const { ctx, bbox } = u;
  ctx.save();
  ctx.strokeStyle = colour("--rule-2");
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([2 * devicePixelRatio, 3 * devicePixelRatio]);
  for (const mark of plot.marks.filter((value) => value < plot.top)) {
    const y = u.valToPos(mark, "y", true);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}

export interface LivePlot {
  update(input: PlotInput): void;
  /** Cells from left to right. */
  zoom(from: number, to: number): void;
  cursor(cell: number | undefined): void;
  resize(width: number): void;
  destroy(): void;
}

export function createPlot(place: HTMLElement, first: PlotInput, events: PlotEvents): LivePlot {
  let input = first;
  const dataOf = ({ plot, cells }: PlotInput): uPlot.AlignedData => [
    // Middles: the nearest of them is the cell that is pointed at.
    Array.from({ length: cells }, (_, cell) => cell + 0.5),
    // The tallest of a stack first, each lower one painted over it.
    ...(plot.isStack ? stacked(plot).reverse() : stacked(plot)),
  ];
  const { plot } = first;
  const paints = plot.series.map(({ paint }) => paint);
  if (plot.isStack) paints.reverse();
  let range: [number, number] = [0, first.cells];
  const u = new uPlot(
    {
      width: Math.max(1, place.clientWidth),
      height: HEIGHT - 1,
      padding: [0, 0, 0, 0],
      legend: { show: false },
      axes: [{ show: false }, { show: false }],
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        // On the middle of the cell, as in the other charts.
        move: (own, left, top) => [
          left < 0 ? left : own.valToPos(Math.floor(own.posToVal(left, "x")) + 0.5, "x"),
          top,
        ],
      },
      scales: {
        x: { time: false, range: () => range },
        y: { range: () => [0, input.plot.top / (1 - input.plot.headroom)] },
      },
      series: [
        {},
        ...paints.map((paint) => ({
          paths: steps,
          points: { show: false },
          ...(isArea(paint)
            ? { fill: () => colour(COLOURS[paint] ?? "--l3"), width: 0 }
            : { stroke: () => colour(COLOURS[paint] ?? "--l3"), width: LINE_PX }),
        })),
      ],
      hooks: {
        drawClear: [(own) => drawGround(own, input)],
        draw: [(own) => drawMarks(own, input)],
        setSelect: [
          (own) => {
            const { left, width } = own.select;
            if (width < 4) return;
            const [from, to] = [own.posToVal(left, "x"), own.posToVal(left + width, "x")];
            own.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
            events.onZoom(Math.floor(from), Math.ceil(to));
          },
        ],
      },
    },
    dataOf(first),
    place,
  );
  const cellAt = (event: MouseEvent) =>
    Math.floor(u.posToVal(event.clientX - u.over.getBoundingClientRect().left, "x"));
  let pressedX = 0;
  // After uPlot's own, which may take a place between two cells for the other of them.
  u.over.addEventListener("mousemove", (event) => events.onCursor(cellAt(event)));
  u.over.addEventListener("pointerleave", () => events.onCursor(undefined));
  u.over.addEventListener("pointerdown", (event) => {
    pressedX = event.clientX;
  });
  u.over.addEventListener("click", (event) => {
    if (Math.abs(event.clientX - pressedX) < 4) events.onOpen(cellAt(event));
  });
  u.over.addEventListener("dblclick", () => events.onZoom(0, input.cells));

  function redraw(): void {
    u.setData(dataOf(input), true);
  }
  return {
    update(next) {
      const isZoomed = range[0] !== 0 || range[1] !== input.cells;
      input = next;
      if (!isZoomed) range = [0, next.cells];
      redraw();
    },
    zoom(from, to) {
      range = [from, to];
      redraw();
    },
    cursor(cell) {
      const left = cell === undefined ? -10 : u.valToPos(cell + 0.5, "x");
      u.setCursor({ left, top: 0 }, false);
    },
    resize: (width) => u.setSize({ width: Math.max(1, width), height: HEIGHT - 1 }),
    destroy: () => u.destroy(),
  };
}
