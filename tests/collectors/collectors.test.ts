/** The list of collectors, beside the subjects that reports, pages and problems know. */
import { expect, test } from "bun:test";
import { createCollectors } from "../../src/collectors/collectors.ts";
import { REPORT_SUBJECTS } from "../../src/protocol/report.ts";

test("each subject that a problem may be about has one collector, and each collector one subject", () => {
  const collectors = createCollectors({ root: "/nowhere", messages: true, executable: [] });
  expect(collectors.map(({ subject }) => subject)).toEqual([...REPORT_SUBJECTS]);
});

test("a machine whose messages are switched off has no collector of them", () => {
  const collectors = createCollectors({ root: "/nowhere", messages: false, executable: [] });
  expect(collectors.map(({ subject }) => subject)).not.toContain("messages");
});
