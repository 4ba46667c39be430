/**
 * Serves the real HTTP handler over a sample cluster on a loopback port, with a stream of events
 * as the daemon's: what a browser test changes in the sample reaches an open page.
 */
import type { Machine } from "../../src/cluster/machine.ts";
import type { ClusterSource, ClusterView } from "../../src/view/cluster-view.ts";
import { handlerOver } from "../http/handler-over.ts";
import { type SampleSource, sampleSource } from "../page/sample-cluster.ts";

export interface PageServer {
  readonly url: string;
  /** The view from the next reading on; everybody who listens is told. */
  change(make: (view: ClusterView) => ClusterView): void;
  /** One machine by name, changed. */
  changeMachine(name: string, make: (machine: Machine) => Machine): void;
  /** Streams of events that are open. */
  listeners(): number;
  /** Pages asked for so far. */
  pages(): number;
  stop(): void;
  /** Answers again on the same port, after `stop`. */
  start(): void;
}

export interface PageServerOptions {
  /** The lab of eleven without it. */
  readonly source?: SampleSource;
  readonly timeZone?: string;
  /** Without a stream of events, as behind a proxy that cuts it. */
  readonly hasNoEvents?: boolean;
}

export function startPageServer(options: PageServerOptions = {}): PageServer {
  const sample = options.source ?? sampleSource();
  let view = sample.view;
  let version = 1;
  let pages = 0;
  const streams = new Set<ReadableStreamDefaultController<string>>();
  const source: ClusterSource = {
    ...sample,
    version: () => version,
    moment: () => view.moment,
    cluster: () => view,
  };
  const handler = handlerOver(source, { timeZone: options.timeZone ?? "UTC" });

  function events(): Response {
    let own: ReadableStreamDefaultController<string> | undefined;
    const body = new ReadableStream<string>({
      start: (controller) => {
        own = controller;
        streams.add(controller);
        controller.enqueue(eventText(version, []));
      },
      cancel: () => {
        if (own !== undefined) streams.delete(own);
      },
    });
    return new Response(body.pipeThrough(new TextEncoderStream()), {
      headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
    });
  }

  function listen(port: number) {
    return Bun.serve({
      hostname: "127.0.0.1",
      port,
      idleTimeout: 0,
      development: false,
      fetch: (request, self) => {
        const { pathname } = new URL(request.url);
        if (pathname === "/api/v1/events" && options.hasNoEvents !== true) return events();
        if (pathname === "/" || pathname.startsWith("/machines/")) pages += 1;
        return handler(request, self.requestIP(request)?.address ?? "");
      },
    });
  }

  let server = listen(0);
  const port = server.port ?? 0;

  function change(make: (view: ClusterView) => ClusterView): void {
    const before = view;
    view = make(view);
    version += 1;
    const changed = view.machines.filter((machine) => !before.machines.includes(machine));
    for (const stream of streams) stream.enqueue(eventText(version, changed));
  }

  return {
    url: `http://127.0.0.1:${port}`,
    change,
    changeMachine: (name, make) =>
      change((before) => ({
        ...before,
        machines: before.machines.map((one) => (one.name === name ? make(one) : one)),
      })),
    listeners: () => streams.size,
    pages: () => pages,
    stop: () => {
      streams.clear();
      void server.stop(true);
    },
    start: () => {
      server = listen(port);
    },
  };
}

function eventText(version: number, machines: readonly Machine[]): string {
  const data = JSON.stringify({
    version,
    machines: machines.map(({ id, name, state }) => ({ id, name, state })),
    removed: [],
  });
  return `event: machine\ndata: ${data}\n\n`;
}
