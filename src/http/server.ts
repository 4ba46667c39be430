/**
 * The TCP server of the report. It knows nothing of what it serves: each request goes to the
 * handler with its client's address.
 */
import { fail, ok, type Result } from "../result.ts";
import { portInUseReason } from "../runtime/port-holder.ts";
import { EVENT_STREAM, plainAnswer } from "./answer.ts";
import type { HttpHandler } from "./handler.ts";

export interface HttpServerOptions {
  /** Canonical address; absent: all, or all of IPv4 where there is no IPv6. */
  readonly bind?: string;
  /** 0: any free one (tests). */
  readonly port: number;
  readonly handler: HttpHandler;
  readonly log?: { readonly warn: (text: string) => void };
}

export interface HttpServer {
  readonly port: number;
  /** Ends at once, open connections too. */
  readonly stop: () => void;
}

/** A client that sends or takes nothing for so long is cut off. */
const IDLE_SECONDS = 30;
/** No request that is answered here has a body. */
const LARGEST_BODY = 1024;
/** Where /proc is found, to name the holder of a port. */
const ROOT = "/";
const EVERYWHERE = ["::", "0.0.0.0"];

function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? String(cause.code) : "";
}

function isEventStream(answer: Response): boolean {
  return answer.body !== null && answer.headers.get("content-type") === EVENT_STREAM;
}

function serve(hostname: string, options: HttpServerOptions): HttpServer {
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

/** A reason names address, port, option and remedy. */
export function startHttpServer(options: HttpServerOptions): Result<HttpServer> {
  const hosts = options.bind === undefined ? EVERYWHERE : [options.bind];
  let reason = "";
  for (const host of hosts) {
    try {
      return ok(serve(host, options));
    } catch (cause) {
      const code = codeOf(cause);
      reason = reasonOf(code, cause, host, options.port);
      // A port in use on :: is in use: trying IPv4 alone would serve half of the readers.
      if (code === "EADDRINUSE" || code === "EACCES") break;
    }
  }
  return fail(reason);
}

function reasonOf(code: string, cause: unknown, host: string, port: number): string {
  if (code === "EADDRINUSE") {
    return portInUseReason(ROOT, { transport: "tcp", port, option: "-h" });
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
