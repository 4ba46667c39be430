/** Why a part of a report is missing: what its machine says, or what its protocol cannot say. */
import { SENTENCE_LENGTH, shownText } from "../base/shown-text.ts";
import type { Machine } from "../cluster/machine.ts";
import type { Report, ReportSubject } from "../protocol/report.ts";

/** A part that is missing for no known reason. */
export const NOT_REPORTED = "not reported";

const IN_PROTOCOL_1: ReadonlySet<ReportSubject> = new Set(["uptime", "cpu", "memory"]);

/** The reason that a part of the report is missing, as its machine gave it. */
export function missingReason(
  report: Report | undefined,
  machine: Machine,
  about: readonly ReportSubject[],
): string {
  if (report === undefined) return "no report yet";
  return givenReason(report, about) ?? (machine.protocol === 1 ? unsaidByV1(about) : NOT_REPORTED);
}

/** A program of 2005 sends zeros for what it has not measured yet. */
function unsaidByV1(about: readonly ReportSubject[]): string {
  return about.some((subject) => IN_PROTOCOL_1.has(subject))
    ? "not measured yet"
    : "not part of protocol 1";
}

/** What the report itself says of a part that it lacks; undefined where it says nothing. */
export function givenReason(report: Report, about: readonly ReportSubject[]): string | undefined {
  const problem = report.problems?.find(({ subject }) => about.some((one) => one === subject));
  if (problem === undefined) return undefined;
  const { reason, remedy } = problem;
  return shownText(remedy === undefined ? reason : `${reason}: ${remedy}`, SENTENCE_LENGTH);
}
