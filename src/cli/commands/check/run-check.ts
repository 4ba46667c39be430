/** `unagi check`: what keeps machines from meeting here, and what to do about it. */
import { type ConfigInput, loadConfig, type ReadConfig } from "../../../config/load-config.ts";
import { COLUMNS, wrap } from "../../wrap.ts";
import { type Finding, wrong } from "./finding.ts";
import { gatherFacts } from "./gather.ts";
import { judge } from "./judge.ts";
import { renderFindings } from "./render.ts";

export interface CheckSurroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly hasColor: boolean;
}

export const CHECK_DESCRIPTION = "see what keeps machines from meeting here";

/**
 * Prints the findings; exit code 1 if one of them is wrong, else 0. Takes 5 s at most. Problems
 * are the file's: those of the command line are wrong usage.
 */
export async function runCheck(
  input: ReadConfig,
  { env, out, hasColor }: CheckSurroundings,
): Promise<number> {
  const findings =
    input.kind === "problems"
      ? input.problems.map(judgeProblem)
      : judge(await gatherFacts({ ...input, env, root: "/" }));
  out(renderFindings(findings, { hasColor }));
  return findings.some(({ verdict }) => verdict === "wrong") ? 1 : 0;
}

function judgeProblem(problem: string): Finding {
  return wrong("configuration", problem, "correct it; the other checks follow when it can be read");
}

/** The problems of the command line alone, as if the file were empty. */
export function commandLineProblems(input: ConfigInput): readonly string[] {
  const readText: ConfigInput["readText"] = (path, maxBytes) =>
    path === "/etc/passwd" ? input.readText(path, maxBytes) : { kind: "text", text: "" };
  const loaded = loadConfig({ ...input, readText });
  return loaded.kind === "problems" ? loaded.problems : [];
}

const HELP = [
  "Checks the configuration, the ports, the ranges and what 'lan' means here, who answers, " +
    "the clocks, and whether the system's messages can be read. Says of each: ok, look (it works, " +
    "but perhaps not as meant) or wrong, and what to do about it. Changes nothing.",
  "Takes the options of the daemon (unagi --help): give it those that unagi is started with. " +
    "Where no unagi runs, it asks at most 300 addresses of the scan range itself.",
  "Exits with 1 if something is wrong, else with 0.",
];

export function renderCheckHelp(): string {
  const sections = [["Usage: unagi check [OPTION]..."], ...HELP.map((text) => wrap(text, COLUMNS))];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
