/** `unagi forget`: what it says for each answer, and its exit code. */
import { describe, expect, test } from "bun:test";
import type { LocalAnswer } from "../../../src/cli/ask-local.ts";
import { readOutcome } from "../../../src/cli/commands/forget/outcome.ts";
import { forget } from "../../../src/cli/commands/forget.ts";
import { loadConfig } from "../../../src/config/load-config.ts";

function text(status: number, value: unknown): LocalAnswer {
  return { kind: "text", status, text: typeof value === "string" ? value : JSON.stringify(value) };
}

const NOT_UNAGI = "TCP port 8000 is held by another program, or by a unagi without this command: ";

describe("the outcome of forget", () => {
  const forgotten = { id: "m07", name: "node07", address: "10.0.0.7", state: "down" };

  test("names the machine that is removed, and says what the others do", () => {
    expect(readOutcome(text(200, { forgotten }), { machine: "node07", port: 8000 })).toEqual({
      isForgotten: true,
      text:
        "node07 at 10.0.0.7 is removed here; the other machines remove it within a minute\n" +
        "if it is down or stopped for them too",
    });
  });

  test("lists the ids of machines that share the name", () => {
    const choices = [
      { id: "m16", name: "ghost", address: "10.0.0.16", state: "down" },
      { id: "m17", name: "ghost", address: "10.0.0.17", state: "stopped" },
      null,
      { id: 7 },
    ];
    expect(
      readOutcome(text(300, { error: "…", choices }), { machine: "ghost", port: 8000 }),
    ).toEqual({
      isForgotten: false,
      text:
        "several machines that are down or stopped are called 'ghost'; name one by its id:\n" +
        "  m16  10.0.0.16, down\n  m17  10.0.0.17, stopped\n  ?  ?, ?",
    });
  });

  test("links to the page at the address of --bind if the machine is unknown", () => {
    const answer = text(404, { error: "no machine has this id, address or name" });
    const where = (bind: string) =>
      readOutcome(answer, { machine: "node07", port: 8000, bind }).text;
    expect(where("127.0.1.1")).toContain("; http://127.0.1.1:8000/ shows");
    expect(where("fd00::1")).toContain("; http://[fd00::1]:8000/ shows");
  });

  const cases: readonly (readonly [string, LocalAnswer, string])[] = [
    [
      "names the port and the remedy if no unagi runs",
      { kind: "nobody" },
      "no unagi runs here on TCP port 8000: start it, or give the options that it was started with (-h, --bind, -c)",
    ],
    [
      "tells a program that does not answer",
      { kind: "failed", reason: "no answer within 3 s" },
      `${NOT_UNAGI}no answer within 3 s`,
    ],
    [
      "is the reason of the refusal for a machine that is up",
      text(409, { error: "node07 is up: stop it first, or it would come back at once" }),
      "node07 is up: stop it first, or it would come back at once",
    ],
    [
      "says where the known machines are shown if the machine is unknown",
      text(404, { error: "no machine has this id, address or name" }),
      "'node07': no machine has this id, address or name; http://localhost:8000/ shows the machines known here",
    ],
    [
      "tells a unagi whose http-allow does not include this machine",
      text(403, ""),
      "the unagi here does not answer this machine: add 127.0.0.1 to -a",
    ],
    [
      "is the reason of a refusal",
      text(403, { error: "only this machine itself" }),
      "only this machine itself",
    ],
    [
      "tells an older unagi",
      text(405, "Only GET and HEAD are answered here.\n"),
      `${NOT_UNAGI}it answers 405`,
    ],
    [
      "tells another program that answers anything",
      text(200, "hello"),
      `${NOT_UNAGI}it answers 200`,
    ],
    [
      "tells another program that answers JSON",
      text(200, { forgotten: "yes" }),
      `${NOT_UNAGI}it answers 200`,
    ],
    [
      "tells another program that has no such page",
      text(404, "<h1>Not found</h1>"),
      `${NOT_UNAGI}it answers 404`,
    ],
    [
      "tells an answer whose choices are not a list",
      text(300, { choices: "many" }),
      `${NOT_UNAGI}it answers 300`,
    ],
    ["tells a conflict without a reason", text(409, "[]"), `${NOT_UNAGI}it answers 409`],
    [
      "tells a failure of the other side",
      text(500, "The report could not be made"),
      `${NOT_UNAGI}it answers 500`,
    ],
    [
      "escapes what another program says",
      text(409, { error: "\x1b[2Jgone\n\u202e" }),
      "\\x1b[2Jgone\\n\\u{202e}",
    ],
  ];
  test.each(cases)("%s", (_title, answer, expected) => {
    expect(readOutcome(answer, { machine: "node07", port: 8000 })).toEqual({
      isForgotten: false,
      text: expected,
    });
  });
});

describe("unagi forget", () => {
  async function run(machine: string, port: number) {
    const seen = { out: "", error: "" };
    const argv = ["-c", "/dev/null", "-h", String(port)];
    const loaded = loadConfig({ argv, env: {}, readText: () => ({ kind: "text", text: "" }) });
    if (loaded.kind !== "config") throw new Error(loaded.kind);
    const input = { ...loaded, machine, notes: ["/etc/unagi/unagi.toml is not used"] };
    const code = await forget.run(input, {
      env: {},
      readText: () => ({ kind: "absent" }),
      out: (line) => {
        seen.out += line;
      },
      error: (line) => {
        seen.error += line;
      },
    });
    return { code, ...seen };
  }

  test("sends DELETE with its header and the name in the path", async () => {
    const asked: unknown[] = [];
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: (request) => {
        const { pathname } = new URL(request.url);
        asked.push([request.method, pathname, request.headers.get("x-unagi")]);
        return Response.json({ forgotten: { name: "a b", address: "10.0.0.7" } });
      },
    });
    try {
      const { code, out, error } = await run("a b/ü?", server.port ?? 0);
      expect(asked).toEqual([["DELETE", "/api/v1/machines/a%20b%2F%C3%BC%3F", "forget"]]);
      expect([code, error]).toEqual([0, ""]);
      expect(out).toStartWith("a b at 10.0.0.7 is removed here;");
    } finally {
      await server.stop(true);
    }
  });

  test("says on stderr that no unagi runs and which file was not read, and exits 1", async () => {
    const server = Bun.serve({ hostname: "127.0.0.1", port: 0, fetch: () => new Response() });
    const port = server.port ?? 0;
    await server.stop(true);
    const { code, out, error } = await run("node07", port);
    expect([code, out]).toEqual([1, ""]);
    expect(error).toBe(
      `unagi: no unagi runs here on TCP port ${port}: start it, or give the options that it was started with (-h, --bind, -c)\n` +
        "unagi: /etc/unagi/unagi.toml is not used\n",
    );
  });
});
