/**
 * Asks the unagi that runs on this machine over HTTP, as another program would. The caller must
 * check what the answer contains: another program may hold the port.
 */
import type { IncomingMessage, RequestOptions } from "node:http";
import { http } from "../base/builtins.ts";
import { errorCode, errorMessage } from "../base/errors.ts";

/** Where the daemon of this machine serves HTTP. */
export interface ReportPlace {
  /** The address of `--bind`; absent: 127.0.0.1. */
  readonly bind?: string | undefined;
  readonly port: number;
}

export type LocalAnswer =
  | { readonly kind: "text"; readonly status: number; readonly text: string }
  /** No program listens there. */
  | { readonly kind: "nobody" }
  | { readonly kind: "failed"; readonly reason: string };

/** A healthy daemon answers within milliseconds. */
const PATIENCE_MS = 3_000;

/** `ConnectionRefused` is Bun's own name for ECONNREFUSED. */
const NOBODY_LISTENS: ReadonlySet<string> = new Set([
  "ECONNREFUSED",
  "ConnectionRefused",
  "EADDRNOTAVAIL",
]);

/** The summaries of 4,096 machines are under 8 MB. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** Uses node:http because fetch obeys $HTTP_PROXY, and a proxy would ask itself. */
export function askLocal(
  { bind = "127.0.0.1", port }: ReportPlace,
  question: Pick<RequestOptions, "method" | "path" | "headers">,
): Promise<LocalAnswer> {
  return new Promise((resolve) => {
    const failed = (reason: string) => resolve({ kind: "failed", reason });
    const asked = http().request({ ...question, host: bind, port, agent: false }, (response) => {
      readBody(response).then(
        (text) => resolve({ kind: "text", status: response.statusCode ?? 0, text }),
        (error: unknown) => failed(errorMessage(error)),
      );
    });
    const timer = setTimeout(() => {
      failed(`no answer within ${PATIENCE_MS / 1000} s`);
      asked.destroy();
    }, PATIENCE_MS);
    asked.once("close", () => clearTimeout(timer));
    asked.on("error", (error) => {
      const code = errorCode(error);
      if (code !== undefined && NOBODY_LISTENS.has(code)) resolve({ kind: "nobody" });
      else failed(code ?? error.message);
    });
    asked.end();
  });
}

async function readBody(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response) {
    chunks.push(Buffer.from(chunk));
    length += chunks.at(-1)?.length ?? 0;
    if (length > LARGEST_ANSWER) throw new Error("its answer is too long");
  }
  return Buffer.concat(chunks).toString("utf8");
}
