/**
 * A route says for one method and one form of path what is answered and how. `createRouter` finds
 * the route of a request; `handler.ts` does what the route says.
 */
import type { ClusterView } from "../view/cluster-view.ts";
import type { Body, Caching } from "./answer.ts";
import type { Client, Service } from "./service.ts";

/** A request as its handler gets it. */
export interface Call {
  readonly request: Request;
  readonly client: Client;
  readonly path: string;
  /** The decoded text at the place of KEY or NAME in the pattern; empty where there is none. */
  readonly slug: string;
  /** The query without the question mark. */
  readonly query: string;
  readonly service: Service;
}

export interface ViewCall extends Call {
  readonly view: ClusterView;
}

interface RouteBase {
  /** GET stands for HEAD as well. */
  readonly method: "GET" | "DELETE";
  /** `/machines/KEY`: a segment in capitals stands for any text that is not empty. */
  readonly pattern: string;
  /** A person looks at the cluster as it is now, unless `?at=` asks for the past: that is watching. */
  readonly isLook?: true;
  /** The answer tells of all machines, so that it leaves garbage by their number. */
  readonly tellsOfAll?: true;
  /** What the answer has to wait for, if anything. */
  readonly wait?: (call: Call) => Promise<void> | undefined;
}

interface PlainRoute extends RouteBase {
  readonly caching: Exclude<Caching, "per era">;
  readonly needsView: false;
  readonly answer: (call: Call) => Body | Response;
}

interface ViewRoute extends RouteBase {
  /** The part of the query that the answer depends on; all of it without this. */
  readonly variant?: (query: string) => string;
  readonly caching: Exclude<Caching, "for good">;
  readonly needsView: true;
  readonly answer: (call: ViewCall) => Body;
}

export type Route = PlainRoute | ViewRoute;

/**
 * Finds the route of a method and a decoded path, such as `["machines", "node01"]`. `elsewhere`
 * gives the route of a path that is not in the table.
 */
export function createRouter(
  routes: readonly Route[],
  elsewhere: (segments: readonly string[]) => Route,
) {
  const compiled = routes.map((route) => ({ route, parts: partsOf(route.pattern) }));
  return (method: string, segments: readonly string[]) => {
    const matching = compiled.filter(({ parts }) => isMatch(parts, segments));
    const here = matching.map(({ route }) => route);
    const offered = here.length === 0 ? [elsewhere(segments)] : here;
    const asked = method === "HEAD" ? "GET" : method;
    const route = offered.find((one) => one.method === asked);
    if (route === undefined) return { kind: "wrong method", allow: methodsOf(offered) } as const;
    const at = matching[0]?.parts.indexOf(ANY) ?? -1;
    return { kind: "route", route, slug: segments[at] ?? "" } as const;
  };
}

/** A segment that stands for any text. */
const ANY = undefined;

function partsOf(pattern: string): readonly (string | typeof ANY)[] {
  const parts = pattern.slice(1).split("/");
  return parts.map((part) => (/^[A-Z]+$/.test(part) ? ANY : part));
}

function isMatch(parts: readonly (string | typeof ANY)[], segments: readonly string[]): boolean {
  return (
    parts.length === segments.length &&
    parts.every((part, at) => (part === ANY ? segments[at] !== "" : segments[at] === part))
  );
}

function methodsOf(routes: readonly Route[]): readonly string[] {
  return routes.flatMap(({ method }) => (method === "GET" ? ["GET", "HEAD"] : [method]));
}
