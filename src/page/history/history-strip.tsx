/** The time axis in the head of the table and the history strip of one machine. */
import { SIGNS, SIGNS_LEGEND } from "../../view/history/signs.ts";
import type { Axis } from "../../view/history/time-axis.ts";
import { THRESHOLDS } from "../../view/thresholds.ts";
import { Paths } from "../components/parts.tsx";
import type { AxisLink, Strip } from "./strip.ts";

function share(x: number, axis: Axis): string {
  return `${Math.round((10_000 * x) / axis.cells) / 100}%`;
}

/** Shares of the axis: how far a name stands right of its line, and keeps from the cursor's. */
const NAME_SHIFT = 0.04;
const NEAR = 0.095;
/** Share of the axis before its end in which the cursor's name would lie over "now". */
const NEAR_NOW = 0.16;
/** Share of the axis before its end in which a name centred on the cursor would leave it. */
const EDGE = 0.05;

interface TimeAxisProps {
  readonly axis: Axis;
  readonly links: readonly AxisLink[];
  readonly cursor?: { readonly x: number; readonly label: string } | undefined;
}

/** Each named time is a link to the cluster as of then. SVG, since only it is placed by attributes. */
export function TimeAxis({ axis, links, cursor }: TimeAxisProps) {
  const isNear = (x: number) =>
    cursor !== undefined && Math.abs(x + NAME_SHIFT * axis.cells - cursor.x) < NEAR * axis.cells;
  return (
    <svg class="axis" data-start={axis.startMs} data-cell={axis.cellMs} data-interval={axis.stepMs}>
      <title>{`history, ${axis.spanWords}`}</title>
      {/* Text browsers show no margins. */}{" "}
      {links.map(({ label, href, x, isDay, isTight, isBare, isMinor }, index) => {
        const at = share(x, axis);
        const kinds = [isDay && "day", isTight && "tight", isMinor && "minor"].filter(Boolean);
        const width = share((links[index + 1]?.x ?? axis.cells) - x, axis);
        return (
          <a href={href} aria-label={`all machines at ${label}`}>
            {index > 0 && " "}
            <rect x={at} width={width} height="24" />
            <line x1={at} x2={at} y1="9" y2="24" />
            {!isBare && !isNear(x) && (
              <text x={at} dx="5" y="20" class={kinds.join(" ") || undefined}>
                {label}
              </text>
            )}
          </a>
        );
      })}{" "}
      {axis.isToNow && <line class="now" x1="100%" x2="100%" y1="12" y2="24" />}
      {axis.isToNow && (cursor === undefined || cursor.x < (1 - NEAR_NOW) * axis.cells) && (
        <text class="now" x="100%" dx="-3" y="21">
          now
        </text>
      )}
      {cursor && " "}
      {cursor && (
        <text
          class={cursor.x > (1 - EDGE) * axis.cells ? "cursor end" : "cursor"}
          x={share(cursor.x, axis)}
          y="20"
        >
          {cursor.label}
        </text>
      )}
    </svg>
  );
}

/**
 * One link for each machine, whose label says the same in words to a screen reader. A text browser,
 * which knows neither labels nor hidden text, gets a line of signs.
 */
export function HistoryStrip({ strip, name, href }: { strip: Strip; name: string; href: string }) {
  return (
    <a class="history-strip" href={href} aria-label={`${name} history: ${strip.words}`}>
      <svg
        class="strip"
        viewBox={`0 0 ${strip.cells} 22`}
        preserveAspectRatio="none"
        aria-hidden="true"
      >
        <Paths paths={strip.paths} />
      </svg>
      <span class="visually-hidden">{strip.signs.replaceAll(" ", "\u00a0")}</span>
    </a>
  );
}

export function Legend({ cellWords }: { cellWords: string }) {
  const { cpu, disk } = THRESHOLDS;
  return (
    <p class="legend" id="legend">
      <span class="legend-title">{cellWords}</span>
      <Key name="cpu-idle">{`CPU < ${cpu.lightPercent} %`}</Key>
      <Key name="cpu-light">{cpu.lightPercent}</Key>
      <Key name="cpu-moderate">{cpu.moderatePercent}</Key>
      <Key name="cpu-busy">{`≥ ${cpu.busyPercent} % busy`}</Key>
      <Key name="cpu-full">{`≥ ${cpu.fullPercent} % full`}</Key>
      <Key name="disk-busy">{`disk ≥ ${disk.busyMegabytesPerMinute} MB/min`}</Key>
      <Key name="disk-heavy">{`≥ ${disk.heavyMegabytesPerMinute}`}</Key>
      <Key name="down">down</Key>
      <Key name="stopped">stopped</Key>
      <Key name="reboot">rebooted</Key> <span class="legend-title">CPU bar</span>
      <Key name="cpu-user">user</Key>
      <Key name="cpu-system">system</Key>
      <Key name="cpu-wait">I/O wait</Key>
      <span class="visually-hidden" aria-hidden="true">
        {" "}
        · in {SIGNS} signs, newest right: {SIGNS_LEGEND}
      </span>
    </p>
  );
}

function Key({ name, children }: { name: string; children: string | number }) {
  return (
    <>
      {/* Text browsers show no margins. */}{" "}
      <span>
        <i class={name} />
        {children}
      </span>
    </>
  );
}
