/** Everything that is answered over HTTP, one line for each method and form of path. */
import { shownText } from "../base/shown-text.ts";
import { bodyOf, plainAnswer, TEXT } from "./answer.ts";
import { ASSET_PATHS } from "./assets.ts";
import { errorPage, jsonError } from "./handlers/bodies.ts";
import {
  clusterAnswer,
  clusterPage,
  clusterVariant,
  eventsAnswer,
  statusAnswer,
  waitForFresh,
} from "./handlers/cluster.ts";
import { entriesAnswer, machineAnswer, machinePage } from "./handlers/machine.ts";
import { removalAnswer } from "./handlers/removal.ts";
import type { Call, Route, ViewCall } from "./router.ts";

/** A page that people look at. */
const LOOK = { method: "GET", caching: "per era", needsView: true, isLook: true } as const;
/** A view of the cluster for programs. */
const VIEW = { method: "GET", caching: "per era", needsView: true } as const;
/** Takes `?fresh=`. */
const FRESH = { wait: waitForFresh, variant: clusterVariant };
/** Needs no look at the machines. */
const NO_VIEW = { method: "GET", caching: "none", needsView: false } as const;
const FOR_GOOD = { method: "GET", caching: "for good", needsView: false } as const;
const CHANGE = { method: "DELETE", caching: "none", needsView: true } as const;

export const ROUTES: readonly Route[] = [
  { ...LOOK, pattern: "/", tellsOfAll: true, answer: clusterPage },
  { ...LOOK, pattern: "/machines/KEY", answer: machinePage },
  { ...LOOK, pattern: "/status.txt", tellsOfAll: true, answer: statusAnswer },
  { ...VIEW, ...FRESH, pattern: "/api/v1/cluster", tellsOfAll: true, answer: clusterAnswer },
  { ...VIEW, pattern: "/api/v1/machines/KEY", answer: machineAnswer },
  { ...VIEW, pattern: "/api/v1/machines/KEY/entries", answer: entriesAnswer },
  { ...CHANGE, pattern: "/api/v1/machines/KEY", answer: removalAnswer },
  { ...NO_VIEW, pattern: "/api/v1/events", answer: eventsAnswer },
  // Load balancers and supervisors ask this.
  { ...NO_VIEW, pattern: "/healthz", answer: () => bodyOf({ text: "ok\n", contentType: TEXT }) },
  ...ASSET_PATHS.map((pattern) => ({
    ...FOR_GOOD,
    pattern,
    answer: ({ service }: Call) => service.assets.bodies.get(pattern) ?? plainAnswer(404, null),
  })),
];

const NOTHING_IN_API: Route = {
  ...NO_VIEW,
  pattern: "/api",
  answer: () => jsonError(404, { error: "there is nothing at this path" }),
};
const NOTHING_HERE: Route = {
  ...VIEW,
  pattern: "/",
  answer: (call: ViewCall) =>
    errorPage(call, 404, {
      title: "Nothing here",
      text: `There is no page at ${shownText(decodeURIComponent(call.path), 120)}.`,
    }),
};

/** The route of a path that is not in the table: programs get JSON, people a page. */
export function nothingAt(segments: readonly string[]): Route {
  return segments[0] === "api" ? NOTHING_IN_API : NOTHING_HERE;
}
