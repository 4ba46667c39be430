/**
 * The machines as a grid of tiles, a row for each group: the whole cluster at a glance where a
 * table would be too long. Large tiles show name and CPU use, small ones only a colour.
 */
import { shownName, shownText } from "../../base/shown-text.ts";
import { percent } from "../../view/format.ts";
import { machineHref } from "../../view/machine-href.ts";
import { nameOrder } from "../../view/sorting.ts";
import type { Subject } from "../../view/subject.ts";
import { CPU_LEVELS, cpuLevel } from "../../view/thresholds.ts";
import { hrefWith, type PageQuery } from "../components/page-query.ts";

export type Tiles = NonNullable<ReturnType<typeof tilesOf>>;
export type TileGroup = Tiles["groups"][number];
export type Tile = ReturnType<typeof tileOf>;

/** Machines from which tiles stand above the table: the rows no longer fit on a screen. */
const LEAST_FOR_TILES = 31;
/** Machines from which tiles are small and the table shows only problems and results. */
export const LEAST_FOR_SMALL = 301;
/** More rows of tiles are no overview: the smallest groups become one. */
const MOST_GROUPS = 40;
/** The group of the rest. No tag can have this name: tags have no space around them. */
const REST = " others";

/**
 * Class of its ground: `cpu-idle` to `cpu-full` for its load, otherwise its state, `is-down`; and
 * its text: CPU use in percent, otherwise the state; empty: unknown.
 */
function lookOf({ state, facts, isCurrent }: Subject) {
  if (state !== "up") return { kind: `is-${state}`, text: state === "unknown" ? "" : state };
  const cpu = isCurrent ? facts.cpuPercent : undefined;
  if (cpu === undefined) return { kind: "no-cpu", text: "" };
  return { kind: `cpu-${CPU_LEVELS[cpuLevel(cpu)]?.name}`, text: percent(cpu) };
}

function tileOf(subject: Subject) {
  return {
    name: shownName(subject.machine, 24),
    slug: subject.slug,
    href: machineHref(subject.slug),
    /** `disk 97 %`. */
    warnings: subject.warnings.map(({ word }) => word),
    ...lookOf(subject),
  };
}

/** The letters at the beginning of a name: `node` of node07, `c` of c07. */
function lettersOf(name: string): string {
  return /^\p{L}+/u.exec(name)?.[0]?.toLowerCase() ?? REST;
}

/** Groups machines by first tag or, where no machine has one, by the letters of their names. */
function grouped(subjects: readonly Subject[]) {
  const isByTag = subjects.some(({ machine }) => machine.tags.length > 0);
  const groups = new Map<string, Subject[]>();
  for (const subject of subjects) {
    const { tags, name } = subject.machine;
    const tag = tags[0]?.trim() ?? "";
    const label = isByTag ? (tag === "" ? REST : tag) : lettersOf(name);
    const known = groups.get(label);
    if (known === undefined) groups.set(label, [subject]);
    else known.push(subject);
  }
  if (groups.size > MOST_GROUPS) {
    const largest = [...groups].sort(([, a], [, b]) => b.length - a.length);
    const small = largest.slice(MOST_GROUPS).filter(([label]) => label !== REST);
    for (const [label] of small) groups.delete(label);
    groups.set(REST, [...(groups.get(REST) ?? []), ...small.flatMap(([, all]) => all)]);
  }
  return { isByTag, groups };
}

/** The largest group first and the rest last; small tiles by name, as one looks for a rack. */
function ordered(groups: Map<string, Subject[]>, isSmall: boolean): [string, Subject[]][] {
  return [...groups].sort(
    ([a, ones], [b, others]) =>
      Number(a === REST) - Number(b === REST) ||
      (isSmall ? 0 : others.length - ones.length) ||
      (nameOrder(a) < nameOrder(b) ? -1 : 1),
  );
}

/** `undefined` where a table of all machines is short enough. Within a group by name. */
export function tilesOf(subjects: readonly Subject[], query: PageQuery) {
  if (subjects.length < LEAST_FOR_TILES) return undefined;
  const isSmall = subjects.length >= LEAST_FOR_SMALL;
  const { isByTag, groups } = grouped(subjects);
  return {
    isSmall,
    groups: ordered(groups, isSmall).map(([label, members]) => {
      const isCurrent = isByTag && query.tag?.toLowerCase() === label.toLowerCase();
      const chosen = isByTag
        ? { tag: isCurrent ? undefined : label, page: undefined }
        : { filter: `name:${label}`, page: undefined };
      return {
        label: shownText(label.trim(), 16),
        /** Shows the group in the table; absent for the group of the rest. */
        href: label === REST ? undefined : hrefWith(query.raw, chosen),
        isCurrent,
        /** The tag that makes the group, if one does. */
        tag: isByTag && label !== REST ? label : undefined,
        tiles: members
          .map((subject) => ({ subject, order: nameOrder(subject.machine.name) }))
          .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
          .map(({ subject }) => tileOf(subject)),
      };
    }),
  };
}
