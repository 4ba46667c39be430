/** One row of the table of machines. */

import { Mark, Meter } from "../components/parts.tsx";
import { UserLink } from "../components/user-link.tsx";
import { HistoryStrip } from "../history/history-strip.tsx";
import type { RowFigures, MachineRow as RowModel } from "./machine-row-view-model.ts";

/** Columns of figures, whose place a sentence takes. */
export const FIGURE_COLUMNS = 9;

function Cpu({ cpu }: { cpu: RowFigures["cpu"] }) {
  if (cpu === undefined) return <td class="figure" />;
  return (
    <td class={"figure"}>
      <b>{cpu.percent}</b> <small>{cpu.cores}</small>
      <Meter words={cpu.words} parts={cpu.bar} />
    </td>
  );
}

function Top({ figures }: { figures: RowFigures }) {
  const { top, warnings } = figures;
  return (
    <td class="top-process">
      {top === "idle" && <i>idle</i>}
      {top !== undefined && top !== "idle" && (
        <>
          <UserLink user={top.user} /> <span>{top.command}</span> <b>{top.cores}</b>
        </>
      )}
      {warnings.map((word) => (
        <>
          {" "}
          <Mark kind="warning">{word}</Mark>
        </>
      ))}
    </td>
  );
}

function Memory({ memory }: { memory: RowFigures["memory"] }) {
  if (memory === undefined) return <td class="figure" />;
  return (
    <td class="figure">
      {memory.percent} <small>{memory.total}</small>
      <Meter parts={[["used", memory.width]]} />
    </td>
  );
}

function Figures({ figures }: { figures: RowFigures }) {
  return (
    <>
      <Cpu cpu={figures.cpu} />
      <Top figures={figures} />
      <td class="figure">{figures.load}</td>
      <Memory memory={figures.memory} />
      <td class={figures.isSwapping ? "figure is-warning" : "figure"}>{figures.swap}</td>
      <td class="figure">{figures.disk}</td>
      <td class="figure">{figures.network}</td>
      <td class="figure">{figures.pressure}</td>
      <td class="logged-in">{figures.users}</td>
    </>
  );
}

export function MachineRow({ row, isOpen }: { row: RowModel; isOpen: boolean }) {
  const { state, body, href, name } = row;
  const stateClass = state === "up" ? undefined : `is-${state}`;
  return (
    <tr class={isOpen ? "is-open" : stateClass}>
      <th scope="row">
        <a href={href}>{name}</a>
        {row.isSelf && (
          <>
            {" "}
            <small class="this-machine">this machine</small>
          </>
        )}
      </th>
      <td>
        <Mark kind={state}>{state}</Mark> <small>{row.stateFor}</small>
      </td>
      <td class="history-cell">
        <HistoryStrip strip={row.strip} name={name} href={`${href}#entries`} />
      </td>
      {body.kind === "figures" ? (
        <Figures figures={body} />
      ) : (
        <td class="sentence" colSpan={FIGURE_COLUMNS}>
          <span>{body.text}</span>
        </td>
      )}
    </tr>
  );
}
