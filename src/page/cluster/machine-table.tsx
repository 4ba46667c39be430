/** The table of machines: one row for each, whose history strip ends beside its current figures. */
import { shownText } from "../../base/shown-text.ts";
import type { SortKey } from "../../view/sorting.ts";
import { hrefWith, type PageQuery } from "../components/page-query.ts";
import { EntryDetails } from "../history/entry-details.tsx";
import type { EntryPanel } from "../history/entry-view-model.ts";
import { Legend, TimeAxis } from "../history/history-strip.tsx";
import { MachineRow } from "./machine-row.tsx";
import type { MachineTable, TableSection } from "./machine-table-view-model.ts";
import { isFiltered } from "./table-parts.ts";

interface Column {
  readonly key: SortKey;
  readonly label: string;
  readonly unit: string;
  /** The first click sorts by the largest. */
  readonly isFigure: boolean;
}

const FIRST: readonly Column[] = [
  { key: "machine", label: "machine", unit: "", isFigure: false },
  { key: "state", label: "state", unit: "for", isFigure: false },
];
const REST: readonly Column[] = [
  { key: "cpu", label: "CPU", unit: "% of cores", isFigure: true },
  { key: "top", label: "top process", unit: "owner, name, cores", isFigure: true },
  { key: "load", label: "load", unit: "per core", isFigure: true },
  { key: "mem", label: "memory", unit: "% of total", isFigure: true },
  { key: "swap", label: "swap", unit: "used", isFigure: true },
  { key: "disk", label: "disk", unit: "M/s", isFigure: true },
  { key: "net", label: "net", unit: "M/s", isFigure: true },
  { key: "psi", label: "pressure", unit: "% of last 60 s", isFigure: true },
  { key: "users", label: "users", unit: "logged in", isFigure: true },
];
const COLUMNS = FIRST.length + REST.length + 1;

function Head({ column, query }: { column: Column; query: PageQuery }) {
  const { key, label, unit, isFigure } = column;
  const isCurrent = query.sort === key;
  const next = isCurrent ? !query.isDescending : isFigure;
  const direction = query.isDescending ? "descending" : "ascending";
  return (
    <th scope="col" class={`column-${key}`} aria-sort={isCurrent ? direction : undefined}>
      <a href={hrefWith(query.raw, { sort: `${next ? "-" : ""}${key}`, page: undefined })}>
        {label}
      </a>
      {unit !== "" && <small> {unit}</small>}
    </th>
  );
}

function SectionHead({ section, query }: { section: TableSection; query: PageQuery }) {
  return (
    <tr>
      <th scope="rowgroup" colSpan={COLUMNS}>
        {section.heading}
        {section.isResult && (
          <small>
            <a href={clearHref(query)}>{isFiltered(query) ? "clear the filter" : "close"}</a>
          </small>
        )}
      </th>
    </tr>
  );
}

/** The address without filter and tag, and without the order where that alone asked for the list. */
function clearHref(query: PageQuery): string {
  const gone = { filter: undefined, tag: undefined, page: undefined };
  return hrefWith(query.raw, isFiltered(query) ? gone : { ...gone, sort: undefined });
}

function Panel({ panel, query }: { panel: EntryPanel; query: PageQuery }) {
  return (
    <tr class="panel">
      <td colSpan={COLUMNS}>
        <EntryDetails panel={panel} raw={query.raw} />
      </td>
    </tr>
  );
}

interface BodyProps {
  readonly section: TableSection;
  readonly query: PageQuery;
  /** The opened entry, below its machine's row. */
  readonly panel: EntryPanel | undefined;
}

function Body({ section, query, panel }: BodyProps) {
  return (
    <tbody class={section.heading === undefined ? undefined : "has-heading"}>
      {section.heading !== undefined && <SectionHead section={section} query={query} />}
      {section.rows.map((row) => (
        <>
          <MachineRow row={row} isOpen={row.subject.slug === panel?.machineSlug} />
          {panel && row.subject.slug === panel.machineSlug && <Panel panel={panel} query={query} />}
        </>
      ))}
    </tbody>
  );
}

function holds({ rows }: TableSection, panel: EntryPanel | undefined): boolean {
  return rows.some(({ subject }) => subject.slug === panel?.machineSlug);
}

/** Above the rows: an entry of a machine that is not among them, or a word that there are none. */
function Above({ table, query }: { table: MachineTable; query: PageQuery }) {
  const { panel, sections, empty } = table;
  const isAmong = sections.some((section) => holds(section, panel));
  if ((panel === undefined || isAmong) && empty === undefined) return null;
  return (
    <tbody>
      {panel && !isAmong && <Panel panel={panel} query={query} />}
      {empty !== undefined && (
        <tr class="no-match">
          <td colSpan={COLUMNS}>
            {empty}; <a href={clearHref(query)}>clear the filter</a>
          </td>
        </tr>
      )}
    </tbody>
  );
}

function Sections({ table, query }: { table: MachineTable; query: PageQuery }) {
  const { panel, sections } = table;
  // A machine may have a row among the problems and one among the results; one panel is enough.
  const owner = sections.findIndex((section) => holds(section, panel));
  return (
    <>
      <Above table={table} query={query} />
      {sections.map((section, index) =>
        section.heading === undefined && section.rows.length === 0 ? null : (
          <Body section={section} query={query} panel={index === owner ? panel : undefined} />
        ),
      )}
    </>
  );
}

function Pages({ pages, query }: { pages: MachineTable["pages"]; query: PageQuery }) {
  if (pages.length === 0) return null;
  return (
    <nav class="pages" aria-label="Pages">
      {pages.map(({ page, isCurrent }) => (
        <a
          href={hrefWith(query.raw, { page: page === 1 ? undefined : String(page) })}
          aria-current={isCurrent ? "page" : undefined}
        >
          {page}
        </a>
      ))}
    </nav>
  );
}

function Tags({ table, query }: { table: MachineTable; query: PageQuery }) {
  if (table.tags.length === 0) return null;
  const isChosen = (tag: string) => query.tag?.toLowerCase() === tag.toLowerCase();
  return (
    <nav class="tags" aria-label="Tags">
      tags{" "}
      {table.tags.map(({ tag, count }) => (
        <span>
          <a
            href={hrefWith(query.raw, { tag: isChosen(tag) ? undefined : tag, page: undefined })}
            aria-current={isChosen(tag) ? "true" : undefined}
          >
            {shownText(tag, 32)}
          </a>{" "}
          {count}{" "}
        </span>
      ))}
    </nav>
  );
}

export function MachinesTable({ table, query }: { table: MachineTable; query: PageQuery }) {
  const isWhole = table.sections.every(({ heading }) => heading === undefined);
  return (
    <>
      {isFiltered(query) && isWhole && table.empty === undefined && (
        <p class="matches">
          {table.caption} match · <a href={clearHref(query)}>clear the filter</a>
        </p>
      )}
      <Pages pages={table.pages} query={query} />
      <table class="machine-table" id="machines">
        <caption class="visually-hidden">{table.caption}</caption>
        <thead>
          <tr>
            {FIRST.map((column) => (
              <Head column={column} query={query} />
            ))}
            <th scope="col" class="history-cell">
              <span class="visually-hidden">{`last ${table.axis.spanWords} `}</span>
              <TimeAxis axis={table.axis} links={table.axisLinks} cursor={table.cursor} />
            </th>
            {REST.map((column) => (
              <Head column={column} query={query} />
            ))}
          </tr>
        </thead>
        <Sections table={table} query={query} />
      </table>
      <Pages pages={table.pages} query={query} />
      <Legend cellWords={table.cellWords} />
      <Tags table={table} query={query} />
    </>
  );
}
