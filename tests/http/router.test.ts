/** Which route a request finds: by the table's patterns, without a server. */
import { describe, expect, test } from "bun:test";
import { bodyOf } from "../../src/http/answer.ts";
import { createRouter, type Route } from "../../src/http/router.ts";
import { nothingAt, ROUTES } from "../../src/http/routes.ts";

function route(pattern: string, method: Route["method"] = "GET"): Route {
  const answer = () => bodyOf({ text: pattern, contentType: "text/plain" });
  return { method, pattern, caching: "none", needsView: false, answer };
}

const ELSEWHERE = route("elsewhere");
const find = createRouter(
  [route("/"), route("/machines/KEY"), route("/machines/KEY", "DELETE"), route("/machines/KEY/x")],
  () => ELSEWHERE,
);

describe("the router", () => {
  const cases: readonly (readonly [string, readonly string[], string, string])[] = [
    ["GET", [""], "/", ""],
    ["HEAD", [""], "/", ""],
    ["GET", ["machines", "a b"], "/machines/KEY", "a b"],
    ["DELETE", ["machines", "KEY"], "/machines/KEY", "KEY"],
    ["GET", ["machines", "a", "x"], "/machines/KEY/x", "a"],
    ["GET", ["machines", ""], "elsewhere", ""],
    ["GET", ["machines"], "elsewhere", ""],
    ["GET", ["machines", "a", ""], "elsewhere", ""],
    ["GET", ["machines", "a", "y"], "elsewhere", ""],
    ["HEAD", ["Machines", "a"], "elsewhere", ""],
  ];
  test.each(cases)(
    "finds for %s %j the route %s with the slug %j",
    (method, path, pattern, slug) => {
      const found = find(method, path);
      expect(found.kind === "route" && [found.route.pattern, found.slug]).toEqual([pattern, slug]);
    },
  );

  const wrong: readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["POST", [""], ["GET", "HEAD"]],
    ["DELETE", [""], ["GET", "HEAD"]],
    ["POST", ["machines", "a"], ["GET", "HEAD", "DELETE"]],
    ["get", ["machines", "a"], ["GET", "HEAD", "DELETE"]],
    ["DELETE", ["machines", "a", "x"], ["GET", "HEAD"]],
    ["POST", ["nowhere"], ["GET", "HEAD"]],
  ];
  test.each(wrong)("refuses %s of %j, where %j are allowed", (method, path, allow) => {
    expect(find(method, path)).toEqual({ kind: "wrong method", allow });
  });
});

describe("the table of routes", () => {
  test("has each method and pattern once", () => {
    const names = ROUTES.map(({ method, pattern }) => `${method} ${pattern}`);
    expect(new Set(names).size).toBe(names.length);
  });

  test("counts as looks the pages that people read, and nothing that programs ask for", () => {
    const looks = ROUTES.filter(({ isLook }) => isLook).map(({ pattern }) => pattern);
    expect(looks).toEqual(["/", "/machines/KEY", "/status.txt"]);
  });

  test("has JSON for unknown paths below /api, and a page for others", () => {
    expect(nothingAt(["api", "v2"]).needsView).toBe(false);
    expect(nothingAt(["apis"]).needsView).toBe(true);
  });
});
