/** One machine: as a page, as JSON, and its history as JSON. */
import { readEntryQuery, readMachineQuery } from "../../api/query.ts";
import { entriesJson, machineJson } from "../../api/writer.ts";
import { counted, shownText } from "../../base/shown-text.ts";
import type { Machine } from "../../cluster/machine.ts";
import { machineHtml } from "../../page/render.ts";
import { machineHref } from "../../view/machine-href.ts";
import { findShown, slugsOf } from "../../view/machine-slug.ts";
import type { Body } from "../answer.ts";
import type { ViewCall } from "../router.ts";
import {
  errorPage,
  jsonBody,
  jsonError,
  pageBody,
  renderContext,
  wrongParameter,
} from "./bodies.ts";

export function machinePage(call: ViewCall): Body {
  const { view, slug, query } = call;
  const found = findShown(view, slug);
  const shown = shownText(slug, 80);
  switch (found.kind) {
    case "one":
      return pageBody(machineHtml(renderContext(call), found.machine, new URLSearchParams(query)));
    case "many":
      return errorPage(call, 300, {
        title: `${counted(found.machines.length, "machine")} called ${shown}`,
        text: "Which one?",
        choices: choicesOf(call, found.machines).map(({ id, name, address, href }) => ({
          name: shownText(name),
          detail: `${address}, id ${shownText(id)}`,
          href,
        })),
      });
    case "none":
      return errorPage(call, 404, {
        title: "No such machine",
        text: `“${shown}” is no id, address or name of a machine known here.`,
      });
  }
}

export function machineAnswer(call: ViewCall): Body {
  return answerAbout(call, "", (machine) => {
    const wrong = readMachineQuery(new URLSearchParams(call.query));
    return wrong === undefined ? jsonBody(machineJson(machine)) : wrongParameter(wrong);
  });
}

export function entriesAnswer(call: ViewCall): Body {
  return answerAbout(call, "/entries", ({ id }) => {
    const { query, service, view } = call;
    const context = { times: service.times, nowMs: view.moment.wallMs };
    const asked = readEntryQuery(new URLSearchParams(query), context);
    if ("parameter" in asked) return wrongParameter(asked);
    const { limit } = asked;
    const entries = service.source.entries(id, { ...asked, limit: limit + 1 });
    return jsonBody(entriesJson(entries, limit));
  });
}

/** The answer about the machine that the path names; `part` is what follows its slug there. */
function answerAbout(call: ViewCall, part: string, answer: (machine: Machine) => Body): Body {
  const found = findShown(call.view, call.slug);
  switch (found.kind) {
    case "one":
      return answer(found.machine);
    case "many":
      return jsonError(300, {
        error: "several machines have this name",
        choices: choicesOf(call, found.machines).map(({ href, ...choice }) => ({
          ...choice,
          href: `/api/v1${href}${part}`,
        })),
      });
    case "none":
      return jsonError(404, {
        error: "no machine has this id, address or name",
        key: shownText(call.slug, 80),
      });
  }
}

function choicesOf({ view }: ViewCall, machines: readonly Machine[]) {
  const slugs = slugsOf(view.machines);
  return machines.map(({ id, name, address }) => ({
    ...{ id, name, address },
    href: machineHref(slugs.get(id) ?? id),
  }));
}
