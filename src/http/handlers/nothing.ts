/** The answers for paths at which there is nothing. */
import { shownText } from "../../base/shown-text.ts";
import type { Body } from "../answer.ts";
import type { ViewCall } from "../router.ts";
import { errorPage, jsonError } from "./bodies.ts";

export function nothingInApi(): Body {
  return jsonError(404, { error: "there is nothing at this path" });
}

export function nothingPage(call: ViewCall): Body {
  return errorPage(call, 404, {
    title: "Nothing here",
    text: `There is no page at ${shownText(decodeURIComponent(call.path), 120)}.`,
    choices: [],
  });
}
