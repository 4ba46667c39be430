/** A handler over a source of the test's, with nobody who follows and nothing to wait for. */
import {
  createHttpHandler,
  type HttpHandler,
  type HttpHandlerOptions,
} from "../../src/http/handler.ts";
import type { ClusterSource } from "../../src/view/cluster-view.ts";

export function handlerOver(
  source: ClusterSource,
  more: Partial<HttpHandlerOptions> = {},
): HttpHandler {
  return createHttpHandler({
    source,
    allow: () => true,
    hostNames: new Set(["localhost"]),
    timeZone: "UTC",
    watchers: { glance: () => undefined },
    // As where all the streams are taken that there may be.
    streams: { open: () => undefined, count: () => 512, told: () => undefined },
    freshener: { wait: () => undefined },
    removal: { remove: () => undefined },
    ...more,
  });
}
