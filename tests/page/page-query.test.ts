import { describe, expect, test } from "bun:test";
import { hrefWith, parsePageQuery } from "../../src/page/components/page-query.ts";
import { createTimes } from "../../src/view/times.ts";

const context = { times: createTimes("UTC"), nowMs: Date.UTC(2026, 10, 24, 9, 13, 7) };
const parse = (query: string) => parsePageQuery(new URLSearchParams(query), context);

describe("the query of the cluster page", () => {
  test("sorts by name and gives no notice without parameters", () => {
    const query = parse("");
    expect(query).toMatchObject({ sort: "machine", isDescending: false, filter: "", page: 1 });
    expect(query.notices).toEqual([]);
  });

  test("reads every parameter", () => {
    const query = parse("sort=-cpu&filter=user:chen&tag=gpu&by=user&open=node02@03:10&page=2");
    expect(query).toMatchObject({ sort: "cpu", isDescending: true, filter: "user:chen" });
    expect(query).toMatchObject({ tag: "gpu", byUser: true, page: 2 });
    expect(query.open).toEqual({ slug: "node02", atWallMs: Date.UTC(2026, 10, 24, 3, 10) });
    expect(query.notices).toEqual([]);
  });

  const wrong: readonly (readonly [string, string])[] = [
    ["sort=colour", "colour"],
    ["sort=-", "column"],
    ["by=tag", "by=user"],
    ["at=later", "not a valid time"],
    ["at=2027-01-01T00:00", "in the future; showing now"],
    ["open=node02", "MACHINE@TIME"],
    ["open=@03:10", "MACHINE@TIME"],
    ["open=node02@noon", "not a valid time"],
    ["page=0", "not a page number"],
    ["page=1e9", "not a page number"],
    [`filter=${"x".repeat(4000)}`, "cut to 200"],
    ["sort=%3Cscript%3E", "<script>"],
  ];
  for (const [query, part] of wrong) {
    test(`${query.slice(0, 40)} gives one notice and no error`, () => {
      const { notices } = parse(query);
      expect(notices).toHaveLength(1);
      expect(notices[0]).toContain(part);
    });
  }

  test("is kept by links except for what they change", () => {
    const { raw } = parse("filter=user:chen&sort=-cpu&page=3");
    expect(hrefWith(raw, { page: undefined, open: "gpu-a@03:10" })).toBe(
      "/?filter=user:chen&sort=-cpu&open=gpu-a@03:10",
    );
    expect(hrefWith({}, {})).toBe("/");
    expect(hrefWith({ filter: "a&b=c d" }, {})).toBe("/?filter=a%26b%3Dc%20d");
  });
});
