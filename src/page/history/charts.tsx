/**
 * The history of one machine: strip and charts below one another, on one axis. Complete without
 * the script, which adds the cursor, its values, and zooming by mouse and keys.
 */
import { Paths } from "../components/parts.tsx";
import type { Chart } from "./chart.ts";
import type { ChartEvent } from "./chart-events.ts";
import { bandPath, PLOT_HEIGHT, uprightPath } from "./chart-paths.ts";
import { HistoryStrip, TimeAxis } from "./history-strip.tsx";
import type { MachineHistoryPart } from "./history-view-model.ts";

/** Half of the font's height: labels stand in the middle of their line. */
const LABEL_SHIFT = 4;

/** An event and its title. A reboot's line has a wide unseen twin, to be pointed at more easily. */
function Event({ event }: { event: ChartEvent }) {
  const { kind, from, to, words } = event;
  return (
    <g class={kind} data-from={from} data-to={to}>
      <title>{words}</title>
      {kind === "reboot" && <path class="target" d={uprightPath(from)} />}
      <path d={kind === "reboot" ? uprightPath(from) : bandPath(from, to)} />
    </g>
  );
}

/** A picture of its own, as high as the chart: in the chart, text would be stretched with it. */
function ScaleLabels({ marks }: { marks: Chart["marks"] }) {
  return (
    <svg class="scale" aria-hidden="true">
      {marks.map(({ y, label }) => (
        <text x="100%" y={y + LABEL_SHIFT}>
          {label}
        </text>
      ))}
    </svg>
  );
}

function StepChart({ chart, history }: { chart: Chart; history: MachineHistoryPart }) {
  return (
    <div class="chart-row" data-unit={chart.unit}>
      <div class="chart-head">
        <b>{chart.label}</b> <span>{chart.unit}</span>
        <ul>
          {chart.series.map(({ name, paint, values }) => (
            <li data-values={values}>
              <i class={paint} />
              {name}
            </li>
          ))}
        </ul>
      </div>
      <ScaleLabels marks={chart.marks} />
      <div class="plot">
        <svg
          class="chart"
          viewBox={`0 0 ${history.axis.cells} ${PLOT_HEIGHT}`}
          preserveAspectRatio="none"
          aria-hidden="true"
        >
          <Paths paths={chart.paths} />
          {history.events.map((event) => (
            <Event event={event} />
          ))}
        </svg>
      </div>
    </div>
  );
}

function ZoomLinks({ links }: { links: MachineHistoryPart["zoomLinks"] }) {
  return (
    <nav class="zoom" aria-label="Zoom">
      {links.map(({ step, label, href, isAtEnd }) => (
        <>
          <a href={href} data-zoom={step} aria-disabled={isAtEnd ? "true" : undefined}>
            {label}
          </a>{" "}
        </>
      ))}
    </nav>
  );
}

/** The newest events are listed, older ones only counted. */
const MOST_EVENTS = 6;

function EventList({ events }: { events: readonly ChartEvent[] }) {
  const said = events.slice(-MOST_EVENTS);
  const more = events.length - said.length;
  return (
    <p class="chart-events">
      {said.map(({ kind, words }) => (
        <>
          <span>
            <i class={kind} />
            {words}
          </span>{" "}
        </>
      ))}
      {more > 0 && <span>and {more} more before</span>}
    </p>
  );
}

export function Charts({ name, history }: { name: string; history: MachineHistoryPart }) {
  const { axis, bounds, shown } = history;
  return (
    <section class="history" id="history" aria-labelledby="hi">
      <div class="chart-title">
        <h2 id="hi">
          {history.title} <small>{history.partWords}</small>
        </h2>
        <small class="needs-script hint">
          <span class="hover">
            hover for values, click to open an entry, drag to zoom (+ and − too)
          </span>
          <span class="touch">tap for values</span>
        </small>
        <ZoomLinks links={history.zoomLinks} />
      </div>
      <ul class="chart-notices">
        {history.notices.map((notice) => (
          <li>{notice}</li>
        ))}
      </ul>
      <div
        class="plots"
        id="plots"
        data-name={name}
        data-start={axis.startMs}
        data-cell={axis.cellMs}
        data-cells={axis.cells}
        data-from={shown.fromMs}
        data-to={shown.toMs}
        data-oldest={bounds.whole.fromMs}
        data-newest={bounds.whole.toMs}
        data-step={bounds.stepMs}
        data-interval={history.longestIntervalMs}
      >
        <div class="chart-row">
          <span /> <span />
          <TimeAxis axis={axis} links={history.axisLinks} />
        </div>
        <div class="chart-row">
          <span /> <span />
          <HistoryStrip strip={history.strip} name={name} href="#entries" />
        </div>
        {history.charts.map((chart) => (
          <StepChart chart={chart} history={history} />
        ))}
      </div>
      <EventList events={history.events} />
    </section>
  );
}
