/** The page in a text browser: everything is there, in the order in which one asks. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { startPageServer } from "./page-server.ts";

const W3M = "/usr/bin/w3m";

async function dump(url: string): Promise<string> {
  const child = Bun.spawn([W3M, "-dump", "-cols", "110", url], { stdout: "pipe" });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return text.replaceAll("\u00a0", " ");
}

/** How wide w3m makes a column is its own business. */
function squeezed(text: string): string {
  return text.replace(/ +/g, " ");
}

function expectInOrder(dumped: string, marks: readonly string[]): void {
  const text = squeezed(dumped);
  let from = 0;
  for (const mark of marks) {
    const at = text.indexOf(squeezed(mark), from);
    expect(at, `'${mark}' after position ${from} of:\n${text}`).toBeGreaterThanOrEqual(from);
    from = at;
  }
}

test.skipIf(!existsSync(W3M))("w3m shows a machine and an entry in reading order", async () => {
  const server = startPageServer();
  try {
    expectInOrder(await dump(`${server.url}/machines/render3`), [
      ...["render3", "up 19h00m", "32 cores, AMD EPYC 7302P", "messages permission denied"],
      ...[
        "Now",
        "CPU      96 %  user 91",
        "32 cores 100 87",
        "Processes top 10",
        "chen       blender          29",
      ],
      ...[
        "24 hours",
        "03 06 now",
        "====x.==-=...###########",
        "File systems",
        "/mnt/archive  nfs4 no answer",
      ],
      ...["Logged in 2 users", "Messages unavailable", "History 140 entries", ":00    49 50"],
    ]);
    expectInOrder(await dump(`${server.url}/?open=node02@03:10`), [
      ...["Down or in trouble", "node02", "node02 at 03:10", "91 %    user 87"],
      ...["processes: top 10 of 203", "chen       ffmpeg", "logged in: nobody"],
      ...["The others at 03:10: render3 chen blender 30", "node03"],
    ]);
  } finally {
    server.stop();
  }
});

test.skipIf(!existsSync(W3M))(
  "w3m shows the page in reading order (apt-get install w3m)",
  async () => {
    const server = startPageServer();
    try {
      const text = await dump(server.url);
      expectInOrder(text, [
        ...["8 up", "1 silent", "1 stopped", "1 down", "Served by node01"],
        ...["Free now", "gpu-b", "Who is using what", "render3 chen blender"],
        ...["Down or in trouble", "node07", "11 machines"],
        // What a strip draws, as signs; in words it would fill the page.
        ...["desk2   stopped ...====... ", "shut down Mon 18:40: CPU 2 %, idle"],
        ...["gpu-a  up 9d4h .==.....################ 92 16"],
        ...["node07  down    ......=========..----xxx last report 06:10"],
        ...[
          "one cell = 10 min CPU < 5 % 5 25",
          "in 24 signs, newest right: . idle",
          "Times: node01",
        ],
      ]);
      expect(text).not.toContain("history:");
      expect(text).not.toContain("next, previous machine");
    } finally {
      server.stop();
    }
  },
);
