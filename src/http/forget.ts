/**
 * `DELETE /api/v1/machines/KEY`: forgets a machine that was scrapped, here and, as far as they find
 * it gone too, on the others. The only thing that the HTTP interface changes; so only programs of
 * this very machine may ask for it, whoever may read the report.
 */

import { errorJson } from "../api/json.ts";
import { shownName, shownText } from "../base/shown-text.ts";
import type { Machine } from "../cluster/machine.ts";
import { QUIET_STATES } from "../cluster/peers/peer.ts";
import { isLoopback } from "../net/address.ts";
import { findMachine } from "../view/machine-slug.ts";
import { type Body, bodyOf, JSON_TYPE } from "./answer.ts";

export interface Client {
  /** Canonical. */
  readonly address: string;
  /** 0 where it is not known. */
  readonly port: number;
}

export interface Forgetter {
  /** The address of `--bind`: who comes from there is this machine too. */
  readonly ownAddress?: string;
  /** A machine that is silent, stopped or down. */
  readonly forget: (machine: Machine, client: Client) => void;
}

/** No form and no link sends it, and no script of another site may (CORS: it is not allowed to). */
export const FORGET_HEADER = "x-unagi";
const FORGET_VALUE = "forget";

/** Added by proxies: then it was somebody else who asked. */
const PROXY_HEADERS = ["forwarded", "x-forwarded-for", "via"];

const FORGET_PATH = /^\/api\/v1\/machines\/[^/]+$/;

export function isForgetPath(path: string): boolean {
  return FORGET_PATH.test(path);
}

/** The answer to a client that may read the report, and asked under a name of this machine. */
export function answerForget(
  asked: { readonly request: Request; readonly client: Client; readonly key: string },
  forgetter: Forgetter,
  machines: readonly Machine[],
): Body {
  const refused = whyRefused(asked.request, asked.client.address, forgetter.ownAddress);
  if (refused !== undefined) return body(403, errorJson(refused));
  const chosen = choose(machines, asked.key);
  if (chosen.kind === "refused") return chosen.body;
  const { machine } = chosen;
  forgetter.forget(machine, asked.client);
  return body(200, JSON.stringify({ forgotten: told(machine) }));
}

function whyRefused(
  { headers }: Request,
  address: string,
  ownAddress: string | undefined,
): string | undefined {
  const isHere = isLoopback(address) || address === ownAddress;
  if (!isHere || PROXY_HEADERS.some((name) => headers.has(name))) {
    return "only this machine itself may have machines forgotten: run unagi forget NAME there";
  }
  if (headers.get(FORGET_HEADER) !== FORGET_VALUE) {
    return "to forget a machine takes the header X-Unagi: forget";
  }
  return undefined;
}

type Chosen =
  | { readonly kind: "one"; readonly machine: Machine }
  | { readonly kind: "refused"; readonly body: Body };

/**
 * Of machines that share a name, the one that is gone: that of a machine that was installed anew
 * is the common case, and the one that is up could not be meant.
 */
function choose(machines: readonly Machine[], key: string): Chosen {
  const found = findMachine(machines, key);
  const named =
    found.kind === "many" ? found.machines : found.kind === "one" ? [found.machine] : [];
  const gone = named.filter(({ state, isSelf }) => QUIET_STATES.has(state) && !isSelf);
  const [first, ...more] = gone;
  if (first !== undefined && more.length === 0) return { kind: "one", machine: first };
  if (first !== undefined) {
    return refused(300, "several machines that are gone have this name", {
      choices: gone.map(told),
    });
  }
  const [present] = named;
  if (present === undefined) {
    return refused(404, "no machine has this id, address or name", { key: shownText(key, 80) });
  }
  const { state } = present;
  const name = shownName(present);
  const reason = present.isSelf
    ? `${name} is this machine itself`
    : `${name} is ${state === "new" ? "up" : state}: stop it first, or it would come back at once`;
  return refused(409, reason, { state });
}

function told({ id, name, address, state }: Machine) {
  return { id, name, address, state };
}

function refused(
  status: number,
  reason: string,
  more: Readonly<Record<string, unknown>>,
): Extract<Chosen, { kind: "refused" }> {
  return { kind: "refused", body: body(status, errorJson(reason, more)) };
}

function body(status: number, text: string): Body {
  return bodyOf({ status, text, contentType: JSON_TYPE, cacheControl: "no-store" });
}
