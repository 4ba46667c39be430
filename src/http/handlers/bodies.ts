/** The bodies that the handlers of several routes give: pages, JSON, and errors as both. */
import type { WrongParameter } from "../../api/query.ts";
import type { ErrorJson } from "../../api/types.ts";
import type { ErrorPage } from "../../page/components/error-page.tsx";
import { errorHtml, type RenderContext } from "../../page/render.ts";
import { type Body, bodyOf, HTML, JSON_TYPE } from "../answer.ts";
import type { ViewCall } from "../router.ts";

export function renderContext({ service, view }: ViewCall): RenderContext {
  const { source, times, assets, warnedSince } = service;
  return { source, view, times, assets: assets.links, warnedSince };
}

export function pageBody(text: string, status = 200): Body {
  return bodyOf({ text, status, contentType: HTML });
}

export function errorPage(call: ViewCall, status: number, page: ErrorPage): Body {
  return pageBody(errorHtml(renderContext(call), page), status);
}

export function jsonBody(json: object, status = 200): Body {
  return bodyOf({ text: JSON.stringify(json), status, contentType: JSON_TYPE });
}

export function jsonError(status: number, json: ErrorJson): Body {
  return jsonBody(json, status);
}

export function wrongParameter({ parameter, reason }: WrongParameter): Body {
  return jsonError(400, { error: reason, parameter });
}
