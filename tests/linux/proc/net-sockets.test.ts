/** The tables of sockets: addresses, ports, and the other end of a connection. */
import { describe, expect, test } from "bun:test";
import { parseSockets, readConnectionOwner } from "../../../src/linux/proc/net-sockets.ts";
import { withRoot } from "../fixture.ts";

/** Both ends of a connection from 127.0.0.1:54321 to 127.0.0.1:8000, and a listener; Linux 6.1. */
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
const ZEROS = "00000000:00000000 00:00000000 00000000";
const V6 = [
  `   0: 00000000000000000000000001000000:1F40 00000000000000000000000000000000:0000 0A ${ZEROS}     0        0 801 1 0`,
  `   1: 0000000000000000FFFF00000100007F:1F40 00000000000000000000000000000000:0000 0A ${ZEROS}     0        0 802 1 0`,
  `   2: B80D0120000000000000000007000000:1F40 00000000000000000000000000000000:0000 0A ${ZEROS}     0        0 803 1 0`,
].join("\n");

describe("parseSockets", () => {
  test("gives each socket of the port, with its address as text", () => {
    expect(parseSockets(HEAD + LISTENER + SERVER_END + CLIENT_END, 8000)).toEqual([
      {
        localAddress: "127.0.0.1",
        localPort: 8000,
        remotePort: 0,
        state: 10,
        uid: 998,
        inode: 100,
      },
      {
        localAddress: "127.0.0.1",
        localPort: 8000,
        remotePort: 54_321,
        state: 1,
        uid: 998,
        inode: 101,
      },
    ]);
  });

  test("gives an IPv6 address in full, mapped ones too", () => {
    expect(parseSockets(V6, 8000).map(({ localAddress }) => localAddress)).toEqual([
      "0000:0000:0000:0000:0000:0000:0000:0001",
      "0000:0000:0000:0000:0000:ffff:7f00:0001",
      "2001:0db8:0000:0000:0000:0000:0000:0007",
    ]);
  });

  test.each([
    ["an empty table", HEAD],
    ["no table", ""],
    ["a line cut short", CLIENT_END.slice(0, 70)],
    ["an address of another length", LISTENER.replace("0100007F:", "01007F:")],
    ["noise", "\0\na b :1F40 :1F40 :1F40\n".repeat(1000)],
  ])("finds nothing in %s", (_, text) => {
    expect(parseSockets(text, 8000)).toEqual([]);
  });
});

describe("the owner of a connection", () => {
  test.each([
    {
      title: "is that of the client's end",
      tcp: HEAD + LISTENER + SERVER_END + CLIENT_END,
      owner: 1000,
    },
    { title: "is found in the table of IPv6", tcp: HEAD, tcp6: HEAD + CLIENT_END, owner: 1000 },
    { title: "is not the server", tcp: HEAD + LISTENER + SERVER_END },
    { title: "is not that of a connection that has ended", tcp: HEAD + ENDED },
    { title: "is unknown where it could be two", tcp: CLIENT_END, tcp6: OTHER_CLIENT },
    { title: "is unknown where there is no /proc" },
  ])("$title", ({ tcp, tcp6, owner }) =>
    withRoot((root) => {
      if (tcp !== undefined) root.write("proc/net/tcp", tcp);
      if (tcp6 !== undefined) root.write("proc/net/tcp6", tcp6);
      expect(readConnectionOwner(root.path, { client: 54_321, server: 8000 })).toBe(
        owner as number,
      );
    }),
  );

  test("of a connection of our own is ourselves", async () => {
    const seen: (number | undefined)[] = [];
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request, self) => {
        const client = self.requestIP(request)?.port ?? 0;
        seen.push(readConnectionOwner("/", { client, server: self.port ?? 0 }));
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
