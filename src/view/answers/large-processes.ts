/** Finds the processes that take a large share of their machine, for "who is using what". */
import type { ProcessReport, Report } from "../../protocol/report.ts";
import { byUse, processFacts } from "../facts.ts";
import type { Subject, SubjectProcess } from "../subject.ts";
import { THRESHOLDS } from "../thresholds.ts";

/** This runs for each process of each machine, so it allocates nothing. */
function isLarge({ cpuPercent = 0, memoryPercent = 0 }: ProcessReport, report: Report): boolean {
  // Where a machine does not tell its cores, the percentage of one core has to do.
  const cores = report.host?.cores || 1;
  const least = THRESHOLDS.largeProcessPercent;
  return cpuPercent / cores >= least || memoryPercent >= least;
}

/** Most cores first, then most memory. */
export function largeProcesses(subjects: readonly Subject[]): SubjectProcess[] {
  const large: SubjectProcess[] = [];
  for (const subject of subjects) {
    const { report } = subject;
    if (report === undefined || !subject.isCurrent) continue;
    for (const process of report.processes ?? []) {
      if (isLarge(process, report)) large.push({ subject, process: processFacts(process, report) });
    }
  }
  return large.sort((a, b) => byUse(a.process, b.process));
}
