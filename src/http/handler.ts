/**
 * The HTTP interface without a socket: a request and the client's address in, a response out.
 * Whom it answers, under which names, and what each path gives.
 */

import {
  clusterJson,
  entriesJson,
  errorJson,
  machineJson,
  readClusterQuery,
  readEntryQuery,
  readEventQuery,
  readFresh,
  readMachineQuery,
  type WrongParameter,
} from "../api/json.ts";
import { counted, shownText } from "../base/shown-text.ts";
import type { Machine } from "../cluster/machine.ts";
import { canonicalAddress } from "../net/address.ts";
import type { ErrorPage } from "../page/components/error-page.tsx";
import { clusterHtml, errorHtml, machineHtml, type RenderContext } from "../page/render.ts";
import { statusText } from "../page/text/status-text.ts";
import type { ClusterSource } from "../view/cluster-view.ts";
import { createWarnedSince, type WarnedSinceOf } from "../view/history/warned-since.ts";
import { machineHref } from "../view/machine-href.ts";
import { findMachine, slugsOf } from "../view/machine-slug.ts";
import { createTimes, type Times } from "../view/times.ts";
import { answerWith, type Body, bodyOf, HTML, JSON_TYPE, plainAnswer, TEXT } from "./answer.ts";
import { type Assets, createAssets } from "./assets.ts";
import { BodyCache } from "./body-cache.ts";
import { createEras, type Eras } from "./eras.ts";
import type { EventStreams } from "./events.ts";
import { answerForget, type Client, type Forgetter, isForgetPath } from "./forget.ts";
import { createFreshener, type Freshener } from "./fresh.ts";
import { isAllowedHost } from "./host-names.ts";
import type { Live } from "./live.ts";

export interface HttpHandlerOptions {
  readonly source: ClusterSource;
  /** `http-allow`, for a canonical address. */
  readonly allow: (address: string) => boolean;
  /** Of `hostNamesOf`. */
  readonly hostNames: ReadonlySet<string>;
  /** Without it no request watches, and there are no event streams (tests). */
  readonly live?: Live;
  readonly streams?: EventStreams;
  /** Without it no machine can be forgotten, and nothing be changed at all. */
  readonly forgetter?: Forgetter;
  /** An answer that tells of so many machines has been made. */
  readonly onMade?: (machines: number) => void;
  /** The zone of the times in the report, as Intl names it; the machine's own without it. */
  readonly timeZone?: string;
}

/** `clientAddress` as the socket says it; an IPv4-mapped one counts as its IPv4 address. */
export type HttpHandler = (
  request: Request,
  clientAddress: string,
  clientPort?: number,
) => Response | Promise<Response>;

interface Call {
  readonly context: RenderContext;
  /** Decoded, without the empty first one: `["machines", "node01"]`. */
  readonly segments: readonly string[];
  readonly parameters: URLSearchParams;
}

interface Target {
  readonly path: string;
  readonly query: string;
}

/**
 * Path and query of a request. Bun gives the bare path for an HTTP/1.0 request without a Host
 * or with a bad one, where `new URL` would throw.
 */
function targetOf(url: string): Target {
  const scheme = url.indexOf("://");
  const from = url.startsWith("/") ? 0 : url.indexOf("/", scheme < 0 ? 0 : scheme + 3);
  const rest = from < 0 ? "/" : (url.slice(from).split("#", 1)[0] ?? "/");
  const mark = rest.indexOf("?");
  return mark < 0
    ? { path: rest, query: "" }
    : { path: rest.slice(0, mark), query: rest.slice(mark + 1) };
}

/** `undefined` for a path whose percent-encoding is broken. */
function segmentsOf(path: string): readonly string[] | undefined {
  try {
    return path.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

function jsonBody(text: string, status = 200): Body {
  return bodyOf({ text, status, contentType: JSON_TYPE });
}

function errorBody(context: RenderContext, status: number, page: ErrorPage): Body {
  return bodyOf({ text: errorHtml(context, page), status, contentType: HTML });
}

function wrongParameter({ parameter, reason }: WrongParameter): Body {
  return jsonBody(errorJson(reason, { parameter }), 400);
}

function choicesOf(context: RenderContext, machines: readonly Machine[]) {
  const keys = slugsOf(context.view.machines);
  return machines.map((machine) => ({
    id: machine.id,
    name: machine.name,
    address: machine.address,
    key: keys.get(machine.id) ?? machine.id,
  }));
}

function machinePage({ context }: Call, key: string): Body {
  const found = findMachine(context.view.machines, key);
  const shown = shownText(key, 80);
  switch (found.kind) {
    case "one":
      return bodyOf({ text: machineHtml(context, found.machine), contentType: HTML });
    case "many":
      return errorBody(context, 300, {
        title: `${counted(found.machines.length, "machine")} called ${shown}`,
        text: "Which one?",
        choices: choicesOf(context, found.machines).map(({ id, name, address, key: own }) => ({
          name: shownText(name),
          detail: `${address}, id ${shownText(id)}`,
          href: machineHref(own),
        })),
      });
    case "none":
      return errorBody(context, 404, {
        title: "No such machine",
        text: `“${shown}” is no id, address or name of a machine known here.`,
        choices: [],
      });
  }
}

function machineApi(call: Call, key: string, isEntries: boolean): Body {
  const { context, parameters } = call;
  const { view, source, times } = context;
  const found = findMachine(view.machines, key);
  if (found.kind === "none") {
    return jsonBody(
      errorJson("no machine has this id, address or name", { key: shownText(key, 80) }),
      404,
    );
  }
  if (found.kind === "many") {
    const choices = choicesOf(context, found.machines).map(({ key: own, ...choice }) => ({
      ...choice,
      href: `/api/v1${machineHref(own)}${isEntries ? "/entries" : ""}`,
    }));
    return jsonBody(errorJson("several machines have this name", { choices }), 300);
  }
  if (!isEntries) {
    const unknown = readMachineQuery(parameters);
    if (unknown !== undefined) return wrongParameter(unknown);
    return jsonBody(JSON.stringify(machineJson(found.machine)));
  }
  const query = readEntryQuery(parameters, { times, nowMs: view.moment.wallMs });
  if ("parameter" in query) return wrongParameter(query);
  return jsonBody(entriesJson(source.entries(found.machine.id, query)));
}

function clusterApi({ context, parameters }: Call): Body {
  const query = readClusterQuery(parameters);
  if ("parameter" in query) return wrongParameter(query);
  return jsonBody(clusterJson(context.view, query.detail));
}

function apiBody(call: Call): Body {
  const [, version, thing, key, part] = call.segments;
  const { length } = call.segments;
  if (version === "v1") {
    if (thing === "cluster" && length === 3) return clusterApi(call);
    if (thing === "machines" && key !== undefined && key !== "") {
      if (length === 4) return machineApi(call, key, false);
      if (length === 5 && part === "entries") return machineApi(call, key, true);
    }
  }
  return jsonBody(errorJson("there is nothing at this path"), 404);
}

function pageBody(call: Call): Body {
  const { context, segments, parameters } = call;
  const [first, second] = segments;
  if (first === "" && segments.length === 1) {
    return bodyOf({ text: clusterHtml(context, parameters), contentType: HTML });
  }
  if (first === "api") return apiBody(call);
  if (first === "machines" && segments.length === 2 && second !== undefined && second !== "") {
    return machinePage(call, second);
  }
  if (first === "status.txt" && segments.length === 1) {
    const { view, times, source } = context;
    const text = statusText({ view, times, strips: (since) => source.strips(since) });
    return bodyOf({ text, contentType: TEXT });
  }
  if (first === "healthz" && segments.length === 1) {
    return bodyOf({ text: "ok\n", contentType: TEXT });
  }
  return errorBody(context, 404, {
    title: "Nothing here",
    text: `There is no page at /${shownText(segments.join("/"), 120)}.`,
    choices: [],
  });
}

const MISDIRECTED =
  "The report may not be asked for under this name. Use an address or the machine's name, or start unagi with --http-name NAME (http-name in unagi.toml).\n";

/** Refusals that need nothing of the cluster; `undefined` when the request may be answered. */
function refusal(request: Request, address: string | undefined, options: HttpHandlerOptions) {
  if (address === undefined || !options.allow(address)) return plainAnswer(403, null);
  if (!isAllowedHost(request.headers.get("host"), options.hostNames)) {
    return plainAnswer(421, MISDIRECTED);
  }
  const mayForget = options.forgetter !== undefined && isForgetPath(targetOf(request.url).path);
  const methods = mayForget ? ["GET", "HEAD", "DELETE"] : ["GET", "HEAD"];
  if (methods.includes(request.method)) return undefined;
  const named = mayForget ? "GET, HEAD and DELETE" : "GET and HEAD";
  return plainAnswer(405, `Only ${named} are answered here.\n`, { allow: methods.join(", ") });
}

interface Tools {
  readonly times: Times;
  readonly assets: Assets;
  readonly warnedSince: WarnedSinceOf;
  readonly eras: Eras;
  /** Of what people look at, and of the rest: each has its eras. */
  readonly pages: BodyCache;
  readonly others: BodyCache;
  readonly freshener: Freshener | undefined;
}

/** What people look at: the machines as they are now. Scripts and scrapes say `fresh`, or wait. */
function isLook(segments: readonly string[], query: string): boolean {
  const [first] = segments;
  const isPage = first === "" || first === "machines" || first === "status.txt";
  return isPage && !/(^|&)at=/.test(query);
}

/** Whether the answer grows with the number of machines; what tells of one leaves little garbage. */
function isOfAll(segments: readonly string[]): boolean {
  const [first] = segments;
  if (segments.length > 1) return isApi(segments, "cluster");
  return first === "" || first === "status.txt";
}

function isApi(segments: readonly string[], thing: string): boolean {
  const [api, version, third] = segments;
  return segments.length === 3 && api === "api" && version === "v1" && third === thing;
}

function openStream(request: Request, query: string, streams: EventStreams): Response {
  const wanted = readEventQuery(new URLSearchParams(query), request.headers.get("last-event-id"));
  if ("parameter" in wanted) return answerWith(request, wrongParameter(wanted));
  const stream = streams.open(request, wanted);
  if (stream !== undefined) return stream;
  const reason = `${streams.count()} event streams are open, and that is all there may be`;
  return answerWith(request, jsonBody(errorJson(reason), 503));
}

function answer(
  request: Request,
  client: Client,
  options: HttpHandlerOptions,
  tools: Tools,
): Response | Promise<Response> {
  const { source, live, streams, forgetter } = options;
  const { path, query } = targetOf(request.url);
  const asset = tools.assets.bodies.get(path);
  if (asset !== undefined) return answerWith(request, asset);
  const segments = segmentsOf(path);
  if (segments === undefined) {
    return plainAnswer(400, "The path is not properly percent-encoded.\n");
  }
  if (forgetter !== undefined && request.method === "DELETE") {
    const asked = { request, client, key: segments[3] ?? "" };
    return answerWith(request, answerForget(asked, forgetter, source.cluster().machines));
  }
  if (streams !== undefined && isApi(segments, "events")) {
    return openStream(request, query, streams);
  }
  if (isLook(segments, query)) live?.watch.glance();
  const target = { path, query, segments };
  const fresh = isApi(segments, "cluster") ? readFresh(new URLSearchParams(query)) : undefined;
  if (fresh === undefined || tools.freshener === undefined) {
    return answerNow(request, target, options, tools);
  }
  return tools.freshener.wait(fresh).then(() => answerNow(request, target, options, tools));
}

function answerNow(
  request: Request,
  { path, query, segments }: Target & { readonly segments: readonly string[] },
  { source, onMade }: HttpHandlerOptions,
  tools: Tools,
): Response {
  const isPage = isLook(segments, query);
  const cache = isPage ? tools.pages : tools.others;
  const body = cache.get(tools.eras.now(isPage), `${path}?${query}`, () => {
    // Only here: to look at every machine costs more than to answer from the cache.
    const view = source.cluster();
    if (isOfAll(segments)) onMade?.(view.machines.length);
    const { times, warnedSince } = tools;
    const context = { source, view, times, assets: tools.assets.links, warnedSince };
    return pageBody({ context, segments, parameters: new URLSearchParams(query) });
  });
  return answerWith(request, body);
}

export function createHttpHandler(options: HttpHandlerOptions): HttpHandler {
  let tools: Tools | undefined;
  return (request, clientAddress, port = 0) => {
    const address = canonicalAddress(clientAddress);
    const client = { address: address ?? "", port };
    const refused = refusal(request, address, options);
    if (refused !== undefined) return refused;
    // Only now: the zone and the styles take a tenth of the time of a daemon's whole start.
    tools ??= createTools(options);
    return answer(request, client, options, tools);
  };
}

function createTools({ source, live, streams, timeZone }: HttpHandlerOptions): Tools {
  return {
    times: createTimes(timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone),
    assets: createAssets(),
    warnedSince: createWarnedSince((id, query) => source.entries(id, query)),
    eras: createEras(source, streams),
    pages: new BodyCache(),
    others: new BodyCache(),
    freshener: live && createFreshener(source, live),
  };
}
