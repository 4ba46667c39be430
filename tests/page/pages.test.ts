import { describe, expect, test } from "bun:test";
import { clusterHtml, machineHtml, type RenderContext } from "../../src/page/render.ts";
import { statusText } from "../../src/page/text/status-text.ts";
import { REPORT_SUBJECTS } from "../../src/protocol/report.ts";
import { SIGNS_LEGEND } from "../../src/view/history/signs.ts";

import { createTimes } from "../../src/view/times.ts";
import { expectGolden, readable } from "./golden.ts";
import { HOSTILE, hostileSource } from "./hostile.ts";
import {
  LAB,
  OLD_MACHINE,
  SAMPLE_NOW_MS,
  type SampleSource,
  sampleSource,
} from "./sample-cluster.ts";

const times = createTimes("UTC");
const assets = {
  style: "/page.css",
  icon: "/favicon.svg",
  iconDown: "/favicon-down.svg",
  client: "/client.js",
};
const lab = sampleSource();

function contextOf(source: SampleSource): RenderContext {
  return { source, view: source.view, times, assets };
}

function page(query: string, source = lab): string {
  return clusterHtml(contextOf(source), new URLSearchParams(query));
}

function machinePage(name: string, source = lab, query = ""): string {
  const machine = source.view.machines.find((one) => one.name === name);
  if (machine === undefined) throw new Error(`the sample has no ${name}`);
  return machineHtml(contextOf(source), machine, new URLSearchParams(query));
}

function text(source = lab): string {
  return statusText({ view: source.view, times, source });
}

const alone = sampleSource({ sketches: LAB.filter(({ name }) => name === "node01"), cells: 1 });

/** What the text of a page would be to a reader. */
function words(html: string): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&")
    .replace(/\s+/g, " ");
}

describe("a page is as it was reviewed", () => {
  const cases: readonly (readonly [string, () => string])[] = [
    ["cluster-11.html", () => page("")],
    ["cluster-sorted.html", () => page("sort=-cpu&filter=node")],
    ["alone.html", () => page("", alone)],
    ["users.html", () => page("by=user")],
    ["entry.html", () => page("open=node02@03:10")],
    ["machine.html", () => machinePage("render3")],
    ["machine-down.html", () => machinePage("node07")],
  ];
  for (const [name, make] of cases) {
    test(name, () => expectGolden(name, readable(make())));
  }
  test("status.txt", () => expectGolden("status.txt", text()));
});

describe("the cluster page", () => {
  test("carries the counts in its title and renews itself every interval", () => {
    expect(page("")).toContain("<title>8 up, 1 silent, 1 stopped, 1 down – unagi</title>");
    expect(page("")).toContain('<meta http-equiv="refresh" content="600"');
  });

  test("shows a machine that is down with its last report and no figures", () => {
    const row = page("")
      .split("<tr")
      .find((part) => part.includes(">node07</a></th><td>"));
    expect(row).toContain("last report 06:10, 3h02m old: CPU 10 %, bo rsync 1.6 cores");
    expect(row?.match(/<td/g)).toHaveLength(3);
  });

  test("does not call a machine idle whose CPU use is unknown", () => {
    const withoutCpu = sampleSource({
      cells: 3,
      sketches: LAB.map((sketch) => ({
        ...sketch,
        loads: [],
        change: ({ cpu: _, ...report }) => report,
      })),
    });
    for (const path of ["", "at=09:10", "open=node02@09:10"]) {
      const said = words(page(path, withoutCpu)).replace(SIGNS_LEGEND.replace(/\s+/g, " "), "");
      expect(said).not.toMatch(/\bidle\b|\.\.\./);
    }
    const rows = text(withoutCpu).split("\n").slice(0, -2).join("\n");
    expect(rows).not.toMatch(/\bidle\b|\.\./);
  });

  test("names entries to the second where the interval is under a minute", () => {
    const source = sampleSource({
      cells: 3,
      change: (view) => ({ ...view, updateSeconds: 20 }),
      sketches: LAB.map((sketch) => ({
        ...sketch,
        change: (report) => ({ ...report, updateSeconds: 20, averageSeconds: 20 }),
      })),
    });
    const panel = page("open=node02@09:10", source);
    expect(words(panel)).toMatch(/node02 at \d\d:\d\d:\d\d .*average of 09:\d\d:\d\d–09:\d\d:\d\d/);
    expect(panel).toMatch(/CPU over 90 % \d\d:\d\d:\d\d–/);
    expect(words(panel)).toMatch(/‹ \d\d:\d\d:\d\d/);
    expect(machinePage("node02", source)).toMatch(/title="\d\d:\d\d:\d\d"/);
  });

  test("says why an entry has no messages", () => {
    expect(words(page("open=render3@09:10"))).toContain(
      "messages: permission denied on /var/log/syslog: add the user to group adm",
    );
  });

  test("says that a machine has only loopback and virtual interfaces", () => {
    const source = sampleSource({
      sketches: LAB.map((sketch) => ({
        ...sketch,
        change: (report) => ({ ...report, network: { interfaces: [] } }),
      })),
    });
    expect(words(machinePage("node02", source))).toContain(
      "networkonly loopback and virtual interfaces ",
    );
  });

  test("says once why there are no messages, and what to do", () => {
    const html = words(machinePage("render3"));
    expect(html.match(/permission denied on \/var\/log\/syslog/g)).toHaveLength(1);
    expect(html).toContain("Messages unavailable (see above)");
  });

  test("says once that messages are not reported", () => {
    const source = sampleSource({
      sketches: LAB.map((sketch) => ({
        ...sketch,
        change: ({ messages: _, problems: __, ...report }) => report,
      })),
    });
    expect(words(machinePage("node02", source)).match(/not reported/g)).toHaveLength(1);
  });

  test('leaves out "now" where the cursor\'s name would lie over it', () => {
    expect(page("open=node02@09:10")).not.toContain('class="now" x="100%"');
    expect(page("open=node02@03:10")).toContain('class="now" x="100%"');
  });

  test("shows the whole table as of an earlier time", () => {
    const then = words(page("at=03:10"));
    expect(then).toContain("The machines at 03:10");
    expect(then).toContain("chen ffmpeg 14");
    expect(then).toContain("stopped at that time");
  });

  test("says that nothing matches, and how to clear the filter", () => {
    expect(words(page("filter=user:zed"))).toContain("nothing matches user:zed; clear the filter");
  });

  test("keeps the filter in the links of the head and the hidden fields of the form", () => {
    const html = page("sort=-cpu&tag=gpu&filter=bo");
    expect(html).toContain('href="/?tag=gpu&amp;filter=bo&amp;sort=-load"');
    expect(html).toContain('<input type="hidden" name="sort" value="-cpu"');
  });

  test("says that a machine started without ranges is not looking for others", () => {
    const silent = sampleSource({
      sketches: LAB.filter(({ name }) => name === "node01"),
      cells: 1,
      change: (view) => ({
        ...view,
        scan: { ...view.scan, ranges: ["127.0.0.1"], isLoopbackOnly: true, size: 1 },
      }),
    });
    const html = words(page("", silent));
    expect(html).toContain("This machine is not looking for others yet");
    // Without -n what is scanned is allowed.
    expect(html).toContain("Start it with -s lan to find them, -a lan to let browsers in");
  });

  test("quotes parameters that it does not understand instead of failing", () => {
    const html = words(page("sort=x&by=y&at=z&open=q@03:00&page=-1&filter=a:b"));
    for (const part of ["“x”", "“y”", "“z”", "“q”", "“-1”", "“a:b”"]) expect(html).toContain(part);
  });

  test("shows what a protocol-1 machine tells, and leaves unknown figures empty instead of 0", () => {
    const source = sampleSource({ sketches: [...LAB, OLD_MACHINE] });
    const row = page("", source)
      .split("<tr")
      .find((part) => part.includes(">old1</a></th><td>"));
    expect(words(`<tr${row}`)).toContain("15");
    expect(row).toContain("<b>15</b>");
    const html = words(machinePage("old1", source));
    expect(html).toContain("pressureunknown: not part of protocol 1");
    expect(html).toContain("memory40 %");
  });

  /** The cells of a machine's row, from its CPU on. */
  function figureCells(name: string, source: SampleSource): string[] {
    const row = page("", source)
      .split("<tr")
      .find((part) => part.includes(`>${name}</a></th><td>`));
    const cells = row?.split("<td").slice(3) ?? [];
    return cells.map((cell) => words(`<td${cell}`).trim());
  }

  test("gives no load per core for a machine whose cores are unknown, and its load in words", () => {
    const source = sampleSource({ sketches: [...LAB, OLD_MACHINE] });
    const [, , load] = figureCells("old1", source);
    expect(load).toBe("");
    expect(words(machinePage("old1", source))).toContain(
      "load1, 5, 15 min: 0.15 0.20 0.30 number of cores unknown",
    );
  });

  test("shows a person whose name ps has cut under the whole name, now and in the past", () => {
    const report = (user: string) => () => ({
      name: "old1",
      cpu: { idlePercent: 10 },
      users: [],
      processes: [{ user, cpuPercent: 90, memoryPercent: 1, command: "make" }],
    });
    const change = report("verylon+");
    const other = { ...OLD_MACHINE, name: "old2", address: "192.168.1.98" };
    const source = sampleSource({
      sketches: [
        { ...OLD_MACHINE, change },
        { ...other, change: report("verylongname") },
      ],
    });
    for (const query of ["", "by=user", "at=03:10", "open=old1@03:10"]) {
      expect(page(query, source)).not.toContain("verylon+");
    }
    expect(machinePage("old1", source)).not.toContain("verylon+");
    expect(words(page("by=user", source))).toContain("verylongname 2 machines");
  });

  test("shows no figures of a machine whose reports are refused, but since when and why", () => {
    const sinceWallMs = SAMPLE_NOW_MS - 600_000;
    const reportTrouble = { kind: "refused", sinceWallMs, reason: "not four lines" } as const;
    const source = sampleSource({
      sketches: [...LAB, OLD_MACHINE],
      change: (view) => ({
        ...view,
        machines: view.machines.map((machine) =>
          machine.name === "old1" ? { ...machine, reportTrouble, reportAgeSeconds: 1200 } : machine,
        ),
      }),
    });
    expect(figureCells("old1", source)).toEqual([
      "reports refused since 09:03: not four lines; last report 20m old: CPU 15 %",
    ]);
    const html = words(machinePage("old1", source));
    expect(html).toContain(
      "reports refused since 09:03: not four lines: mend the program there; -dd shows what it sends",
    );
    expect(html).toContain("Last report, 20m old");
    expect(words(page("by=user", source))).toContain("old1 (reports refused)");
    const plain = text(source);
    expect(plain).toContain("old1 reports refused since 09:03: not four lines");
    expect(plain.split("\n").find((one) => one.startsWith("old1"))).toMatch(/up +20d +- +-/);
  });

  test("links to the own page of a protocol-1 machine at our HTTP port", () => {
    const source = sampleSource({ sketches: [...LAB, OLD_MACHINE] });
    expect(machinePage("old1", source)).toContain('href="http://192.168.1.99:8000/"');
    // It has no page for each machine, nor one of people, to go on reading at.
    expect(page("by=user", source)).not.toContain("192.168.1.99:8000");
  });

  test("shows a host that went back to the program of 2005 in one row, with both its histories", () => {
    const source = sampleSource({
      sketches: [...LAB, OLD_MACHINE],
      change: (view) => {
        const old = view.machines.find(({ name }) => name === "old1");
        if (old === undefined) throw new Error("the sample has no old1");
        const before = {
          ...old,
          ...({
            id: "0123456789abcdef",
            protocol: 2,
            state: "stopped",
            replacedBy: old.id,
          } as const),
          stateSinceWallMs: SAMPLE_NOW_MS - 3_600_000,
        };
        const machines = view.machines.map((one) =>
          one === old ? { ...old, replaces: before.id } : one,
        );
        return { ...view, machines, replaced: [before] };
      },
    });
    expect(words(page("", source))).toContain("old1 2005 now");
    expect(machinePage("old1", source)).toContain(
      '<a href="/machines/0123456789abcdef">until 08:13 it ran unagi: its history</a>',
    );
    const [before] = source.view.replaced;
    if (before === undefined) throw new Error("lost");
    const html = machineHtml(contextOf(source), before, new URLSearchParams());
    expect(html).toContain(">a program of 2005 runs there now</a>");
    expect(words(html)).toContain("old1 stopped");
  });

  test("shows active and inactive memory and swap traffic in a past entry", () => {
    const source = sampleSource({ sketches: [...LAB, OLD_MACHINE] });
    const old = words(page("open=old1@03:10", source));
    expect(old).toContain("memory40 %30 % active, 9 % inactive");
    expect(old).toContain(
      "swap in0 %of main memory per minuteswap out0 %of main memory per minute",
    );
    const html = words(page("open=node06@09:00"));
    expect(html).toContain("memory63 G99 % of 64 G, 57 G active, 13 G inactive");
    expect(html).toContain("swap7.1 Gswap in9.0 M/sswap out16 M/s");
  });

  test("does not call a machine idle whose CPU is busy, although its largest process is small", () => {
    // As the program of 2005 does it, which leaves out what has 0.0 % of the memory.
    const change = () => ({
      name: "old1",
      cpu: { userPercent: 99, systemPercent: 1, idlePercent: 0 },
      processes: [{ user: "root", cpuPercent: 0, memoryPercent: 0.1, command: "init" }],
    });
    const source = sampleSource({ sketches: [...LAB, { ...OLD_MACHINE, change }] });
    const [cpu, top] = figureCells("old1", source);
    expect([cpu, top]).toEqual(["100", ""]);
    const said = text(source).split("\n");
    expect(said.find((line) => line.startsWith("old1"))).not.toContain("idle");
    expect(words(page("open=node02@03:10", source))).toContain("1.7 4 idle;");
    expect(words(page("open=node02@03:10", source))).not.toContain("all others idle");
  });

  test("shows empty cells for a machine whose report is empty", () => {
    const source = sampleSource({
      sketches: LAB.map((sketch) => ({ ...sketch, change: () => ({ name: sketch.name }) })),
      cells: 2,
    });
    expect(figureCells("gpu-a", source)).toEqual(["", "", "", "", "", "", "", "", ""]);
    expect(words(machinePage("gpu-a", source))).toContain("CPUnot reported");
    expect(text(source)).toContain("gpu-a");
  });

  test("says of each part that is missing why its own collector could not read it", () => {
    const problems = REPORT_SUBJECTS.map((subject) => ({ subject, reason: `no ${subject}` }));
    const source = sampleSource({
      sketches: LAB.map((sketch) => ({
        ...sketch,
        change: () => ({ name: sketch.name, problems }),
      })),
      cells: 2,
    });
    const html = words(machinePage("gpu-a", source));
    for (const line of ["cpu", "load", "memory", "pressure", "disk", "network"]) {
      expect(html.toLowerCase()).toContain(`${line}unknown: no ${line}`);
    }
    expect(html).toContain("swapunknown: no memory");
    expect(html).toContain("File systemsno file systems");
  });

  test("shows the temperatures, the hottest first, with the mark that one has reached", () => {
    expect(words(machinePage("render3"))).toContain(
      "temperatures84 °Ccoretemp Package id 0: high mark of 80 °C reached " +
        "nvme Composite 45 °C drivetemp 34 °C",
    );
  });

  test("has no line of temperatures for a machine without sensors", () => {
    expect(words(machinePage("node01"))).not.toContain("temperatures");
  });

  test("opens an outage with its times", () => {
    expect(words(page("open=render3@13:40"))).toContain("Down from Mon 13:20 to Mon 14:10 (50m).");
  });
});

describe("hostile text", () => {
  const source = hostileSource();
  const pages: readonly (readonly [string, string])[] = [
    ["cluster", page("", source)],
    ["users", page("by=user", source)],
    ...HOSTILE.map((bad): [string, string] => [
      `query ${JSON.stringify(bad.slice(0, 20))}`,
      page(
        new URLSearchParams({
          filter: bad,
          sort: bad,
          tag: bad,
          at: bad,
          open: `${bad}@${bad}`,
          by: bad,
          page: bad,
        }).toString(),
        source,
      ),
    ]),
    ...source.view.machines.map((machine): [string, string] => [
      `machine ${JSON.stringify(machine.name.slice(0, 20))}`,
      machineHtml(contextOf(source), machine, new URLSearchParams()),
    ]),
    ...source.view.machines.map((machine): [string, string] => [
      `entry ${JSON.stringify(machine.name.slice(0, 20))}`,
      page(new URLSearchParams({ open: `${machine.id}@09:05` }).toString(), source),
    ]),
  ];
  for (const [name, html] of pages) {
    test(`stays text: ${name}`, () => {
      // The page's own scripts, by address alone.
      const own = /<script type="module" src="\/client\.js"><\/script>/g;
      expect(html.replace(own, "")).not.toMatch(/<(script|img|iframe|object|style)\b/i);
      // Without what stands between quotes, only names of attributes are left.
      expect(html.replace(/"[^"]*"/g, '""')).not.toMatch(/<[^>]*\s(style|on[a-z]+)=/i);
      expect(html).not.toMatch(/href="(javascript|data):/i);
      expect(html).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/);
      expect(html).not.toMatch(/NaN|undefined|Infinity|\[object/);
      expect(html).not.toContain("x".repeat(700));
      expect(html.isWellFormed()).toBe(true);
    });
  }

  test("is shown and not left out", () => {
    const html = words(page("", source));
    expect(html).toContain("<script>alert(1)</script>");
    expect(html).toContain("abc\\u202egnp.exe");
  });

  test("does not widen the plain text or reach the terminal", () => {
    const plain = text(source);
    for (const line of plain.split("\n")) expect(Bun.stringWidth(line)).toBeLessThanOrEqual(80);
    expect(plain).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  });
});

describe("every page", () => {
  const all = [page(""), page("by=user"), page("open=node02@03:10"), machinePage("render3")];

  test("has one main heading, a caption or heading for each table, and a scope for each head", () => {
    for (const html of all) {
      expect(html.match(/<h1>/g)).toHaveLength(1);
      expect(html.match(/<th(?![^>]*\bscope=)[\s>]/g)).toBeNull();
      expect(html).toContain('class="skip"');
    }
    expect(page("sort=-cpu")).toContain('aria-sort="descending"');
    expect(page("sort=-cpu").match(/aria-sort/g)).toHaveLength(1);
  });

  test("has each id once, and only links to ids that are there", () => {
    for (const html of all) {
      const ids = [...html.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const [, id] of html.matchAll(/href="#([^"]*)"/g)) expect(ids).toContain(id);
    }
  });

  test("stays under 5 kB compressed for eleven machines", () => {
    expect(Bun.gzipSync(page(""), { level: 5 }).length).toBeLessThan(5_000);
  });
});

describe("the plain text", () => {
  test("keeps to 80 columns", () => {
    for (const line of text().split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(text()).toEndWith("\n");
  });
});

describe("the notice to every reader", () => {
  test("says that the shipped signature keeps nobody out, unless the network is sealed", () => {
    const said = (isSealed: boolean) =>
      words(
        page(
          "",
          sampleSource({
            cells: 1,
            change: (view) => ({ ...view, isShippedSignature: true, isSealed }),
          }),
        ),
      ).includes("anybody inside the accepted range can join and read");
    expect(said(false)).toBe(true);
    expect(said(true)).toBe(false);
  });

  test("names the machines that speak in the open in a sealed network, with the remedy", () => {
    const said = (unsealedSenders: readonly string[]) =>
      words(page("", sampleSource({ cells: 1, change: (view) => ({ ...view, unsealedSenders }) })));
    expect(said([])).not.toContain("unsealed");
    expect(said(["192.168.1.30"])).toContain(
      "192.168.1.30 sends unsealed packets, which are dropped: a program of 2005 cannot be sealed; " +
        "run unagi there, with the key of this network, or run the network without a key.",
    );
    const many = Array.from({ length: 7 }, (_, index) => `10.0.0.${index}`);
    expect(said(many)).toContain("10.0.0.2, 10.0.0.3 and 3 more send unsealed packets");
  });
});

describe("a daemon with another interval and history", () => {
  const cases: readonly (readonly [number, number])[] = [
    [2, 144],
    [600, 1],
    [3600, 1000],
    [7, 30],
    [86_400, 144],
  ];
  for (const [updateSeconds, historyEntries] of cases) {
    test(`-u ${updateSeconds} -H ${historyEntries} gives whole pages`, () => {
      const source = sampleSource({
        change: (view) => ({ ...view, updateSeconds, historyEntries }),
      });
      for (const html of [page("", source), machinePage("render3", source), text(source)]) {
        expect(html).not.toMatch(/NaN|undefined|Infinity/);
      }
      expect(page("", source)).toContain(`<meta http-equiv="refresh" content="${updateSeconds}"`);
    });
  }
});
