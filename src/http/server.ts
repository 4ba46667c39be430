/**
 * The TCP server. It knows nothing of what it serves: each request goes to the handler with its
 * client's address.
 */
import { errorCode, errorMessage } from "../base/errors.ts";
import { ok, type Result } from "../base/result.ts";
import type { Moment } from "../base/units.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import { portInUseReason } from "../runtime/port-holder.ts";
import { EVENT_STREAM, plainAnswer } from "./answer.ts";
import { isCrowded, readDescriptorUse } from "./connection-guard.ts";
import type { HttpHandler } from "./handler.ts";

export interface ListenPlace {
  /** Canonical address; absent: all, or all of IPv4 where there is no IPv6. */
  readonly bind?: string;
  /**
   * Without `bind`: listen on loopback alone, as only this machine's own browsers may ask. Others
   * would be refused anyway, but could still hold connections open.
   */
  readonly isLocal?: boolean;
}

export interface HttpServerOptions extends ListenPlace {
  /** 0: any free one (tests). */
  readonly port: number;
  readonly handler: HttpHandler;
  readonly log?: { readonly warn: (text: string) => void };
}

export interface HttpServer {
  readonly port: number;
  /** Closes all connections where there are too many; to be called about once a second. */
  readonly guard: (now: Moment) => void;
  /**
   * Listens on other addresses from now on: open connections end. Where they are the same, nothing
   * happens. A reason: as at the start.
   */
  readonly relisten: (place: ListenPlace) => Result<void>;
  /** Ends at once, open connections too. */
  readonly stop: () => void;
}

/** A client that sends or takes nothing for this long is cut off. */
const IDLE_SECONDS = 10;
/** No request that is answered here has a body. */
const LARGEST_BODY = 1024;
/** Where /proc is found, to name the holder of a port and to count descriptors. */
const ROOT = "/";
/** How often the connections are counted, by the descriptors in use; a call may come a little early. */
const GUARD_MS = 900;
/** How long nothing is listened on once there were too many connections. */
const REST_MS = 2_000;

type Listener = Pick<HttpServer, "port" | "stop">;

function serve(hostname: string, options: HttpServerOptions): Listener {
  const { handler, log } = options;
  const server = Bun.serve({
    hostname,
    port: options.port,
    // Bun would share the port with another daemon without a word.
    reusePort: false,
    development: false,
    idleTimeout: IDLE_SECONDS,
    maxRequestBodySize: LARGEST_BODY,
    fetch: (request, self) => {
      const client = self.requestIP(request);
      const answer = handler(request, client?.address ?? "", client?.port);
      // An event stream may have nothing to say for longer than others may take.
      const type = answer instanceof Response && answer.body && answer.headers.get("content-type");
      if (type === EVENT_STREAM) self.timeout(request, 0);
      return answer;
    },
    error: (error) => {
      log?.warn(`HTTP request failed: ${error.stack ?? error.message}`);
      return plainAnswer(500, "The answer could not be made; the log says why.\n");
    },
  });
  return { port: server.port ?? options.port, stop: () => void server.stop(true) };
}

/** A reason names address, port, option and remedy. */
export function startHttpServer(options: HttpServerOptions): Result<HttpServer> {
  const descriptorsBefore = readDescriptorUse(ROOT)?.open ?? 0;
  let place: ListenPlace = options;
  let listening = listen(place, options);
  if (!listening.ok) return listening;
  const { port } = listening.value;
  const open = () => listen(place, { ...options, port });
  let restTimer: Timer | undefined;

  function again(): void {
    restTimer = undefined;
    listening = open();
    if (listening.ok) return;
    options.log?.warn(`nothing is served over HTTP: ${listening.reason}`);
    restTimer = setTimeout(again, REST_MS);
  }

  function close(): void {
    clearTimeout(restTimer);
    restTimer = undefined;
    if (listening.ok) listening.value.stop();
  }

  let guardedMs = Number.NEGATIVE_INFINITY;
  function guard({ elapsedMs }: Moment): void {
    if (elapsedMs - guardedMs < GUARD_MS) return;
    guardedMs = elapsedMs;
    const use = readDescriptorUse(ROOT);
    if (restTimer !== undefined || use === undefined || !isCrowded(use, descriptorsBefore)) return;
    options.log?.warn(
      `too many connections to TCP port ${port}: all are closed, and new ones taken again in ` +
        `${REST_MS / 1000} s (${use.open} file descriptors of ${use.limit} in use)`,
    );
    close();
    restTimer = setTimeout(again, REST_MS);
  }

  return ok({
    port,
    guard,
    relisten: (next) => {
      if (listening.ok && isSamePlace(place, next)) return ok(undefined);
      place = next;
      close();
      listening = open();
      if (!listening.ok) restTimer = setTimeout(again, REST_MS);
      return listening.ok ? ok(undefined) : listening;
    },
    stop: close,
  });
}

function isSamePlace(one: ListenPlace, other: ListenPlace): boolean {
  if (one.bind !== other.bind) return false;
  return one.bind !== undefined || (one.isLocal ?? false) === (other.isLocal ?? false);
}

function listen({ bind, isLocal }: ListenPlace, options: HttpServerOptions): Result<Listener> {
  if (bind !== undefined) return tryOn(bind, options);
  if (isLocal === true) return listenOnLoopback(options);
  // Both families, or IPv4 alone where there is no IPv6.
  const both = tryOn("::", options);
  return both.ok || !isWithoutIpv6(both.code) ? both : tryOn("0.0.0.0", options);
}

/** Listens on both loopback addresses, or on the one that this machine has. */
function listenOnLoopback(options: HttpServerOptions): Result<Listener> {
  const first = tryOn("127.0.0.1", options);
  if (!first.ok) return first;
  const { port } = first.value;
  const second = tryOn("::1", { ...options, port });
  // The name localhost may lead to either address: half of the browsers would find nothing.
  if (!second.ok && !isWithoutIpv6(second.code)) {
    first.value.stop();
    return second;
  }
  return ok({
    port,
    stop: () => {
      first.value.stop();
      if (second.ok) second.value.stop();
    },
  });
}

function tryOn(host: string, options: HttpServerOptions) {
  try {
    return { ok: true, value: serve(host, options) } as const;
  } catch (cause) {
    const reason = reasonOf(cause, host, options.port);
    return { ok: false, code: errorCode(cause), reason } as const;
  }
}

/** A port that is in use on :: is in use; anything else is taken for a kernel without IPv6. */
function isWithoutIpv6(code: string | undefined): boolean {
  return code !== "EADDRINUSE" && code !== "EACCES";
}

function reasonOf(cause: unknown, host: string, port: number): string {
  switch (errorCode(cause)) {
    case "EADDRINUSE": {
      const bind = ["::", "0.0.0.0"].includes(host) ? undefined : host;
      const asked = withoutUndefined({ transport: "tcp", port, option: "-h", bind } as const);
      return portInUseReason(ROOT, asked);
    }
    case "EACCES":
      return `TCP port ${port} may not be opened by this user: choose one from 1024 on with -h (http-port)`;
    case "EADDRNOTAVAIL":
      return `no interface has the address ${host}: give --bind one of this machine's own`;
    default:
      return `cannot listen on ${host} port ${port}: ${errorMessage(cause)}`;
  }
}
