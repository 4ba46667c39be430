import { describe, expect, test } from "bun:test";
import type { HttpHandlerOptions } from "../../src/http/handler.ts";
import { LAB, sampleSource } from "../page/sample-cluster.ts";
import { handlerOver } from "./handler-over.ts";

const source = sampleSource();
const hostNames = new Set(["localhost", "node01", "node01.local", "lab.example"]);

function handlerWith(more: Partial<HttpHandlerOptions> = {}) {
  return handlerOver(source, {
    allow: (address) => address === "127.0.0.1" || address.startsWith("192.168.1."),
    hostNames,
    ...more,
  });
}

const handler = handlerWith();

interface Ask {
  readonly host?: string | null;
  readonly method?: string;
  readonly from?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Only `?fresh=` is answered later. */
function answerOf(answer: Response | Promise<Response>): Response {
  if (answer instanceof Response) return answer;
  throw new Error("answered later");
}

function ask(
  path: string,
  { host = "localhost:8000", method = "GET", from = "127.0.0.1", headers = {} }: Ask = {},
) {
  const all = host === null ? headers : { ...headers, host };
  return answerOf(
    handler(new Request(`http://localhost:8000${path}`, { method, headers: all }), from),
  );
}

describe("access by address", () => {
  const cases: readonly (readonly [string, number])[] = [
    ["127.0.0.1", 200],
    ["::ffff:127.0.0.1", 200],
    ["192.168.1.7", 200],
    ["::ffff:192.168.1.7", 200],
    ["10.0.0.1", 403],
    ["::1", 403],
    ["127.0.0.10", 403],
    ["", 403],
    ["localhost", 403],
  ];
  for (const [from, status] of cases) {
    test(`a client at ${from === "" ? "no address" : from} gets ${status}`, async () => {
      const answer = ask("/", { from });
      expect(answer.status).toBe(status);
      if (status === 403) expect(await answer.text()).toBe("");
    });
  }

  test("gives nothing away of paths, names or methods to a client that is not allowed", async () => {
    for (const path of ["/", "/nothing", "/%zz", "/healthz"]) {
      expect(ask(path, { from: "10.0.0.1", host: "evil.example", method: "POST" }).status).toBe(
        403,
      );
    }
  });
});

describe("a Host header", () => {
  const cases: readonly (readonly [string | null, number])[] = [
    ["localhost", 200],
    ["LOCALHOST:8000", 200],
    ["node01", 200],
    ["Node01.:8000", 200],
    ["node01.local", 200],
    ["lab.example", 200],
    ["192.168.1.11:8000", 200],
    ["127.0.0.1", 200],
    ["[::1]:8000", 200],
    ["[fe80::1]", 200],
    [null, 200],
    ["", 421],
    ["evil.example", 421],
    ["node01.evil.example", 421],
    ["localhost.evil.example", 421],
    ["localhost, evil.example", 421],
    ["user@localhost", 421],
    ["node01:http", 421],
    ["[::1", 421],
    ["[evil]", 421],
    ["010.1.2.3", 421],
    ["2130706433", 421],
    ["a".repeat(5000), 421],
  ];
  for (const [host, status] of cases) {
    test(`${host === null ? "that is missing" : JSON.stringify(host.slice(0, 30))} gives ${status}`, async () => {
      const answer = ask("/healthz", { host });
      expect(answer.status).toBe(status);
      if (status === 421) expect(await answer.text()).toContain("http-name");
    });
  }
});

describe("every answer", () => {
  const cases: readonly (readonly [string, number, Ask])[] = [
    ["/", 200, {}],
    ["/page.css", 200, {}],
    ["/api/v1/cluster", 200, {}],
    ["/status.txt", 200, {}],
    ["/nothing", 404, {}],
    ["/machines/nothing", 404, {}],
    ["/api/v1/nothing", 404, {}],
    ["/", 403, { from: "10.0.0.1" }],
    ["/", 421, { host: "evil.example" }],
    ["/", 405, { method: "POST" }],
    ["/%zz", 400, {}],
    ["/api/v1/cluster?report=x", 400, {}],
  ];
  for (const [path, status, options] of cases) {
    test(`carries the security headers: ${status} for ${path}`, () => {
      const answer = ask(path, options);
      expect(answer.status).toBe(status);
      expect(answer.headers.get("content-security-policy")).toBe(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      );
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
      expect(answer.headers.get("cache-control")).not.toBeNull();
    });
  }

  const allowed: readonly (readonly [string, string])[] = [
    ["/", "GET, HEAD"],
    ["/machines/gpu-a", "GET, HEAD"],
    ["/page.css", "GET, HEAD"],
    ["/healthz", "GET, HEAD"],
    ["/api/v1/cluster", "GET, HEAD"],
    ["/api/v1/events", "GET, HEAD"],
    ["/api/v1/machines/gpu-a", "GET, HEAD, DELETE"],
    ["/api/v1/machines/gpu-a/entries", "GET, HEAD"],
    ["/nothing", "GET, HEAD"],
    ["/api/v1/nothing", "GET, HEAD"],
  ];
  test.each(allowed)("to a wrong method at %s is 405 and allows %s", (path, allow) => {
    for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
      if (allow.includes(method)) continue;
      const answer = ask(path, { method });
      expect([answer.status, answer.headers.get("allow")]).toEqual([405, allow]);
    }
  });

  test.each(["/", "/machines/gpu-a", "/status.txt", "/healthz", "/page.css", "/api/v1/cluster"])(
    "to HEAD of %s has the status and the headers of GET",
    (path) => {
      const [head, get] = [ask(path, { method: "HEAD" }), ask(path)];
      expect(head.status).toBe(200);
      expect([...head.headers]).toEqual([...get.headers]);
    },
  );
});

describe("/healthz", () => {
  test("looks at no machine, however often it is asked", () => {
    let looks = 0;
    const cluster = () => {
      looks += 1;
      return source.cluster();
    };
    const own = handlerWith({ source: { ...source, cluster } });
    for (let round = 0; round < 3; round += 1) {
      const request = new Request("http://localhost/healthz", { headers: { host: "localhost" } });
      expect(answerOf(own(request, "127.0.0.1")).status).toBe(200);
    }
    expect(looks).toBe(0);
  });

  test("is never kept by a proxy or a browser", () => {
    expect(ask("/healthz").headers.get("cache-control")).toBe("no-store");
  });
});

describe("the path", () => {
  const cases: readonly (readonly [string, number, string])[] = [
    ["/", 200, "text/html"],
    ["/?filter=gpu", 200, "text/html"],
    ["/?sort=nonsense&at=never&open=@@", 200, "text/html"],
    ["/machines/gpu-a", 200, "text/html"],
    ["/machines/192.168.1.31", 200, "text/html"],
    ["/machines/GPU-A", 200, "text/html"],
    ["/machines/", 404, "text/html"],
    ["/machines/gpu-a/", 404, "text/html"],
    ["/machines/..%2f..%2fetc%2fpasswd", 404, "text/html"],
    ["/machines/%3Cscript%3E", 404, "text/html"],
    ["/machines/%E0%A4%A", 400, "text/plain"],
    ["/%", 400, "text/plain"],
    ["/status.txt", 200, "text/plain"],
    ["/healthz", 200, "text/plain"],
    ["/favicon.svg", 200, "image/svg+xml"],
    ["/favicon-down.svg", 200, "image/svg+xml"],
    ["/page.css", 200, "text/css"],
    ["/page.css/", 404, "text/html"],
    ["/metrics", 404, "text/html"],
    ["/api", 404, "application/json"],
    ["/api/v2/cluster", 404, "application/json"],
    ["/api/v1/cluster/", 404, "application/json"],
    ["/api/v1/machines/", 404, "application/json"],
    ["/api/v1/machines/gpu-a/entries/1", 404, "application/json"],
    [`/${"x".repeat(8000)}`, 404, "text/html"],
  ];
  for (const [path, status, type] of cases) {
    test(`${path.slice(0, 60)} gives ${status} as ${type}`, () => {
      const answer = ask(path);
      expect(answer.status).toBe(status);
      expect(answer.headers.get("content-type")).toStartWith(type);
    });
  }

  test("of no machine is shown as text on the page that says so", async () => {
    const html = await ask("/machines/%3Cscript%3E").text();
    expect(html).toContain("“&lt;script>” is no id, address or name");
  });

  test("with a name that two machines share gives 300 and the choice", async () => {
    const twins = sampleSource({
      sketches: [...LAB, { ...LAB[1], address: "10.0.0.9" } as (typeof LAB)[number]],
      cells: 1,
    });
    const twinHandler = handlerWith({ source: twins });
    const get = (path: string) =>
      answerOf(
        twinHandler(
          new Request(`http://localhost${path}`, { headers: { host: "localhost" } }),
          "127.0.0.1",
        ),
      );
    const page = get("/machines/gpu-a");
    expect(page.status).toBe(300);
    const html = await page.text();
    expect(html).toContain('href="/machines/m01gpu-a"');
    expect(html).toContain('href="/machines/m11gpu-a"');
    const json = get("/api/v1/machines/gpu-a");
    expect(json.status).toBe(300);
    const { choices } = (await json.json()) as { choices: { id: string; href: string }[] };
    expect(choices.map(({ href }) => href)).toEqual([
      "/api/v1/machines/m01gpu-a",
      "/api/v1/machines/m11gpu-a",
    ]);
    expect(get("/machines/10.0.0.9").status).toBe(200);
    // On the page, and where each person's processes are told, each has a link of its own.
    for (const path of ["/", "/?by=user"]) {
      const shown = await get(path).text();
      expect(shown).toContain('href="/machines/m01gpu-a');
      expect(shown).toContain('href="/machines/m11gpu-a');
    }
  });
});

describe("the JSON interface", () => {
  test.each([
    "/api/v1/cluster",
    "/api/v1/machines/render3",
    "/api/v1/machines/render3/entries?limit=3",
  ])("answers %s with JSON", async (path) => {
    const answer = ask(path);
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(await answer.json()).toBeObject();
  });

  const wrong: readonly (readonly [string, string])[] = [
    ["/api/v1/cluster?report=long", "report"],
    ["/api/v1/machines/gpu-a?x=1", "x"],
    ["/api/v1/machines/gpu-a/entries?limit=0", "limit"],
    ["/api/v1/machines/gpu-a/entries?before=yesterday", "before"],
  ];
  test.each(wrong)("answers %s with 400 and names %s", async (path, parameter) => {
    const answer = ask(path);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error: expect.stringContaining(parameter), parameter });
  });

  test("says that no machine is called so, with 404", async () => {
    const answer = ask("/api/v1/machines/zed");
    expect(answer.status).toBe(404);
    expect(await answer.json()).toEqual({
      error: "no machine has this id, address or name",
      key: "zed",
    });
  });
});

describe("a body", () => {
  test("is compressed for a reader that takes gzip, and is the same then", async () => {
    const plain = await ask("/").text();
    const packed = ask("/", { headers: { "accept-encoding": "br, gzip" } });
    expect(packed.headers.get("content-encoding")).toBe("gzip");
    const bytes = new Uint8Array(await packed.arrayBuffer());
    expect(bytes.length).toBeLessThan(plain.length / 3);
    expect(new TextDecoder().decode(Bun.gunzipSync(bytes))).toBe(plain);
    for (const accepted of ["", "br", "gzip;q=0", "x-gzip-not"]) {
      const answer = ask("/", { headers: { "accept-encoding": accepted } });
      expect(answer.headers.get("content-encoding")).toBeNull();
    }
  });

  test("that a reader holds already is not sent again", async () => {
    for (const path of ["/", "/status.txt", "/api/v1/cluster", "/page.css"]) {
      const etag = ask(path).headers.get("etag") ?? "";
      expect(etag).toMatch(/^"[a-z0-9]+"$/);
      for (const held of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const answer = ask(path, { headers: { "if-none-match": held } });
        expect(answer.status).toBe(304);
        expect(await answer.text()).toBe("");
      }
      expect(ask(path, { headers: { "if-none-match": '"other"' } }).status).toBe(200);
    }
  });

  test("is made once for two readers of the same second, and anew when something changed", () => {
    let version = 1;
    let made = 0;
    const counting = handlerWith({
      source: {
        ...source,
        version: () => version,
        strips: (since) => {
          made += 1;
          return source.strips(since);
        },
      },
    });
    const get = (path: string) =>
      counting(
        new Request(`http://localhost${path}`, { headers: { host: "localhost" } }),
        "127.0.0.1",
      );
    get("/");
    get("/");
    expect(made).toBe(1);
    get("/?sort=-cpu");
    expect(made).toBe(2);
    version = 2;
    get("/");
    expect(made).toBe(3);
    for (let step = 0; step < 100; step += 1) get(`/?filter=x${step}`);
    expect(made).toBe(103);
  });

  test("of style or an icon may be kept for good, under an address that holds its hash", async () => {
    const [link = ""] = /\/page\.css\?v=[a-z0-9]+/.exec(await ask("/").text()) ?? [];
    const answer = ask(link);
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(await answer.text()).toContain("prefers-color-scheme: dark");
  });

  test("has the icon with the cross only when a machine is down", async () => {
    expect(await ask("/").text()).toContain("/favicon-down.svg");
    const well = handlerWith({ source: sampleSource({ sketches: LAB.slice(3, 7), cells: 1 }) });
    const answer = answerOf(
      well(new Request("http://localhost/", { headers: { host: "localhost" } }), "127.0.0.1"),
    );
    expect(await answer.text()).not.toContain("/favicon-down.svg");
  });
});

describe("an answer that tells of all machines", () => {
  const all = source.cluster().machines.length;
  const cases: readonly (readonly [string, readonly number[]])[] = [
    ["/", [all]],
    ["/?by=user", [all]],
    ["/status.txt", [all]],
    ["/api/v1/cluster", [all]],
    ["/healthz", []],
    ["/machines/node01", []],
    ["/api/v1/machines/node01", []],
    ["/nothing", []],
  ];
  test.each(cases)("is counted when it is made, and only then: %s", async (path, counts) => {
    const made: number[] = [];
    const own = handlerWith({ source, onMade: (machines) => made.push(machines) });
    for (let round = 0; round < 2; round += 1) {
      const headers = { host: "localhost" };
      await own(new Request(`http://localhost${path}`, { headers }), "127.0.0.1");
    }
    expect(made).toEqual([...counts]);
  });
});
