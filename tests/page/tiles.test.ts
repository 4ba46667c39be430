import { describe, expect, test } from "bun:test";
import { clusterHtml } from "../../src/page/render.ts";
import { createTimes } from "../../src/view/times.ts";
import { manySketches, type SampleSource, type Sketch, sampleSource } from "./sample-cluster.ts";
import { hundred, thousand } from "./sample-many.ts";

const times = createTimes("UTC");
const assets = { style: "", icon: "", iconDown: "", client: "" };
const [many, most] = [hundred(), thousand()];

function page(source: SampleSource, query = ""): string {
  return clusterHtml({ source, view: source.view, times, assets }, new URLSearchParams(query));
}

function sized(count: number, change: (sketch: Sketch, index: number) => Sketch = (one) => one) {
  return sampleSource({ sketches: manySketches(count).map(change), cells: 2 });
}

function rows(html: string): number {
  return html.match(/class="history-strip"/g)?.length ?? 0;
}

/** Names, counts and links of the groups, in order. */
function groups(html: string): string[] {
  return [...html.matchAll(/<h3>(?:<a href="[^"]*"[^>]*>)?([^<]*)(?:<\/a>)?([^<]*)<\/h3>/g)].map(
    ([, label = "", count = ""]) => label + count,
  );
}

function tileOf(html: string, name: string): string | undefined {
  return html.match(new RegExp(`<(?:span|a) class="([^"]*)"[^>]*>(?:<span>)?${name}\\b`))?.[1];
}

describe("tiles", () => {
  const cases: readonly (readonly [number, string | undefined])[] = [
    [1, undefined],
    [30, undefined],
    [31, "tiles"],
    [300, "tiles"],
    [301, "tiles is-small"],
  ];
  for (const [count, wanted] of cases) {
    test(`of ${count} machines have the class ${wanted ?? "of no tiles at all"}`, () => {
      const found = /<section class="(tiles[^"]*)"/.exec(page(sized(count)))?.[1];
      expect(found).toBe(wanted);
    });
  }

  test("are grouped by tag, the largest group first", () => {
    expect(groups(page(many))).toEqual(["node 64", "gpu 16", "render 12", "desk 8"]);
    expect(page(many)).toContain('<h3><a href="/?tag=gpu">gpu</a> 16</h3>');
  });

  test("are grouped by the letters of their names where no machine has a tag", () => {
    const bare = sized(310, (sketch) => ({ ...sketch, tags: [] }));
    expect(groups(page(bare))).toEqual(["c", "node"]);
    expect(page(bare)).toContain('href="/?filter=name:c"');
  });

  test("of machines without a tag come last, as a group without a link", () => {
    const some = sized(40, (sketch, index) => ({ ...sketch, tags: index < 3 ? ["a"] : [] }));
    expect(groups(page(some))).toEqual(["a 3", "others 37"]);
  });

  test("have a limited number of groups", () => {
    const each = sized(60, (sketch, index) => ({ ...sketch, tags: [`t${index}`] }));
    const found = groups(page(each));
    expect(found).toHaveLength(41);
    expect(found.at(-1)).toBe("others 20");
  });

  test("show load or state as a colour and in words, and a warning at their edge", () => {
    const html = page(many);
    const words = (name: string) =>
      html.match(new RegExp(`<span>${name}</span> <b>([^<]*)</b>`))?.[1];
    expect([tileOf(html, "node17"), words("node17")]).toEqual(["is-down", "down"]);
    expect([tileOf(html, "node40"), words("node40")]).toEqual(["is-silent", "silent"]);
    expect([tileOf(html, "desk3"), words("desk3")]).toEqual(["is-stopped", "stopped"]);
    expect(tileOf(html, "gpu-05")).toBe("cpu-idle has-warning");
    expect(words("gpu-05")).toBe("2");
  });

  test("show the machines as they were at a time in the past", () => {
    const html = page(many, "at=02:00");
    expect(tileOf(html, "node17")).toMatch(/^cpu-/);
    expect(tileOf(html, "desk3")).toBe("is-stopped");
  });

  test("have a text but no link each, for a thousand machines", () => {
    const html = page(most);
    const tiles = html.split('<section class="tiles')[1]?.split("</section>")[0] ?? "";
    expect(tiles.match(/<span class="(cpu|is)-/g)).toHaveLength(1000);
    expect(tiles.match(/<a /g)).toHaveLength(20);
    expect(tiles).toMatch(/<span class="is-down">c07 down<\/span>/);
  });

  test("carry the slug of a machine where it is not the name", () => {
    const twins = sized(301, (sketch) => ({ ...sketch, name: "twin" }));
    expect(page(twins)).toContain('data-machine="m00twin"');
  });
});

describe("the table below tiles", () => {
  test("shows all machines, up to 300 of them", () => {
    expect(rows(page(sized(300)))).toBe(300);
  });

  test("shows only machines with problems where there are more than 300", () => {
    const html = page(most);
    expect(html).toContain(">14 with problems</th>");
    expect(rows(html)).toBe(14);
  });

  test("shows the problems and below them the results, a hundred at a time", () => {
    const chen = page(most, "filter=user:chen");
    expect(chen).toContain(">76 match user:chen<small>");
    expect(rows(chen)).toBe(14 + 76);
    const all = page(most, "filter=state:up");
    expect(all).toContain(">990 match state:up, 1–100<small>");
    expect(rows(all)).toBe(14 + 100);
    expect(rows(page(most, "filter=state:up&page=10"))).toBe(90);
    expect(rows(page(most, "filter=state:up&page=99"))).toBe(90);
    expect(all).toContain('<a href="/?filter=state:up&amp;page=10">10</a>');
  });

  test("lists all machines in the order that was asked for", () => {
    const html = page(most, "sort=-cpu");
    expect(html).toContain(">1000 machines in all, 1–100<small>");
    expect(html).toContain('<a href="/">close</a>');
  });

  test("says that nothing matches, below the problems", () => {
    const html = page(most, "filter=user:zed");
    expect(html).toContain("nothing matches user:zed; ");
    expect(rows(html)).toBe(14);
  });

  test("opens an entry once, although its machine has a row in both parts", () => {
    const html = page(most, "filter=state:down&open=c07@02:00");
    expect(html.match(/class="panel"/g)).toHaveLength(1);
    const elsewhere = page(most, "open=b07@02:00");
    expect(elsewhere.match(/class="panel"/g)).toHaveLength(1);
    // Two times over, a thousand whole reports are read.
  }, 20_000);

  test("shows the first hundred problems, and says so, where a whole rack is down", () => {
    const gone = sized(400, (sketch, index) =>
      index === 0 ? sketch : { ...sketch, state: "down", outages: [{ from: 140, state: "down" }] },
    );
    expect(page(gone)).toContain("with problems, the first 100<");
    expect(rows(page(gone))).toBe(100);
  });

  test("stays under 25 kB compressed with a thousand machines and a hundred rows", () => {
    const html = page(most, "filter=state:up");
    expect(Bun.gzipSync(html).length).toBeLessThan(25_000);
  });
});
