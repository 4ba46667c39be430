/** What a browser, a script or a scanner may request, and what a service manager may hand over. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { loadConfig } from "../../src/config/load-config.ts";
import { handlerOver } from "../http/handler-over.ts";
import { LAB, sampleSource } from "../page/sample-cluster.ts";
import { runs, spoiledText } from "./spoil.ts";

const source = sampleSource({ sketches: LAB.slice(0, 2), cells: 3 });
const handler = handlerOver(source, { timeZone: "Europe/Vienna" });

const TARGETS = [
  "/?sort=-cpu&filter=anna&tag=gpu&by=user&at=2026-11-24T03:10&open=desk2@03:10&page=2",
  "/machines/desk2",
  "/machines/m00desk2?at=03:10",
  "/api/v1/cluster?report=summary",
  "/api/v1/machines/desk2/entries?limit=144&before=2026-11-24T03:10:00Z",
  "/api/v1/events?report=none&since=17",
  "/status.txt",
  "/healthz",
];
const STATUS = [200, 300, 304, 400, 403, 404, 405, 409, 421, 503];

/** The text as a header from a socket: no control characters, and one byte for each character. */
function headerValue(text: string): string {
  return text.replace(/[^\x20-\x7e\x80-\xff]/g, "").trim();
}

test("any request is answered with a page or a reason of limited size", async () => {
  const header = (...samples: string[]) => spoiledText(samples).map(headerValue);
  const request = fc.record({
    target: spoiledText(TARGETS),
    method: fc.constantFrom("GET", "GET", "GET", "HEAD", "DELETE", "POST", "OPTIONS"),
    headers: fc.record({
      host: fc.oneof(fc.constant("localhost"), header("localhost:8000", "[::1]:8000")),
      "accept-encoding": header("gzip, deflate;q=0.5", "gzip;q=0"),
      "if-none-match": header('"abc", W/"def"', "*"),
      "x-unagi": header("forget"),
    }),
  });
  const property = fc.asyncProperty(request, async ({ target, method, headers }) => {
    const made = new Request("http://localhost/", { method, headers });
    // Bun's server leaves the target as it came, while the constructor of Request would correct it.
    const url = target.startsWith("/") ? `http://localhost${target}` : target;
    Object.defineProperty(made, "url", { value: url });
    const answer = await handler(made, "127.0.0.1");
    expect(STATUS).toContain(answer.status);
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
    const isHtml = answer.headers.get("content-type")?.startsWith("text/html") === true;
    const text = answer.headers.has("content-encoding") ? "" : await answer.text();
    expect(text.length).toBeLessThan(200_000);
    if (isHtml) expect(text).not.toMatch(/<script>|onerror=[^"&]*>/);
  });
  await fc.assert(property, runs(120));
});

test("any environment and any files give a configuration or problems, each on one line", () => {
  const toml = spoiledText([
    'p2p-allow = ["192.168.1.", "lan"]\nsignature = "x"\nupdate = 60\n',
    'scan = ["10.0.0.0/22"]\nkey-file = ["a", "b"]\nuser = "unagi"\nbind = "10.0.0.7"\n',
  ]);
  const path = spoiledText(["/run/credentials/unagi.service", "/var/lib/unagi:/var/lib/other"]);
  const words = spoiledText(["-s 192.168.1. -u 60", "-c /x.toml -n lan -dd", "--user unagi"]);
  const property = fc.property(
    fc.record({ words, toml, path, passwd: spoiledText(["unagi:x:7:7::/:/bin/sh\n"]) }),
    ({ words, toml, path, passwd }) => {
      const loaded = loadConfig({
        argv: words.split(" "),
        env: { CREDENTIALS_DIRECTORY: path, STATE_DIRECTORY: path },
        readText: (file) => ({ kind: "text", text: file === "/etc/passwd" ? passwd : toml }),
      });
      const told = loaded.kind === "problems" ? loaded.problems : [];
      const noted = loaded.kind === "config" ? loaded.notes : [];
      for (const text of [...told, ...noted]) expect(text).not.toMatch(/[\x00-\x1f\x7f]/);
      if (loaded.kind === "config") {
        expect(loaded.config.updateSeconds).toBeGreaterThanOrEqual(1);
        expect(loaded.config.p2pPort).toBeLessThanOrEqual(65_535);
        expect(Buffer.byteLength(loaded.config.signature)).toBeLessThanOrEqual(200);
      }
    },
  );
  fc.assert(property, runs(150));
});
