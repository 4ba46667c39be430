/** The people page: a block for each person, the one who uses most first. */
import { counted, shownName, shownText } from "../../base/shown-text.ts";
import { bytes, duration, figure, known } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import type { Subject, SubjectProcess } from "../../view/subject.ts";
import { coresText } from "../../view/subject-words.ts";
import { Notices } from "../components/notices.tsx";
import { type Frame, renderDocument } from "../components/page.tsx";
import { Mark, Meter } from "../components/parts.tsx";
import { personAnchor, userName } from "../components/user-link.tsx";
import type { PeoplePage, PeopleTable, PersonBlock } from "./people-view-model.ts";

function Count({ count, one, many }: { count: number; one: string; many?: string }) {
  const [figure, word] = counted(count, one, many).split(" ");
  return (
    <td>
      {figure} <small>{word}</small>
    </td>
  );
}

function MachineLink({ subject }: { subject: Subject }) {
  return <a href={machineHref(subject.slug)}>{shownName(subject.machine, 24)}</a>;
}

function Process({ line }: { line: SubjectProcess }) {
  const { subject, process } = line;
  return (
    <tr>
      <td />
      <td>
        <MachineLink subject={subject} />
        {subject.state === "silent" && (
          <>
            {" "}
            <Mark kind="silent">silent</Mark>
          </>
        )}
      </td>
      <td class="command">{shownText(process.command)}</td>
      <td class="figure">{coresText(process)}</td>
      <td />
      <td class="figure">{known(process.memoryBytes, bytes)}</td>
      <td>{shownText(process.state ?? "", 2)}</td>
      <td class="figure">{known(process.cpuSeconds, duration)}</td>
      <td />
    </tr>
  );
}

function Share({ percent }: { percent: number | undefined }) {
  if (percent === undefined) return <td class="figure" />;
  const share = Math.round(percent);
  return (
    <td class="figure">
      {share === 0 && percent > 0 ? "< 1" : share} <small>%</small>
      <Meter parts={[["used", Math.min(100, share)]]} />
    </td>
  );
}

function Block({ block }: { block: PersonBlock }) {
  const { person, lines, hiddenCount } = block;
  return (
    <tbody id={personAnchor(person.id)}>
      <tr>
        <th scope="rowgroup">
          {userName(person.name)} {person.isSystem && <small>root and services</small>}
        </th>
        <Count count={person.machineCount} one="machine" />
        <Count count={person.processes.length} one="process" many="processes" />
        <td class="figure">{known(person.cores, figure)}</td>
        <Share percent={block.sharePercent} />
        <td class="figure">{known(person.memoryBytes, bytes)}</td>
        <td />
        <td />
        <td class="wide">
          {person.loggedInOn.length === 0
            ? "not logged in"
            : person.loggedInOn.map((subject, index) => (
                <>
                  {index > 0 && ", "}
                  <MachineLink subject={subject} />
                </>
              ))}
        </td>
      </tr>
      {lines.map((line) => (
        <Process line={line} />
      ))}
      {hiddenCount > 0 && (
        <tr>
          <td />
          <td colSpan={8}>{hiddenCount} more</td>
        </tr>
      )}
    </tbody>
  );
}

function Table({ table }: { table: PeopleTable }) {
  const heads: readonly (readonly [string, kind?: string])[] = [
    ["user"],
    ["machine"],
    ["process"],
    ["cores", "figure"],
    [`share of ${table.allCores} cores`, "figure"],
    ["memory", "figure"],
    ["state"],
    ["CPU time", "figure"],
    ["logged in on", "wide"],
  ];
  return (
    <>
      <table class="people-table" id="machines">
        <caption class="visually-hidden">Processes by person</caption>
        <thead>
          <tr>
            {heads.map(([name, kind]) => (
              <th scope="col" class={kind} aria-sort={name === "cores" ? "descending" : undefined}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {table.blocks.map((block) => (
          <Block block={block} />
        ))}
      </table>
      <p class="legend">{table.foot}</p>
    </>
  );
}

export function renderPeoplePage(page: PeoplePage, frame: Frame): string {
  return renderDocument({
    title: "people – unagi",
    ...page,
    ...frame,
    children: (
      <>
        <Notices notices={page.notices} />
        <Table table={page.table} />
      </>
    ),
  });
}
