/**
 * The HTTP interface without a socket: takes a request and the client's address, and gives the
 * response. Decides who is answered and under which host names; `routes.ts` says what each path
 * gives.
 */
import { canonicalAddress } from "../net/address.ts";
import type { ClusterSource } from "../view/cluster-view.ts";
import { createWarnedSince } from "../view/history/warned-since.ts";
import { createTimes } from "../view/times.ts";
import { answerWith, type Body, plainAnswer } from "./answer.ts";
import { createAssets } from "./assets.ts";
import { BodyCache } from "./body-cache.ts";
import type { EventStreams } from "./events.ts";
import { isAllowedHost } from "./host-names.ts";
import { type Call, createRouter, type Route } from "./router.ts";
import { nothingAt, ROUTES } from "./routes.ts";
import type { Service } from "./service.ts";
import type { Watchers } from "./watching.ts";

export interface HttpHandlerOptions
  extends Pick<Service, "source" | "streams" | "freshener" | "removal"> {
  /** Whether `http-allow` lets this canonical address in. */
  readonly allow: (address: string) => boolean;
  /** The allowed host names, as `hostNamesOf` gives them. */
  readonly hostNames: ReadonlySet<string>;
  readonly watchers: Pick<Watchers, "glance">;
  /** Called when an answer about all machines has been made, with their number. */
  readonly onMade?: (machines: number) => void;
  /** The zone of the times on the pages, as Intl names it; without it, the machine's own. */
  readonly timeZone?: string;
}

/** `clientAddress`: as the socket gives it; an IPv4-mapped one counts as its IPv4 address. */
export type HttpHandler = (
  request: Request,
  clientAddress: string,
  clientPort?: number,
) => Response | Promise<Response>;

const MISDIRECTED =
  "unagi does not answer under this host name. Use an address or the machine's name, or start unagi with --http-name NAME (http-name in unagi.toml).\n";

export function createHttpHandler(options: HttpHandlerOptions): HttpHandler {
  const findRoute = createRouter(ROUTES, nothingAt);
  let answer: ReturnType<typeof createAnswering> | undefined;
  return (request, clientAddress, port = 0) => {
    const address = canonicalAddress(clientAddress);
    if (address === undefined || !options.allow(address)) return plainAnswer(403, null);
    if (!isAllowedHost(request.headers.get("host"), options.hostNames)) {
      return plainAnswer(421, MISDIRECTED);
    }
    const { path, query } = targetOf(request.url);
    const segments = segmentsOf(path);
    if (segments === undefined) {
      return plainAnswer(400, "The path is not properly percent-encoded.\n");
    }
    const found = findRoute(request.method, segments);
    if (found.kind === "wrong method") return wrongMethod(found.allow);
    // This is made at the first request: time zone and styles take a tenth of the daemon's start.
    answer ??= createAnswering(options);
    const client = { address, port };
    return answer(found.route, { request, client, path, slug: found.slug, query });
  };
}

/**
 * Path and query of a request as they came, hostile ones included; `query` is without the question
 * mark. Bun gives the bare path for an HTTP/1.0 request without a Host or with a bad one, where
 * `new URL` would throw.
 */
function targetOf(url: string) {
  const scheme = url.indexOf("://");
  const from = url.startsWith("/") ? 0 : url.indexOf("/", scheme < 0 ? 0 : scheme + 3);
  const rest = from < 0 ? "/" : (url.slice(from).split("#", 1)[0] ?? "/");
  const [path = "", ...query] = rest.split("?");
  return { path, query: query.join("?") };
}

/** `["machines", "node01"]`; `undefined` for a path whose percent-encoding is broken. */
function segmentsOf(path: string): readonly string[] | undefined {
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

/** Carries out routes, and keeps the bodies that may be kept. */
function createAnswering(options: HttpHandlerOptions) {
  const { source, watchers, onMade } = options;
  const timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
  const service: Service = {
    ...options,
    times: createTimes(timeZone),
    assets: createAssets(),
    warnedSince: createWarnedSince((id, query) => source.entries(id, query)),
  };
  const eraNow = createEras(source, options.streams);
  // Followed pages and all other answers have eras of their own.
  const [looks, others] = [new BodyCache(), new BodyCache()];

  function answerTo(route: Route, call: Call, isLook: boolean): Body | Response {
    if (!route.needsView) return route.answer(call);
    // The costly part: a look at every machine.
    const make = () => {
      const view = source.cluster();
      if (route.tellsOfAll === true) onMade?.(view.machines.length);
      return route.answer({ ...call, view });
    };
    if (route.caching === "none") return make();
    const name = `${call.path}?${route.variant?.(call.query) ?? call.query}`;
    return (isLook ? looks : others).get(eraNow(isLook), name, make);
  }

  return (route: Route, asked: Omit<Call, "service">): Response | Promise<Response> => {
    const call = { ...asked, service };
    const isLook = route.isLook === true && !isOfPast(asked.query);
    if (isLook) watchers.glance();
    const answerNow = (): Response => {
      const answer = answerTo(route, call, isLook);
      return answer instanceof Response ? answer : answerWith(call.request, answer, route.caching);
    };
    const wait = route.wait?.(call);
    return wait === undefined ? answerNow() : wait.then(answerNow);
  };
}

/**
 * Eras say which answers still hold: an answer belongs to one era, and is made anew in the next. An
 * era is one version of the state and one second, as pages show the time to the second. The state of
 * a thousand machines changes five hundred times a second, but browsers that follow a page are told
 * once a second and ask then: for followed pages an era lasts from one event to the next.
 */
function createEras(source: ClusterSource, streams: Pick<EventStreams, "told">) {
  let told: number | undefined;
  let toldAtMs = 0;
  return (isFollowed: boolean): string => {
    const { wallMs, elapsedMs } = source.moment();
    const nowTold = isFollowed ? streams.told() : undefined;
    if (nowTold === undefined) return `${source.version()} ${Math.floor(wallMs / 1000)}`;
    if (nowTold !== told) [told, toldAtMs] = [nowTold, elapsedMs];
    return `told ${told} ${Math.floor((elapsedMs - toldAtMs) / 1000)}`;
  };
}

function isOfPast(query: string): boolean {
  return /(^|&)at=/.test(query);
}

function wrongMethod(allow: readonly string[]): Response {
  const named = `${allow.slice(0, -1).join(", ")} and ${allow.at(-1)}`;
  return plainAnswer(405, `Only ${named} are answered here.\n`, { allow: allow.join(", ") });
}
