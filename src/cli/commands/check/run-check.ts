/** Gathers what `unagi check` is about, judges it, and prints the findings. */
import type { ReadConfig } from "../../../config/load-config.ts";
import { isTerminal, mayUseColor } from "../../../runtime/terminal.ts";
import type { Surroundings } from "../../command.ts";
import { type Finding, wrong } from "./finding.ts";
import { gatherFacts } from "./gather.ts";
import { judge } from "./judge.ts";
import { renderFindings } from "./render.ts";

const STDOUT = 1;

/**
 * The exit code is 1 if something is wrong, else 0. Takes 5 s at most. Problems are those of the
 * file: those of the command line are wrong usage.
 */
export async function runCheck(input: ReadConfig, { env, out }: Surroundings): Promise<number> {
  const findings =
    input.kind === "problems"
      ? input.problems.map(judgeProblem)
      : judge(await gatherFacts(input, env));
  out(renderFindings(findings, { hasColor: isTerminal(STDOUT) && mayUseColor(env) }));
  return findings.some(({ verdict }) => verdict === "wrong") ? 1 : 0;
}

function judgeProblem(problem: string): Finding {
  return wrong("configuration", problem, "correct it; the other checks follow when it can be read");
}
