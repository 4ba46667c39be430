/**
 * The HTTP interface without a socket: takes a request and the client's address, and gives the
 * response. Decides who is answered and under which host names; `routes.ts` says what each path
 * gives.
 */
import { canonicalAddress } from "../net/address.ts";
import { createWarnedSince } from "../view/history/warned-since.ts";
import { createTimes } from "../view/times.ts";
import { answerWith, type Body, plainAnswer } from "./answer.ts";
import { createAssets } from "./assets.ts";
import { BodyCache } from "./body-cache.ts";
import { createEras, type EraNow } from "./eras.ts";
import { isAllowedHost } from "./host-names.ts";
import { segmentsOf, targetOf } from "./request-target.ts";
import { type Call, createRouter, type Route, type ViewRoute } from "./router.ts";
import { nothingAt, ROUTES } from "./routes.ts";
import type { Service } from "./service.ts";
import type { Watchers } from "./watching.ts";

export interface HttpHandlerOptions
  extends Pick<Service, "source" | "streams" | "freshener" | "removal"> {
  /** Whether `http-allow` lets this canonical address in. */
  readonly allow: (address: string) => boolean;
  /** As `hostNamesOf` gives them. */
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
  let answering: Answering | undefined;
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
    // Not before the first request: time zone and styles take a tenth of the daemon's start.
    answering ??= new Answering(options);
    const client = { address, port };
    return answering.answer(found.route, { request, client, path, slug: found.slug, query });
  };
}

/** Carries out routes, and keeps the bodies that may be kept. */
class Answering {
  readonly #options: HttpHandlerOptions;
  readonly #service: Service;
  readonly #era: EraNow;
  /** Followed pages and all other answers have eras of their own. */
  readonly #looks = new BodyCache();
  readonly #others = new BodyCache();

  constructor(options: HttpHandlerOptions) {
    const { source } = options;
    const timeZone = options.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
    this.#options = options;
    this.#era = createEras(source, options.streams);
    this.#service = {
      ...options,
      times: createTimes(timeZone),
      assets: createAssets(),
      warnedSince: createWarnedSince((id, query) => source.entries(id, query)),
    };
  }

  answer(route: Route, asked: Omit<Call, "service">): Response | Promise<Response> {
    const call = { ...asked, service: this.#service };
    const isLook = route.isLook === true && !isOfPast(asked.query);
    if (isLook) this.#options.watchers.glance();
    const answerNow = (): Response => {
      const answer = this.#answerTo(route, call, isLook);
      return answer instanceof Response ? answer : answerWith(call.request, answer, route.caching);
    };
    const wait = route.wait?.(call);
    return wait === undefined ? answerNow() : wait.then(answerNow);
  }

  #answerTo(route: Route, call: Call, isLook: boolean): Body | Response {
    if (!route.needsView) return route.answer(call);
    if (route.caching === "none") return this.#view(route, call);
    const cache = isLook ? this.#looks : this.#others;
    const name = `${call.path}?${route.variant?.(call.query) ?? call.query}`;
    return cache.get(this.#era(isLook), name, () => this.#view(route, call));
  }

  /** The costly part: a look at every machine. */
  #view(route: ViewRoute, call: Call): Body {
    const view = this.#service.source.cluster();
    if (route.tellsOfAll === true) this.#options.onMade?.(view.machines.length);
    return route.answer({ ...call, view });
  }
}

function isOfPast(query: string): boolean {
  return /(^|&)at=/.test(query);
}

function wrongMethod(allow: readonly string[]): Response {
  const named = `${allow.slice(0, -1).join(", ")} and ${allow.at(-1)}`;
  return plainAnswer(405, `Only ${named} are answered here.\n`, { allow: allow.join(", ") });
}
