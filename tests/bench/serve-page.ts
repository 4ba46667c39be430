/**
 * A server in a process of its own for the benchmark of the page: `hundred` is the product's server with
 * a hundred machines, `bare` is Bun's server with the same bytes. Prints its port.
 */

import { startHttpServer } from "../../src/http/server.ts";
import { handlerOver } from "../http/handler-over.ts";
import { hundred } from "../page/sample-many.ts";

const handler = handlerOver(hundred());

if (process.argv[2] === "bare") {
  const request = new Request("http://localhost/", {
    headers: { host: "localhost", "accept-encoding": "gzip" },
  });
  const answer = await handler(request, "127.0.0.1");
  const bytes = await answer.bytes();
  const headers = { "content-encoding": "gzip", "content-type": "text/html; charset=utf-8" };
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    development: false,
    fetch: () => new Response(bytes, { headers }),
  });
  console.log(server.port);
} else {
  const started = startHttpServer({ bind: "127.0.0.1", port: 0, handler });
  if (!started.ok) throw new Error(started.reason);
  console.log(started.value.port);
}
