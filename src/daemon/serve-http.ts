/** Serves the running daemon over HTTP: who may ask, under which names, on which addresses. */
import { ok } from "../base/result.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { Config } from "../config/config.ts";
import { createHttpHandler, type HttpHandler } from "../http/handler.ts";
import { hostNamesOf } from "../http/host-names.ts";
import { startHttpServer } from "../http/server.ts";
import { isLoopbackOnly } from "../net/ranges.ts";
import type { Log } from "../runtime/log.ts";
import { type DaemonParts, nameOf, ROOT } from "./assemble.ts";

export function serveHttp(parts: DaemonParts, log: Log) {
  let handler = createHandler(parts);
  const server = startHttpServer({
    ...listeningOn(parts.config()),
    port: parts.config().httpPort,
    handler: (...asked) => handler(...asked),
    log,
  });
  if (!server.ok) return server;
  const { guard, stop, relisten } = server.value;

  /** Goes on with the running configuration, in which the options `applied` have changed. */
  function reconfigure(applied: readonly string[]): void {
    if (applied.length > 0) handler = createHandler(parts);
    if (!applied.includes("http-allow")) return;
    const listening = relisten(listeningOn(parts.config()));
    if (!listening.ok) log.error(listening.reason);
    // A stream that is open goes on without asking again.
    const { httpAllow } = parts.networks();
    parts.watching.streams.endUnless((address) => httpAllow.contains(address));
  }

  return ok({ guard, stop, reconfigure });
}

function createHandler(parts: DaemonParts): HttpHandler {
  const { source, watching, removal, gcPolicy, networks } = parts;
  const config = parts.config();
  return createHttpHandler({
    source,
    watchers: watching.watchers,
    streams: watching.streams,
    freshener: watching.freshener,
    removal,
    onMade: gcPolicy.countAnswer,
    allow: (address) => networks().httpAllow.contains(address),
    hostNames: hostNamesOf({ root: ROOT, name: nameOf(config), httpNames: config.httpNames }),
  });
}

/** Where only this machine itself is allowed, only loopback addresses are listened on. */
function listeningOn({ bind, httpAllow }: Config) {
  return { ...withoutUndefined({ bind }), isLocal: isLoopbackOnly(httpAllow) };
}
