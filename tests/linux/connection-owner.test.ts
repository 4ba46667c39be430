import { describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectionOwner, parseConnectionOwners } from "../../src/linux/connection-owner.ts";

/** Of 127.0.0.1:54321 to 127.0.0.1:8000 both ends, and a listener; Linux 6.1. */
const HEAD =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const LISTENER =
  "   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000   998        0 100 1\n";
const SERVER_END =
  "   1: 0100007F:1F40 0100007F:D431 01 00000000:00000000 00:00000000 00000000   998        0 101 1\n";
const CLIENT_END =
  "   2: 0100007F:D431 0100007F:1F40 01 00000000:00000000 00:00000000 00000000  1000        0 102 1\n";
const OTHER_CLIENT = CLIENT_END.replace("0100007F:D431", "0107007F:D431").replace(
  " 1000 ",
  " 1001 ",
);
const ENDED = CLIENT_END.replace(" 01 ", " 06 ");
const ports = { client: 54_321, server: 8000 };

describe("the owner of a connection", () => {
  test.each([
    {
      title: "is that of the client's end",
      text: HEAD + LISTENER + SERVER_END + CLIENT_END,
      owners: [1000],
    },
    { title: "is nobody's in an empty table", text: HEAD, owners: [] },
    { title: "is nobody's without a table", text: "", owners: [] },
    { title: "is not the server", text: HEAD + LISTENER + SERVER_END, owners: [] },
    { title: "is not that of a connection that has ended", text: HEAD + ENDED, owners: [] },
    { title: "may be one of two", text: CLIENT_END + OTHER_CLIENT, owners: [1000, 1001] },
    { title: "is not read from a line cut short", text: CLIENT_END.slice(0, 70), owners: [] },
    { title: "is not read from nonsense", text: "a b c 01 e f g h\n\0\n", owners: [] },
  ])("$title", ({ text, owners }) => {
    expect(parseConnectionOwners(text, ports)).toEqual([...owners]);
  });

  test.each([
    { title: "is found in either table", tcp: HEAD, tcp6: HEAD + CLIENT_END, owner: 1000 },
    {
      title: "is unknown where it could be two",
      tcp: CLIENT_END,
      tcp6: OTHER_CLIENT,
      owner: undefined,
    },
    {
      title: "is unknown where there is no /proc",
      tcp: undefined,
      tcp6: undefined,
      owner: undefined,
    },
  ])("$title", ({ tcp, tcp6, owner }) => {
    const root = mkdtempSync(join(tmpdir(), "unagi-owner-"));
    try {
      mkdirSync(join(root, "proc/net"), { recursive: true });
      if (tcp !== undefined) writeFileSync(join(root, "proc/net/tcp"), tcp);
      if (tcp6 !== undefined) writeFileSync(join(root, "proc/net/tcp6"), tcp6);
      expect(connectionOwner(root, ports)).toBe(owner);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  test("of a connection of our own is ourselves", async () => {
    const seen: (number | undefined)[] = [];
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, self) => {
        const client = self.requestIP(request)?.port ?? 0;
        seen.push(connectionOwner("/", { client, server: self.port ?? 0 }));
        return new Response("ok");
      },
    });
    try {
      await (await fetch(`http://127.0.0.1:${server.port}/`)).text();
      expect(seen).toEqual([process.getuid?.()]);
    } finally {
      await server.stop(true);
    }
  });
});
