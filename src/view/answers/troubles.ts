/** Which machines are down or in trouble: not there, or there with a warning. */
import type { Subject } from "../subject.ts";
import { THRESHOLDS } from "../thresholds.ts";
import type { Warning } from "../warnings.ts";

type AbsentState = "down" | "silent" | "stopped";

export type Trouble =
  /** Several subjects went into this state together; the newest comes first. */
  | { readonly kind: AbsentState; readonly subjects: readonly [Subject, ...Subject[]] }
  | { readonly kind: "warning"; readonly subject: Subject; readonly warning: Warning };

/** Place of each warning in the list: what slows down its users most comes first. */
const WARNING_ORDER: Readonly<Record<Warning["kind"], number>> = {
  report: 0,
  swapping: 1,
  disk: 2,
  clone: 3,
  clock: 4,
};

function sinceMs(subject: Subject): number {
  return subject.stateSinceWallMs ?? 0;
}

/** Machines of one state, newest first; enough of them that went together count as one. */
function absent(all: readonly Subject[], kind: AbsentState): Trouble[] {
  const { withinMs, machines } = THRESHOLDS.together;
  const subjects = all.filter(({ state }) => state === kind);
  subjects.sort((a, b) => sinceMs(b) - sinceMs(a));
  const groups: [Subject, ...Subject[]][] = [];
  for (const subject of subjects) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && sinceMs(last) - sinceMs(subject) <= withinMs) group.push(subject);
    else groups.push([subject]);
  }
  return groups.flatMap((group): Trouble[] =>
    group.length >= machines
      ? [{ kind, subjects: group }]
      : group.map((subject) => ({ kind, subjects: [subject] })),
  );
}

function warned(all: readonly Subject[]): Trouble[] {
  const order = ({ kind }: Warning) => WARNING_ORDER[kind];
  return all
    .flatMap((subject) => subject.warnings.map((warning) => ({ subject, warning })))
    .sort((a, b) => order(a.warning) - order(b.warning))
    .map(({ subject, warning }) => ({ kind: "warning", subject, warning }));
}

/** Down first, then silent, then warnings, then stopped. */
export function troublesOf(subjects: readonly Subject[]): Trouble[] {
  return [
    ...absent(subjects, "down"),
    ...absent(subjects, "silent"),
    ...warned(subjects),
    ...absent(subjects, "stopped"),
  ];
}
