/**
 * The TCP server of the report. It knows nothing of what it serves: each request goes to the
 * handler with its client's address.
 */
import { fail, ok, type Result } from "../base/result.ts";
import type { Moment } from "../base/units.ts";
import { portInUseReason } from "../runtime/port-holder.ts";
import { EVENT_STREAM, plainAnswer } from "./answer.ts";
import { isCrowded, readDescriptorUse } from "./connection-guard.ts";
import type { HttpHandler } from "./handler.ts";

export interface HttpServerOptions {
  /** Canonical address; absent: all, or all of IPv4 where there is no IPv6. */
  readonly bind?: string;
  /**
   * Without `bind`: only this machine's own browsers may ask, so only loopback is listened on.
   * Others would be refused anyway, but could still hold connections open.
   */
  readonly isLocal?: boolean;
  /** 0: any free one (tests). */
  readonly port: number;
  readonly handler: HttpHandler;
  readonly log?: { readonly warn: (text: string) => void };
}

export interface HttpServer {
  readonly port: number;
  /** Sees to it that there are not too many connections; to be called about once a second. */
  readonly guard: (now: Moment) => void;
  /** Listens on other addresses from now on; open connections end. A reason: as at the start. */
  readonly relisten: (where: Pick<HttpServerOptions, "bind" | "isLocal">) => Result<void>;
  /** Ends at once, open connections too. */
  readonly stop: () => void;
}

/** A client that sends or takes nothing for so long is cut off. */
const IDLE_SECONDS = 10;
/** No request that is answered here has a body. */
const LARGEST_BODY = 1024;
/** Where /proc is found, to name the holder of a port and to count descriptors. */
const ROOT = "/";
/** How often the connections are counted, by the descriptors in use: a ticking may come early. */
const GUARD_MS = 900;
/** How long nobody is listened to once there were too many. */
const REST_MS = 2_000;

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function isEventStream(answer: Response): boolean {
  return answer.body !== null && answer.headers.get("content-type") === EVENT_STREAM;
}

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
      if (answer instanceof Response && isEventStream(answer)) self.timeout(request, 0);
      return answer;
    },
    error: (error) => {
      log?.warn(`HTTP request failed: ${error.stack ?? error.message}`);
      return plainAnswer(500, "The report could not be made; the log says why.\n");
    },
  });
  return { port: server.port ?? options.port, stop: () => void server.stop(true) };
}

interface Listener {
  readonly port: number;
  readonly stop: () => void;
}

/** A reason names address, port, option and remedy. */
export function startHttpServer(options: HttpServerOptions): Result<HttpServer> {
  const descriptorsBefore = readDescriptorUse(ROOT)?.open ?? 0;
  let where: HttpServerOptions = options;
  let listening = listen(where);
  if (!listening.ok) return listening;
  const { port } = listening.value;
  let restTimer: Timer | undefined;

  function again(): void {
    restTimer = undefined;
    listening = listen(where);
    if (listening.ok) return;
    options.log?.warn(`the report is not served: ${listening.reason}`);
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
      `too many connections to TCP port ${port}: all are closed, and taken again in ` +
        `${REST_MS / 1000} s (${use.open} file descriptors of ${use.limit} in use)`,
    );
    close();
    restTimer = setTimeout(again, REST_MS);
  }

  return ok({
    port,
    guard,
    relisten: ({ bind, isLocal = false }) => {
      const { bind: _, ...others } = options;
      where = { ...others, port, isLocal, ...(bind === undefined ? {} : { bind }) };
      close();
      listening = listen(where);
      if (!listening.ok) restTimer = setTimeout(again, REST_MS);
      return listening.ok ? ok(undefined) : listening;
    },
    stop: close,
  });
}

function listen(options: HttpServerOptions): Result<Listener> {
  if (options.bind !== undefined) return plainResult(tryOn(options.bind, options));
  return options.isLocal === true ? listenOnLoopback(options) : listenEverywhere(options);
}

/** Both families, or IPv4 alone where there is no IPv6. */
function listenEverywhere(options: HttpServerOptions): Result<Listener> {
  const both = tryOn("::", options);
  return plainResult(both.ok || !isWithoutIpv6(both.code) ? both : tryOn("0.0.0.0", options));
}

/** Both of this machine's own addresses, or the one that it has. */
function listenOnLoopback(options: HttpServerOptions): Result<Listener> {
  const first = tryOn("127.0.0.1", options);
  if (!first.ok) return plainResult(first);
  const { port } = first.listener;
  const second = tryOn("::1", { ...options, port });
  // Whoever asks for localhost may be led to either: half of the readers would miss the report.
  if (!second.ok && !isWithoutIpv6(second.code)) {
    first.listener.stop();
    return plainResult(second);
  }
  return ok({
    port,
    stop: () => {
      first.listener.stop();
      if (second.ok) second.listener.stop();
    },
  });
}

type Tried =
  | { readonly ok: true; readonly listener: Listener }
  | { readonly ok: false; readonly code: string; readonly reason: string };

function tryOn(host: string, options: HttpServerOptions): Tried {
  try {
    return { ok: true, listener: serve(host, options) };
  } catch (cause) {
    const code = codeOf(cause);
    return { ok: false, code, reason: reasonOf(code, cause, host, options.port) };
  }
}

function plainResult(tried: Tried): Result<Listener> {
  return tried.ok ? ok(tried.listener) : fail(tried.reason);
}

/** A port that is in use on :: is in use; anything else is taken for a kernel without IPv6. */
function isWithoutIpv6(code: string): boolean {
  return code !== "EADDRINUSE" && code !== "EACCES";
}

function reasonOf(code: string, cause: unknown, host: string, port: number): string {
  if (code === "EADDRINUSE") {
    return portInUseReason(ROOT, {
      ...{ transport: "tcp", port, option: "-h" },
      ...(host === "::" || host === "0.0.0.0" ? {} : { bind: host }),
    });
  }
  if (code === "EACCES") {
    return `TCP port ${port} may not be opened by this user: choose one from 1024 on with -h (http-port)`;
  }
  if (code === "EADDRNOTAVAIL") {
    return `no interface has the address ${host}: give --bind one of this machine's own`;
  }
  const said = cause instanceof Error ? cause.message : String(cause);
  return `cannot listen on ${host} port ${port}: ${said}`;
}
