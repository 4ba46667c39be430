/**
 * Asks the unagi that runs on this machine over HTTP, as another program would: what the answer
 * holds is for the caller to read, and not to believe.
 */
import type { IncomingMessage } from "node:http";
import { http } from "../base/builtins.ts";

export interface ReportPlace {
  /** The address of `--bind`; absent: loopback. */
  readonly bind?: string;
  readonly port: number;
}

export interface LocalQuestion {
  readonly method: "GET" | "DELETE";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export type LocalAnswer =
  | { readonly kind: "text"; readonly status: number; readonly text: string }
  /** Nothing listens there. */
  | { readonly kind: "nobody" }
  | { readonly kind: "failed"; readonly reason: string };

/** A daemon that takes longer has other troubles. */
const PATIENCE_MS = 3_000;

/** 4,096 machines' summaries are under 8 MB. */
const LARGEST_ANSWER = 32 * 1024 * 1024;

/** By node:http, which knows no $HTTP_PROXY: this machine is asked, and no other. */
export function askLocal(
  { bind = "127.0.0.1", port }: ReportPlace,
  question: LocalQuestion,
): Promise<LocalAnswer> {
  return new Promise((resolve) => {
    const failed = (reason: string) => resolve({ kind: "failed", reason });
    const asked = http().request({ ...question, host: bind, port, agent: false }, (response) => {
      readBody(response).then(
        (text) => resolve({ kind: "text", status: response.statusCode ?? 0, text }),
        (error: unknown) => failed(error instanceof Error ? error.message : String(error)),
      );
    });
    const timer = setTimeout(() => {
      failed(`no answer within ${PATIENCE_MS / 1000} s`);
      asked.destroy();
    }, PATIENCE_MS);
    asked.once("close", () => clearTimeout(timer));
    asked.on("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      const isNobody = ["ECONNREFUSED", "ConnectionRefused", "EADDRNOTAVAIL"].includes(code);
      if (isNobody) resolve({ kind: "nobody" });
      else failed(code === "" ? error.message : code);
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
    if (length > LARGEST_ANSWER) throw new Error("its answer does not end");
  }
  return Buffer.concat(chunks).toString("utf8");
}
