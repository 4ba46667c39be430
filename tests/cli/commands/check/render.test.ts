/** How the findings look on a terminal. */
import { describe, expect, test } from "bun:test";
import { type Finding, fine, look, wrong } from "../../../../src/cli/commands/check/finding.ts";
import { judge } from "../../../../src/cli/commands/check/judge.ts";
import { renderFindings } from "../../../../src/cli/commands/check/run-check.ts";
import { WELL, withCluster } from "./facts.ts";

const plain = { hasColor: false };

describe("renderFindings", () => {
  test("writes verdict, subject and text, with the remedy below", () => {
    const findings = [
      fine("UDP port", "10080 is free"),
      look("network", "the signature is the shipped one", "choose your own"),
      wrong("lan", "stands for nothing here, since no interface has a private address", "name it"),
    ];
    expect(renderFindings(findings, plain)).toBe(`\
ok     UDP port       10080 is free
look   network        the signature is the shipped one
                      remedy: choose your own
wrong  lan            stands for nothing here, since no interface has a private
                      address
                      remedy: name it

1 thing is wrong, and 1 thing to look at.
`);
  });

  const SUMMARIES: readonly (readonly [readonly Finding[], string])[] = [
    [[], "Nothing is wrong."],
    [[fine("a", "b")], "Nothing is wrong."],
    [[look("a", "b", "c")], "Nothing is wrong; 1 thing to look at."],
    [[look("a", "b", "c"), look("a", "b", "c")], "Nothing is wrong; 2 things to look at."],
    [[wrong("a", "b", "c")], "1 thing is wrong."],
    [[wrong("a", "b", "c"), wrong("a", "b", "c")], "2 things are wrong."],
  ];
  test.each(SUMMARIES)("sums up %j as: %s", (findings, summary) => {
    expect(renderFindings(findings, plain).trimEnd().split("\n").at(-1)).toBe(summary);
  });

  test("fits 80 columns whatever a peer calls itself", () => {
    const facts = withCluster([{ name: `\n\x1b[31m${"x".repeat(500)}`, state: "down" }]);
    const long = [wrong("others", "y".repeat(300), "z".repeat(300)), ...judge(facts)];
    for (const line of renderFindings([...long, ...judge(WELL)], plain).split("\n")) {
      expect(line.length).toBeLessThanOrEqual(80);
      expect(line).toBe(line.trimEnd());
      expect(line).not.toMatch(/[\x00-\x1f]/);
    }
  });

  test("says in words what its colours say", () => {
    const findings = judge(withCluster([{ state: "down" }]));
    const colored = renderFindings(findings, { hasColor: true });
    expect(colored).toContain("\x1b[31mwrong\x1b[0m  others");
    expect(colored.replace(/\x1b\[\d+m/g, "")).toBe(renderFindings(findings, plain));
  });
});
