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

export interface Tiles {
  readonly isSmall: boolean;
  readonly groups: readonly TileGroup[];
}

export interface TileGroup {
  readonly label: string;
  /** Shows the group in the table; absent for the group of the rest. */
  readonly href?: string | undefined;
  readonly isCurrent: boolean;
  /** The tag that makes the group, if one does. */
  readonly tag?: string | undefined;
  readonly tiles: readonly Tile[];
}

export interface Tile {
  readonly name: string;
  readonly slug: string;
  readonly href: string;
  /** Class of its ground: `cpu-idle` to `cpu-full` for its load, otherwise its state, `is-down`. */
  readonly kind: string;
  /** CPU use in percent, otherwise the state; empty: unknown. */
  readonly text: string;
  /** `disk 97 %`. */
  readonly warnings: readonly string[];
}

/** Machines from which tiles stand above the table: the rows no longer fit on a screen. */
const LEAST_FOR_TILES = 31;
/** Machines from which tiles are small and the table shows only problems and results. */
export const LEAST_FOR_SMALL = 301;
/** More rows of tiles are no overview: the smallest groups become one. */
const MOST_GROUPS = 40;
/** The group of the rest. No tag can have this name: tags have no space around them. */
const REST = " others";

function tileOf(subject: Subject): Tile {
  const { machine, state, facts } = subject;
  const base = {
    name: shownName(machine, 24),
    slug: subject.slug,
    href: machineHref(subject.slug),
    warnings: subject.warnings.map(({ word }) => word),
  };
  if (state !== "up") {
    const text = state === "unknown" ? "" : state;
    return { ...base, kind: `is-${state}`, text };
  }
  const cpu = subject.isCurrent ? facts.cpuPercent : undefined;
  return {
    ...base,
    kind: cpu === undefined ? "no-cpu" : `cpu-${CPU_LEVELS[cpuLevel(cpu)]?.name}`,
    text: cpu === undefined ? "" : percent(cpu),
  };
}

/** The letters at the beginning of a name: `node` of node07, `c` of c07. */
function lettersOf(name: string): string {
  return /^\p{L}+/u.exec(name)?.[0]?.toLowerCase() ?? REST;
}

/** By first tag; where no machine has one, by the letters of the names. */
function grouped(subjects: readonly Subject[]): {
  readonly isByTag: boolean;
  readonly groups: Map<string, Subject[]>;
} {
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
    const rest = [
      ...(groups.get(REST) ?? []),
      ...largest.slice(MOST_GROUPS).flatMap(([label, all]) => (label === REST ? [] : all)),
    ];
    for (const [label] of largest.slice(MOST_GROUPS)) groups.delete(label);
    groups.set(REST, rest);
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
export function tilesOf(subjects: readonly Subject[], query: PageQuery): Tiles | undefined {
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
        href: label === REST ? undefined : hrefWith(query.raw, chosen),
        isCurrent,
        tag: isByTag && label !== REST ? label : undefined,
        tiles: members
          .map((subject) => ({ subject, order: nameOrder(subject.machine.name) }))
          .sort((a, b) => (a.order < b.order ? -1 : a.order > b.order ? 1 : 0))
          .map(({ subject }) => tileOf(subject)),
      };
    }),
  };
}
