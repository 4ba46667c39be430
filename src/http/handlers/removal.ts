/**
 * `DELETE /api/v1/machines/KEY`: removes a scrapped machine here, and on the other machines once
 * they have found it silent, too. Nothing else can be changed over HTTP, and only programs on this
 * very machine may ask for it, whoever else may read the pages.
 */
import type { ErrorJson, ForgottenJson } from "../../api/types.ts";
import { shownName, shownText } from "../../base/shown-text.ts";
import { type Machine, QUIET_STATES } from "../../cluster/machine.ts";
import { isLoopback } from "../../net/address.ts";
import { findMachine } from "../../view/machine-slug.ts";
import type { Body } from "../answer.ts";
import type { ViewCall } from "../router.ts";
import { jsonBody, jsonError } from "./bodies.ts";

/** No form or link sends this header, and CORS forbids it to scripts of other sites. */
const FORGET_HEADER = "x-unagi";
const FORGET_VALUE = "forget";

/** Added by proxies, which ask for somebody else. */
const PROXY_HEADERS = ["forwarded", "x-forwarded-for", "via"];

export function removalAnswer(call: ViewCall): Body {
  const refused = whyRefused(call);
  if (refused !== undefined) return jsonError(403, { error: refused });
  const chosen = choose(call);
  if (!chosen.ok) return chosen.answer;
  call.service.removal.remove(chosen.machine, call.client);
  return jsonBody({ forgotten: identify(chosen.machine) } satisfies ForgottenJson);
}

function whyRefused({ request: { headers }, client, service }: ViewCall): string | undefined {
  const isHere = isLoopback(client.address) || client.address === service.removal.ownAddress;
  if (!isHere || PROXY_HEADERS.some((name) => headers.has(name))) {
    return "a machine can be forgotten only from this machine itself: run unagi forget NAME there";
  }
  if (headers.get(FORGET_HEADER) !== FORGET_VALUE) {
    return "to forget a machine, send the header X-Unagi: forget";
  }
  return undefined;
}

/**
 * Among machines that share a name, the quiet one is meant: a machine that was installed anew has
 * left its old self behind, and one that is up cannot be removed.
 */
function choose({ view, slug }: ViewCall) {
  const found = findMachine(view.machines, slug);
  const named =
    found.kind === "many" ? found.machines : found.kind === "one" ? [found.machine] : [];
  const quiet = named.filter(({ state, isSelf }) => QUIET_STATES.has(state) && !isSelf);
  const [first, ...more] = quiet;
  if (first !== undefined && more.length === 0) return { ok: true, machine: first } as const;
  if (first !== undefined) {
    const error = "several machines that are silent, stopped or down have this name";
    return refused(300, { error, choices: quiet.map(identify) });
  }
  const [present] = named;
  if (present === undefined) {
    const error = "no machine has this id, address or name";
    return refused(404, { error, key: shownText(slug, 80) });
  }
  const { state } = present;
  const name = shownName(present);
  const error = present.isSelf
    ? `${name} is this machine itself`
    : `${name} is ${state === "new" ? "up" : state}: stop it first, or it would come back at once`;
  return refused(409, { error, state });
}

function identify({ id, name, address, state }: Machine): ForgottenJson["forgotten"] {
  return { id, name, address, state };
}

function refused(status: number, json: ErrorJson) {
  return { ok: false, answer: jsonError(status, json) } as const;
}
