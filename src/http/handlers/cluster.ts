/** The cluster: as a page, as plain text, as JSON, as a stream of events. */
import { readClusterQuery, readEventQuery, readFresh } from "../../api/query.ts";
import { clusterJson } from "../../api/writer.ts";
import { clusterHtml } from "../../page/render.ts";
import { statusText } from "../../page/text/status-text.ts";
import { type Body, bodyOf, TEXT } from "../answer.ts";
import type { Call, ViewCall } from "../router.ts";
import { jsonBody, jsonError, pageBody, renderContext, wrongParameter } from "./bodies.ts";

export function clusterPage(call: ViewCall): Body {
  return pageBody(clusterHtml(renderContext(call), new URLSearchParams(call.query)));
}

export function statusAnswer({ view, service }: ViewCall): Body {
  return bodyOf({ text: statusText({ ...service, view }), contentType: TEXT });
}

export function clusterAnswer({ view, query }: ViewCall): Body {
  const asked = readClusterQuery(new URLSearchParams(query));
  return "parameter" in asked ? wrongParameter(asked) : jsonBody(clusterJson(view, asked.detail));
}

export function eventsAnswer({ request, client, query, service }: Call): Body | Response {
  const { streams } = service;
  const wanted = readEventQuery(new URLSearchParams(query), request.headers.get("last-event-id"));
  if ("parameter" in wanted) return wrongParameter(wanted);
  const error = `${streams.count()} event streams are open, and that is all there may be`;
  return streams.open(request, client.address, wanted) ?? jsonError(503, { error });
}

/** Whatever age was waited for, the answer is the same. */
export function clusterVariant(query: string): string {
  const asked = readClusterQuery(new URLSearchParams(query));
  return "parameter" in asked ? query : `report=${asked.detail}`;
}

/** `?fresh=2` waits for reports that are at most 2 s old. */
export function waitForFresh({ query, service }: Call): Promise<void> | undefined {
  const maxAgeSeconds = readFresh(new URLSearchParams(query));
  return maxAgeSeconds === undefined ? undefined : service.freshener.wait(maxAgeSeconds);
}
