/**
 * Gathers what `unagi check` is about, judges it, and prints the findings for a terminal of 80
 * columns. The verdict is a word; colour only helps.
 */
import { oneLine } from "../../../base/printable.ts";
import type { ReadConfig } from "../../../config/load-config.ts";
import { isTerminal, mayUseColor } from "../../../runtime/terminal.ts";
import type { Surroundings } from "../../command.ts";
import { COLUMNS, wrap } from "../../wrap.ts";
import { type Finding, type Verdict, wrong } from "./finding.ts";
import { gatherFacts } from "./gather.ts";
import { judge } from "./judge.ts";

const STDOUT = 1;

/** The longest ones are `wrong` and `configuration`. */
const VERDICT_WIDTH = 5;
const SUBJECT_WIDTH = 13;

/** The most characters of a text that are shown. */
const LONGEST_TEXT = 2_000;

/** SGR codes of green, yellow and red, which every terminal has. */
const COLORS: Readonly<Record<Verdict, string>> = { ok: "32", look: "33", wrong: "31" };

const INDENT = VERDICT_WIDTH + 2 + SUBJECT_WIDTH + 2;

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

/** The last line sums up; the text ends with a newline. */
export function renderFindings(
  findings: readonly Finding[],
  { hasColor }: { readonly hasColor: boolean },
): string {
  const lines = findings.flatMap((finding) => renderFinding(finding, hasColor));
  return `${[...lines, "", summary(findings)].join("\n")}\n`;
}

function renderFinding(finding: Finding, hasColor: boolean): readonly string[] {
  const { verdict, subject, text, remedy } = finding;
  const [first = "", ...rest] = wrapped(text);
  const word = verdict.padEnd(VERDICT_WIDTH);
  const shown = hasColor ? `\x1b[${COLORS[verdict]}m${word}\x1b[0m` : word;
  const indented = [...rest, ...(remedy === undefined ? [] : wrapped(`remedy: ${remedy}`))];
  return [
    `${shown}  ${subject.padEnd(SUBJECT_WIDTH)}  ${first}`.trimEnd(),
    ...indented.map((line) => `${" ".repeat(INDENT)}${line}`),
  ];
}

/** Breaks words that are longer than a line, such as a peer's name. */
function wrapped(text: string): readonly string[] {
  const width = COLUMNS - INDENT;
  const words = oneLine(text, LONGEST_TEXT).split(" ");
  const pieces = words.flatMap((word) => word.match(new RegExp(`.{1,${width}}`, "gu")) ?? [""]);
  return wrap(pieces.join(" "), width);
}

function summary(findings: readonly Finding[]): string {
  const wrongs = findings.filter(({ verdict }) => verdict === "wrong").length;
  const looks = findings.filter(({ verdict }) => verdict === "look").length;
  const toLookAt = `${looks} ${looks === 1 ? "thing" : "things"} to look at`;
  if (wrongs === 0) return looks > 0 ? `Nothing is wrong; ${toLookAt}.` : "Nothing is wrong.";
  const what = `${wrongs} ${wrongs === 1 ? "thing is" : "things are"} wrong`;
  return looks > 0 ? `${what}, and ${toLookAt}.` : `${what}.`;
}
