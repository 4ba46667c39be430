/** The reason of a part that is missing is that of its own subject. */
import { describe, expect, test } from "bun:test";
import { REPORT_SUBJECTS, type Report } from "../../src/protocol/report.ts";
import { givenReason } from "../../src/view/missing-parts.ts";

const report: Report = {
  name: "eel",
  problems: REPORT_SUBJECTS.map((subject) => ({ subject, reason: `no ${subject}` })),
};

describe("the reason that a report gives for a missing part", () => {
  test.each([...REPORT_SUBJECTS])(
    "is that of %s, not of a subject with a similar name",
    (subject) => expect(givenReason(report, [subject])).toBe(`no ${subject}`),
  );

  test("names the remedy", () => {
    const problems = [{ subject: "cpu", reason: "no /proc", remedy: "mount it" }];
    expect(givenReason({ name: "eel", problems }, ["cpu"])).toBe("no /proc: mount it");
  });

  test("is none where only a subject of a newer version has a problem", () => {
    const problems = [{ subject: "cpu fan", reason: "broken" }];
    expect(givenReason({ name: "eel", problems }, ["cpu"])).toBeUndefined();
  });
});
