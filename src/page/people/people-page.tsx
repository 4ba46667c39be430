/** The people page: a block for each person, the one who uses most first. */

import { counted } from "../../base/shown-text.ts";
import { Notices } from "../components/notices.tsx";
import { type Frame, renderDocument } from "../components/page.tsx";
import { Mark, Meter } from "../components/parts.tsx";
import type { PeoplePage, PeopleTable, PersonBlock, ProcessLine } from "./people-view-model.ts";

function Count({ count, one, many }: { count: number; one: string; many?: string }) {
  const [figure, word] = counted(count, one, many).split(" ");
  return (
    <td>
      {figure} <small>{word}</small>
    </td>
  );
}

function Process({ line }: { line: ProcessLine }) {
  return (
    <tr>
      <td />
      <td>
        <a href={line.href}>{line.name}</a>
        {line.isSilent && (
          <>
            {" "}
            <Mark kind="silent">silent</Mark>
          </>
        )}
      </td>
      <td class="command">{line.command}</td>
      <td class="figure">{line.cores}</td>
      <td />
      <td class="figure">{line.memory}</td>
      <td>{line.state}</td>
      <td class="figure">{line.cpuTime}</td>
      <td />
    </tr>
  );
}

function Block({ person }: { person: PersonBlock }) {
  return (
    <tbody id={person.anchor}>
      <tr>
        <th scope="rowgroup">
          {person.name} {person.isSystem && <small>root and services</small>}
        </th>
        <Count count={person.machineCount} one="machine" />
        <Count count={person.processCount} one="process" many="processes" />
        <td class="figure">{person.cores}</td>
        <td class="figure">
          {person.share} <small>%</small>
          <Meter parts={[["used", person.shareWidth]]} />
        </td>
        <td class="figure">{person.memory}</td>
        <td />
        <td />
        <td class="wide">
          {person.loggedInOn.length === 0
            ? "not logged in"
            : person.loggedInOn.map(({ name, href }, index) => (
                <>
                  {index > 0 && ", "}
                  <a href={href}>{name}</a>
                </>
              ))}
        </td>
      </tr>
      {person.lines.map((line) => (
        <Process line={line} />
      ))}
      {person.hiddenCount > 0 && (
        <tr>
          <td />
          <td colSpan={8}>{person.hiddenCount} more</td>
        </tr>
      )}
    </tbody>
  );
}

function Table({ table }: { table: PeopleTable }) {
  return (
    <>
      <table class="people-table" id="machines">
        <caption class="visually-hidden">Processes by person</caption>
        <thead>
          <tr>
            <th scope="col">user</th>
            <th scope="col">machine</th>
            <th scope="col">process</th>
            <th scope="col" class="figure" aria-sort="descending">
              cores
            </th>
            <th scope="col" class="figure">
              share of {table.allCores} cores
            </th>
            <th scope="col" class="figure">
              memory
            </th>
            <th scope="col">state</th>
            <th scope="col" class="figure">
              CPU time
            </th>
            <th scope="col" class="wide">
              logged in on
            </th>
          </tr>
        </thead>
        {table.people.map((person) => (
          <Block person={person} />
        ))}
      </table>
      <p class="legend">{table.foot}</p>
    </>
  );
}

export function renderPeoplePage(page: PeoplePage, frame: Frame): string {
  return renderDocument({
    title: "people – unagi",
    masthead: page.masthead,
    ...frame,
    refreshSeconds: page.refreshSeconds,
    raw: page.query.raw,
    children: (
      <>
        <Notices notices={page.notices} />
        <Table table={page.table} />
      </>
    ),
  });
}
