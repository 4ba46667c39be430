/** `/api/v1/events`: opens a stream of events. */
import { readEventQuery } from "../../api/query.ts";
import type { Body } from "../answer.ts";
import type { Call } from "../router.ts";
import { jsonError, wrongParameter } from "./bodies.ts";

export function eventsAnswer({ request, client, query, service }: Call): Body | Response {
  const { streams } = service;
  const wanted = readEventQuery(new URLSearchParams(query), request.headers.get("last-event-id"));
  if ("parameter" in wanted) return wrongParameter(wanted);
  const error = `${streams.count()} event streams are open, and that is all there may be`;
  return streams.open(request, client.address, wanted) ?? jsonError(503, { error });
}
