/** One row of the table of machines. What is unknown leaves its cell empty. */
import { shownName, shownText } from "../../base/shown-text.ts";
import { type Facts, isSwapping } from "../../view/facts.ts";
import { bytes, decimal, figure, known, percent, perSecond } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import { coresText, usersText } from "../../view/subject-words.ts";
import { Mark, Meter } from "../components/parts.tsx";
import { UserLink } from "../components/user-link.tsx";
import { HistoryStrip } from "../history/history-strip.tsx";
import type { MachineRow as RowModel } from "./machine-table-view-model.ts";

/** Columns of figures, whose place a sentence takes. */
const FIGURE_COLUMNS = 9;

function Cpu({ facts }: { facts: Facts }) {
  const { cpuPercent, userPercent, systemPercent, waitPercent, cores } = facts;
  if (cpuPercent === undefined) return <td class="figure" />;
  const words = [
    known(userPercent, (value) => `user ${percent(value)}`),
    known(systemPercent, (value) => `system ${percent(value)}`),
    known(waitPercent, (value) => `I/O wait ${percent(value)}`),
  ];
  return (
    <td class="figure">
      <b>{percent(cpuPercent)}</b> <small>{cores}</small>
      <Meter
        words={words.filter((part) => part !== "").join(", ")}
        parts={[
          ["cpu-user", Math.round(userPercent ?? cpuPercent)],
          ["cpu-system", Math.round(systemPercent ?? 0)],
          ["cpu-wait", Math.round(waitPercent ?? 0)],
        ]}
      />
    </td>
  );
}

function Top({ row }: { row: RowModel }) {
  const { top, subject } = row;
  return (
    <td class="top-process">
      {top === "idle" && <i>idle</i>}
      {top !== undefined && top !== "idle" && (
        <>
          <UserLink user={top.user} /> <span>{shownText(top.command)}</span> <b>{coresText(top)}</b>
        </>
      )}
      {subject.warnings.map(({ word }) => (
        <>
          {" "}
          <Mark kind="warning">{word}</Mark>
        </>
      ))}
    </td>
  );
}

function Memory({ facts }: { facts: Facts }) {
  const { memoryPercent, memoryTotalBytes } = facts;
  if (memoryPercent === undefined) return <td class="figure" />;
  return (
    <td class="figure">
      {percent(memoryPercent)} <small>{known(memoryTotalBytes, bytes)}</small>
      <Meter parts={[["used", Math.round(memoryPercent)]]} />
    </td>
  );
}

function loadText(value: number): string {
  return value < 9.95 ? decimal(value) : figure(value);
}

function swapText({ swapUsedBytes, swapUsedPercent }: Facts): string {
  if (swapUsedBytes !== undefined) return bytes(swapUsedBytes);
  return known(swapUsedPercent, (value) => `${percent(value)} %`);
}

function pressureText({ of, percent: value }: NonNullable<Facts["pressure"]>): string {
  const text = percent(value);
  return text === "0" ? "0" : `${of} ${text}`;
}

function Figures({ row }: { row: RowModel }) {
  const { facts } = row.subject;
  return (
    <>
      <Cpu facts={facts} />
      <Top row={row} />
      <td class="figure">{known(facts.loadPerCore, loadText)}</td>
      <Memory facts={facts} />
      <td class={isSwapping(facts) ? "figure is-warning" : "figure"}>{swapText(facts)}</td>
      <td class="figure">{known(facts.diskBytesPerSecond, perSecond)}</td>
      <td class="figure">{known(facts.networkBytesPerSecond, perSecond)}</td>
      <td class="figure">{known(facts.pressure, pressureText)}</td>
      <td class="logged-in">{usersText(facts)}</td>
    </>
  );
}

export function MachineRow({ row, isOpen }: { row: RowModel; isOpen: boolean }) {
  const { machine, state, slug } = row.subject;
  const name = shownName(machine);
  const href = machineHref(slug);
  const stateClass = state === "up" ? undefined : `is-${state}`;
  return (
    <tr class={isOpen ? "is-open" : stateClass}>
      <th scope="row">
        <a href={href}>{name}</a>
        {machine.isSelf && (
          <>
            {" "}
            <small class="name-mark this-machine">this machine</small>
          </>
        )}
        {machine.replaces !== undefined && (
          <>
            {" "}
            <small class="name-mark">2005 now</small>
          </>
        )}
      </th>
      <td>
        <Mark kind={state}>{state}</Mark> <small>{row.stateFor}</small>
      </td>
      <td class="history-cell">
        <HistoryStrip strip={row.strip} name={name} href={`${href}#entries`} />
      </td>
      {row.sentence === undefined ? (
        <Figures row={row} />
      ) : (
        <td class="sentence" colSpan={FIGURE_COLUMNS}>
          <span>{row.sentence}</span>
        </td>
      )}
    </tr>
  );
}
