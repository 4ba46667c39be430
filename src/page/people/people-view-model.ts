/** The people page as plain data: a block for each person, with the processes that use most. */
import { counted, shownName } from "../../base/shown-text.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { isIdle } from "../../view/facts.ts";
import { filterOf } from "../../view/filter.ts";
import { slugsOf } from "../../view/machine-slug.ts";
import { type People, type Person, peopleOf } from "../../view/people.ts";
import { type Subject, subjectsNow } from "../../view/subject.ts";
import { type Times, timesFor } from "../../view/times.ts";
import { mastheadOf, refreshSeconds } from "../components/masthead.ts";
import { standingNotices } from "../components/notices.tsx";
import { hrefWith, type PageQuery } from "../components/page-query.ts";

export type PeoplePage = ReturnType<typeof peoplePageOf>;
export type PeopleTable = ReturnType<typeof peopleTableOf>;
export type PersonBlock = ReturnType<typeof blockOf>;

/** Processes listed for one person; the others are only counted. */
const MOST_LINES = 20;
/** People who get a block; a lab has dozens. */
const MOST_PEOPLE = 500;
/** Machines below the table that are named. */
const MOST_NAMED = 10;

function percentOf(part: number | undefined, all: number): number | undefined {
  if (part === undefined) return undefined;
  return all === 0 ? 0 : (100 * part) / all;
}

function blockOf(person: Person, allCores: number) {
  const { processes, isSystem } = person;
  // Root and services list busy processes only: every machine has dozens of idle ones.
  const listed = isSystem ? processes.filter(({ process }) => !isIdle(process)) : processes;
  return {
    person,
    sharePercent: percentOf(person.sharedCores, allCores),
    lines: listed.slice(0, MOST_LINES),
    hiddenCount: Math.max(0, listed.length - MOST_LINES),
  };
}

/** The first machines of a list by name, and how many more there are. */
function named(subjects: readonly Subject[], nameOf: (subject: Subject) => string): string {
  const more = subjects.length - MOST_NAMED;
  const names = subjects.slice(0, MOST_NAMED).map(nameOf).join(", ");
  return more > 0 ? `${names} and ${more} more` : names;
}

function footOf({ people, uncounted, coresUnknown }: People): string {
  const name = ({ machine }: Subject) => shownName(machine, 24);
  const left = named(uncounted, (subject) => {
    const trouble = subject.warnings.find(({ kind }) => kind === "report");
    return `${name(subject)} (${trouble?.word ?? subject.state})`;
  });
  const unshared = named(coresUnknown, name);
  const hidden = people.length - MOST_PEOPLE;
  return [
    "Counted from the largest processes of each machine that is up or silent.",
    left === "" ? "" : ` Not counted: ${left}.`,
    unshared === "" ? "" : ` In no share, as the number of cores is unknown: ${unshared}.`,
    hidden <= 0 ? "" : ` Not shown: ${counted(hidden, "person", "people")} using less.`,
  ].join("");
}

export function peopleTableOf(subjects: readonly Subject[]) {
  const people = peopleOf(subjects);
  const { allCores } = people;
  return {
    allCores,
    blocks: people.people.slice(0, MOST_PEOPLE).map((person) => blockOf(person, allCores)),
    foot: footOf(people),
  };
}

export function peoplePageOf(given: {
  readonly view: ClusterView;
  readonly query: PageQuery;
  readonly times: Times;
}) {
  const { view, query } = given;
  const times = timesFor(given.times, view.updateSeconds);
  const slugs = slugsOf(view.machines);
  const filter = filterOf(query.filter, query.tag);
  const path = hrefWith(query.raw, {});
  return {
    masthead: mastheadOf({ view, times, slugs, filter: query.filter, page: "people", path }),
    raw: query.raw,
    refreshSeconds: refreshSeconds(view),
    notices: [...standingNotices(view), ...query.notices, ...filter.notices],
    table: peopleTableOf(subjectsNow(view, slugs).filter(filter.accepts)),
  };
}
