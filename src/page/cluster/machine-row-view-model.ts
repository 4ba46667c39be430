/**
 * One row of the table of machines as plain data: the machine, its strip, and what is largest on
 * it. A machine that is down or stopped has a sentence in place of figures: old numbers never stand
 * in current columns.
 */

import type { StripPoint } from "../../store/history-types.ts";
import { isIdle, isIdleMachine, type ProcessFacts, processFacts } from "../../view/facts.ts";
import type { ProcessTest } from "../../view/filter.ts";
import type { Axis } from "../../view/history/time-axis.ts";
import type { Subject } from "../../view/subject.ts";
import { sentenceOf, stateFor } from "../../view/subject-words.ts";
import type { Times } from "../../view/times.ts";
import { stripOf } from "../history/strip.ts";

export type MachineRow = ReturnType<typeof rowOf>;

export interface RowContext {
  readonly times: Times;
  readonly nowMs: number;
  readonly axis: Axis;
  readonly updateSeconds: number;
  readonly strips: ReadonlyMap<string, readonly StripPoint[]>;
  readonly cursorMs?: number | undefined;
  /** The largest of these takes the place of the top process. */
  readonly isWanted?: ProcessTest | undefined;
}

/** `undefined`: unknown. */
function topOf(
  { facts, report }: Subject,
  isWanted?: ProcessTest,
): ProcessFacts | "idle" | undefined {
  if (report?.processes === undefined) return undefined;
  const wanted = isWanted && report.processes.find(isWanted);
  if (wanted !== undefined) return processFacts(wanted, report);
  if (!isIdle(facts.top)) return facts.top;
  return isIdleMachine(facts) ? "idle" : undefined;
}

export function rowOf(subject: Subject, context: RowContext) {
  const { machine } = subject;
  const history = {
    points: context.strips.get(machine.id) ?? [],
    state: machine.state,
    updateSeconds: machine.report?.updateSeconds ?? context.updateSeconds,
  };
  return {
    subject,
    stateFor: stateFor(subject, context.nowMs),
    strip: stripOf(history, context),
    sentence: sentenceOf(subject, context),
    top: topOf(subject, context.isWanted),
  };
}
