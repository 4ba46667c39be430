/** The people page as plain data: a block for each person, with the processes that use most. */

import { counted, shownName, shownText } from "../../base/shown-text.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { isIdle } from "../../view/facts.ts";
import { filterOf } from "../../view/filter.ts";
import { bytes, duration, figure, known } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import { slugsOf } from "../../view/machine-slug.ts";
import { type People, type Person, peopleOf } from "../../view/people.ts";
import { type Subject, type SubjectProcess, subjectsNow } from "../../view/subject.ts";
import { coresText } from "../../view/subject-words.ts";
import { type Times, timesFor } from "../../view/times.ts";
import { type Masthead, mastheadOf, refreshSeconds } from "../components/masthead.ts";
import { standingNotices } from "../components/notices.tsx";
import { hrefWith, type PageQuery } from "../components/page-query.ts";
import { personAnchor, userName } from "../components/user-link.tsx";

export interface PeoplePage {
  readonly masthead: Masthead;
  readonly query: PageQuery;
  readonly refreshSeconds: number;
  readonly notices: readonly string[];
  readonly table: PeopleTable;
}

export interface PeopleTable {
  /** Cores of the machines that are counted: the 100 % of the share. */
  readonly allCores: number;
  readonly people: readonly PersonBlock[];
  readonly foot: string;
}

export interface PersonBlock {
  readonly anchor: string;
  readonly name: string;
  /** Root and services together. */
  readonly isSystem: boolean;
  readonly machineCount: number;
  readonly processCount: number;
  readonly cores: string;
  readonly share: string;
  readonly shareWidth: number;
  readonly memory: string;
  readonly loggedInOn: readonly MachineLink[];
  readonly lines: readonly ProcessLine[];
  /** Processes without a line. */
  readonly hiddenCount: number;
}

interface MachineLink {
  readonly name: string;
  readonly href: string;
}

export interface ProcessLine extends MachineLink {
  readonly isSilent: boolean;
  readonly command: string;
  readonly cores: string;
  readonly memory: string;
  readonly state: string;
  readonly cpuTime: string;
}

/** Processes listed for one person; the others are only counted. */
const MOST_LINES = 20;
/** People who get a block; a lab has dozens. */
const MOST_PEOPLE = 500;
/** Uncounted machines that are named. */
const MOST_UNCOUNTED = 10;

function machineLink({ machine, slug }: Subject): MachineLink {
  return { name: shownName(machine, 24), href: machineHref(slug) };
}

function lineOf({ subject, process }: SubjectProcess): ProcessLine {
  const { memoryBytes, cpuSeconds } = process;
  return {
    ...machineLink(subject),
    isSilent: subject.state === "silent",
    command: shownText(process.command),
    cores: coresText(process),
    memory: known(memoryBytes, bytes),
    state: shownText(process.state ?? "", 2),
    cpuTime: known(cpuSeconds, duration),
  };
}

function blockOf(person: Person, allCores: number): PersonBlock {
  const { processes, isSystem, cores } = person;
  const share = allCores === 0 ? 0 : (100 * cores) / allCores;
  // Of root and services only what is busy: every machine has dozens of idle ones.
  const listed = isSystem ? processes.filter(({ process }) => !isIdle(process)) : processes;
  const shown = listed.slice(0, MOST_LINES);
  return {
    anchor: personAnchor(person.id),
    name: userName(person.name),
    isSystem,
    machineCount: person.machineCount,
    processCount: processes.length,
    cores: figure(cores),
    share: share > 0 && share < 0.5 ? "< 1" : String(Math.round(share)),
    shareWidth: Math.min(100, Math.round(share)),
    memory: bytes(person.memoryBytes),
    loggedInOn: person.loggedInOn.map(machineLink),
    lines: shown.map(lineOf),
    hiddenCount: listed.length - shown.length,
  };
}

function footOf({ people, uncounted }: People): string {
  const names = uncounted
    .slice(0, MOST_UNCOUNTED)
    .map(({ machine, state }) => `${shownName(machine, 24)} (${state})`);
  const more = uncounted.length - names.length;
  const hidden = people.length - MOST_PEOPLE;
  return [
    "Counted from the largest processes of each machine that is up or silent.",
    names.length === 0
      ? ""
      : `Not counted: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}.`,
    hidden <= 0 ? "" : `Not shown: ${counted(hidden, "person", "people")} using less.`,
  ]
    .filter((sentence) => sentence !== "")
    .join(" ");
}

export function peopleTableOf(subjects: readonly Subject[]): PeopleTable {
  const people = peopleOf(subjects);
  const { allCores } = people;
  return {
    allCores,
    people: people.people.slice(0, MOST_PEOPLE).map((person) => blockOf(person, allCores)),
    foot: footOf(people),
  };
}

export function peoplePageOf(given: {
  readonly view: ClusterView;
  readonly query: PageQuery;
  readonly times: Times;
}): PeoplePage {
  const { view, query } = given;
  const times = timesFor(given.times, view.updateSeconds);
  const slugs = slugsOf(view.machines);
  const filter = filterOf(query.filter, query.tag);
  return {
    masthead: mastheadOf({
      view,
      times,
      slugs,
      filter: query.filter,
      page: "people",
      path: hrefWith(query.raw, {}),
    }),
    query,
    refreshSeconds: refreshSeconds(view),
    notices: [...standingNotices(view), ...query.notices, ...filter.notices],
    table: peopleTableOf(subjectsNow(view, slugs).filter(filter.accepts)),
  };
}
