/**
 * The cluster as plain text for a terminal: 80 columns, and nothing but printable characters. Names
 * from other machines are made fit to be shown and cut to their column.
 */
import { shownName, shownText } from "../../base/shown-text.ts";
import type { MachineState } from "../../store/history-types.ts";
import { ANSWER_LINES, firstLines } from "../../view/answers/first-lines.ts";
import { freeMachines, isDiskFull } from "../../view/answers/free-machines.ts";
import { largeProcesses } from "../../view/answers/large-processes.ts";
import { countWords, reportAges, stateCounts } from "../../view/cluster-summary.ts";
import type { ClusterSource, ClusterView } from "../../view/cluster-view.ts";
import { namedTop } from "../../view/facts.ts";
import { duration, percent } from "../../view/format.ts";
import { cellsOf } from "../../view/history/cells.ts";
import { SIGNS, SIGNS_LEGEND, signsOf } from "../../view/history/signs.ts";
import { type Axis, axisOf } from "../../view/history/time-axis.ts";
import { slugsOf } from "../../view/machine-slug.ts";
import { type Subject, selfName, subjectsNow } from "../../view/subject.ts";
import {
  coresFreeText,
  coresText,
  memoryFreeText,
  sinceText,
  stateFor,
} from "../../view/subject-words.ts";
import { THRESHOLDS } from "../../view/thresholds.ts";
import { type Times, timesFor } from "../../view/times.ts";

const WIDTH = 80;
const STATE_WIDTH = 8;
const FOR_WIDTH = 7;
const FIGURE_WIDTH = 4;
const LEAST_NAME_WIDTH = 8;
const MOST_NAME_WIDTH = 16;

/** Cuts and pads to terminal columns, not characters: a CJK character takes two. */
function fitted(text: string, width: number): string {
  const clean = shownText(text, width);
  if (Bun.stringWidth(clean) <= width) return clean + " ".repeat(width - Bun.stringWidth(clean));
  let kept = "";
  for (const sign of clean) {
    if (Bun.stringWidth(kept + sign) > width - 1) break;
    kept += sign;
  }
  return `${kept}~${" ".repeat(Math.max(0, width - 1 - Bun.stringWidth(kept)))}`;
}

function right(text: string, width: number): string {
  return text.padStart(width).slice(-width);
}

/** Items after a label, wrapped at 80 columns and aligned. */
function wrapped(label: string, items: readonly string[], separator: string): string[] {
  const lines: string[] = [];
  let line = label.padEnd(10);
  for (const [index, item] of items.entries()) {
    const isLast = index === items.length - 1;
    const text = shownText(item, WIDTH - 12) + (isLast ? "" : separator);
    if (line.length > 10 && Bun.stringWidth(`${line} ${text}`) > WIDTH) {
      lines.push(line.trimEnd());
      line = " ".repeat(10);
    }
    line += line.length > 10 ? ` ${text}` : text;
  }
  return [...lines, line.trimEnd()];
}

function freeLines(subjects: readonly Subject[]): string[] {
  const items = freeMachines(subjects)
    .slice(0, ANSWER_LINES)
    .map((subject) => {
      const { machine, facts } = subject;
      const cores = coresFreeText(facts) + (facts.cores === undefined ? "" : " cores");
      const memory = memoryFreeText(facts).replace(" ", "");
      const full = isDiskFull(subject) ? " (disk full)" : "";
      return `${shownName(machine, 24)} ${cores} ${memory}${full}`;
    });
  return wrapped("free now:", items.length === 0 ? ["none"] : items, ",");
}

function busyLines(subjects: readonly Subject[]): string[] {
  const { shown, more } = firstLines(largeProcesses(subjects));
  const items = shown.map(({ subject: { machine, facts }, process }) => {
    const of = facts.cores === undefined ? "" : ` of ${facts.cores}`;
    const what = `${shownText(process.user, 24)} ${shownText(process.command, 32)}`;
    return `${shownName(machine, 24)} ${what} ${coresText(process)}${of} cores`;
  });
  if (items.length === 0) {
    items.push(`no single process uses ${THRESHOLDS.largeProcessPercent} % of a machine`);
  }
  return wrapped("busy:", more > 0 ? [...items, `${more} more`] : items, ",");
}

function unwellLines(subjects: readonly Subject[], times: Times, nowMs: number): string[] {
  const absent = (state: MachineState): string[] => {
    const ones = subjects.filter((subject) => subject.state === state);
    if (ones.length === 0) return [];
    const items = ones.slice(0, 20).map((subject) => {
      const since = subject.stateSinceWallMs ?? nowMs;
      const name = shownName(subject.machine, MOST_NAME_WIDTH);
      const words = `${name} ${duration((nowMs - since) / 1000)}`;
      return state === "silent" ? words : `${words}, since ${times.since(since, nowMs)}`;
    });
    const more = ones.length - items.length;
    return wrapped(`${state}:`, more > 0 ? [...items, `${more} more`] : items, ";");
  };
  const warnings = subjects.flatMap(({ machine, warnings: all }) =>
    all.map((warning) => {
      const what = `${warning.short} ${sinceText(warning, { times, nowMs })}`.trimEnd();
      return `${shownName(machine, MOST_NAME_WIDTH)} ${what}: ${warning.detail}`;
    }),
  );
  return [
    ...(["down", "silent", "stopped"] as const).flatMap(absent),
    ...(warnings.length === 0 ? [] : wrapped("trouble:", warnings.slice(0, 20), ";")),
  ];
}

/** The named times above the history, where there is room for them. */
function historyHead(axis: Axis): string {
  let text = "";
  for (const { x, label: named, isDay } of axis.ticks) {
    const label = isDay ? "00" : named;
    const column = Math.round((x * SIGNS) / axis.cells);
    if (column < text.length + (text === "" ? 0 : 1)) continue;
    if (column + label.length > SIGNS) break;
    text = text.padEnd(column) + label;
  }
  return text;
}

function topText(subject: Subject): string {
  const top = subject.isCurrent ? namedTop(subject.facts, subject.report) : undefined;
  if (top === undefined || top === "idle") return top ?? "";
  return `${shownText(top.user, 10)} ${shownText(top.command, 16)} ${coresText(top)}`;
}

function rowText(
  subject: Subject,
  widths: { name: number; top: number },
  history: string,
  nowMs: number,
): string {
  const { facts, state, machine, isCurrent } = subject;
  const figure = (value: number | undefined) =>
    right(!isCurrent || value === undefined ? "-" : percent(value), FIGURE_WIDTH);
  return [
    fitted(machine.name, widths.name),
    fitted(state, STATE_WIDTH - 1),
    fitted(stateFor(subject, nowMs), FOR_WIDTH),
    figure(facts.cpuPercent),
    figure(facts.memoryPercent),
    fitted(topText(subject), widths.top),
    history,
  ]
    .join(" ")
    .trimEnd();
}

/** Lines of at most 80 columns; ends in a line feed. */
export function statusText(input: {
  readonly view: ClusterView;
  readonly times: Times;
  readonly source: Pick<ClusterSource, "strips">;
}): string {
  const { view } = input;
  const times = timesFor(input.times, view.updateSeconds);
  const nowMs = view.moment.wallMs;
  const subjects = subjectsNow(view, slugsOf(view.machines));
  const axis = axisOf({ ...view, nowMs, times });
  const strips = input.source.strips(axis.startMs - axis.cellMs);
  const longest = Math.max(...subjects.map(({ machine }) => Bun.stringWidth(shownName(machine))));
  const name = Math.min(MOST_NAME_WIDTH, Math.max(LEAST_NAME_WIDTH, longest));
  // Six spaces between the seven columns.
  const top = WIDTH - SIGNS - name - (STATE_WIDTH - 1) - FOR_WIDTH - 2 * FIGURE_WIDTH - 6;
  const head = `${fitted("machine", name)} ${fitted("state", STATE_WIDTH - 1)} ${fitted("for", FOR_WIDTH)} cpu% mem% ${fitted("top process, cores", top)}`;
  const ages = reportAges(view.machines);
  return [
    `unagi: ${countWords(stateCounts(view.machines))}`,
    shownText(
      `served by ${selfName(view)}, ${times.date(nowMs)} ${times.clock(nowMs)} ${times.zoneName(nowMs)}${ages === "" ? "" : `, ${ages.replaceAll("–", "-")}`}`,
      WIDTH - 1,
    ),
    "",
    ...freeLines(subjects),
    ...busyLines(subjects),
    ...unwellLines(subjects, times, nowMs),
    "",
    `${head} ${axis.spanWords}, newest right`.slice(0, WIDTH).trimEnd(),
    " ".repeat(WIDTH - SIGNS) + historyHead(axis),
    ...subjects.map((subject) => {
      const { id, state, report } = subject.machine;
      const updateSeconds = report?.updateSeconds ?? view.updateSeconds;
      const cells = cellsOf({ points: strips.get(id) ?? [], state, updateSeconds }, axis);
      return rowText(subject, { name, top }, signsOf(cells), nowMs);
    }),
    "",
    `${axis.spanWords}: ${SIGNS_LEGEND}`,
    "",
  ].join("\n");
}
