/** The page in a text browser: everything is there, in the order in which one asks. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { startPageServer } from "./page-server.ts";

const W3M = "/usr/bin/w3m";

test.skipIf(!existsSync(W3M))(
  "w3m shows the page in reading order (apt-get install w3m)",
  async () => {
    const server = startPageServer();
    try {
      const child = Bun.spawn([W3M, "-dump", "-cols", "110", server.url], { stdout: "pipe" });
      const text = (await new Response(child.stdout).text()).replaceAll("\u00a0", " ");
      expect(await child.exited).toBe(0);
      const marks = [
        ...["8 up", "1 silent", "1 stopped", "1 down", "node01 serves this page"],
        ...["Free now", "gpu-b", "Who is using what", "render3 chen blender"],
        ...["Down and not well", "node07", "11 machines"],
        // What a strip draws, as signs; in words it would fill the page.
        ...["desk2  stopped ...====... ", "said goodbye Mon 18:40: CPU 2 %, idle"],
        ...["gpu-a  up 9d4h .==.....################ 92 16"],
        ...["node07  down    ......=========..----xxx last report 06:10"],
        ...[
          "one cell = 10 min CPU < 5 % 5 25",
          "in 24 signs, newest right: . idle",
          "Times are those of node01",
        ],
      ];
      let from = 0;
      for (const mark of marks) {
        const at = text.indexOf(mark, from);
        expect(at, `'${mark}' after position ${from} of:\n${text}`).toBeGreaterThanOrEqual(from);
        from = at;
      }
      expect(text).not.toContain("history:");
      expect(text).not.toContain("next, previous machine");
    } finally {
      server.stop();
    }
  },
);
