/** The history of one machine: strip and step charts below one another, on one axis. */

import { Paths } from "../components/parts.tsx";
import type { Chart } from "./chart.ts";
import { HistoryStrip, TimeAxis } from "./history-strip.tsx";
import type { MachineHistoryPart } from "./history-view-model.ts";

function StepChart({ chart }: { chart: Chart }) {
  return (
    <div class="ct">
      <div class="lab">
        <b>{chart.label}</b>{" "}
        {chart.legend.map(({ key, text }, index) => (
          <>
            {index > 0 && <br />}
            <span>
              <i class={key} />
              {text}
            </span>
          </>
        ))}
      </div>
      <div class={chart.hasHeadroom ? "y o" : "y"}>
        {chart.scale.map((label) => (
          <>
            <span>{label}</span>{" "}
          </>
        ))}
      </div>
      <svg
        class="chart"
        viewBox={`0 0 ${chart.cells} 60`}
        preserveAspectRatio="none"
        aria-hidden="true"
        data-plot={JSON.stringify(chart.plot)}
      >
        <Paths paths={chart.paths} />
      </svg>
    </div>
  );
}

export function Charts({ name, history }: { name: string; history: MachineHistoryPart }) {
  return (
    <section class="hist" id="history" aria-labelledby="hi" data-down={history.downCells}>
      <h2 id="hi">
        {history.title} <small>the figures of each entry are below</small>{" "}
        <small class="js">click for an entry, drag to zoom, or press + and −</small>
      </h2>
      <div class="ct">
        <span /> <span />
        <TimeAxis axis={history.axis} links={history.axisLinks} />
      </div>
      <div class="ct">
        <span /> <span />
        <HistoryStrip strip={history.strip} name={name} href="#entries" />
      </div>
      {history.charts.map((chart) => (
        <StepChart chart={chart} />
      ))}
    </section>
  );
}
