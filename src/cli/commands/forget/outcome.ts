/** What the answer to `unagi forget` means, in words for the user. */
import { isObject } from "../../../base/json-fields.ts";
import { oneLine, quoted } from "../../../base/printable.ts";
import type { LocalAnswer, ReportPlace } from "../../ask-local.ts";
import { COLUMNS, wrap } from "../../wrap.ts";

export interface Outcome {
  readonly isForgotten: boolean;
  readonly text: string;
}

/** The text has no newline at its end. */
export function readOutcome(
  answer: LocalAnswer,
  { machine, port, bind = "localhost" }: ReportPlace & { readonly machine: string },
): Outcome {
  if (answer.kind === "nobody") {
    return failed(
      `no unagi runs here on TCP port ${port}: start it, or give the options that it was started with (-h, --bind, -c)`,
    );
  }
  if (answer.kind === "failed") return notUnagi(port, oneLine(answer.reason, SHOWN_LENGTH));
  const json = parse(answer.text);
  const reason = textOf(json, "error");
  switch (answer.status) {
    case 200:
      return forgotten(json) ?? notUnagi(port, "it answers 200");
    case 300:
      return choices(json, machine) ?? notUnagi(port, "it answers 300");
    case 403:
      // Without a body, it is the answer to an address outside http-allow.
      return failed(reason ?? "the unagi here does not answer this machine: add 127.0.0.1 to -a");
    case 404: {
      if (reason === undefined) break;
      const url = `http://${bind.includes(":") ? `[${bind}]` : bind}:${port}/`;
      return failed(`${quoted(machine)}: ${reason}; ${url} shows the machines known here`);
    }
    case 409:
      if (reason !== undefined) return failed(reason);
  }
  return notUnagi(port, `it answers ${answer.status}`);
}

/** What a peer chose is cut to this length. */
const SHOWN_LENGTH = 200;

/** A list of more machines with one name would not fit on a screen. */
const MOST_CHOICES = 20;

function failed(text: string): Outcome {
  return { isForgotten: false, text };
}

function notUnagi(port: number, reason: string): Outcome {
  return failed(
    `TCP port ${port} is held by another program, or by a unagi without this command: ${reason}`,
  );
}

function forgotten(json: Json | undefined): Outcome | undefined {
  const machine = json?.["forgotten"];
  if (!isObject(machine)) return undefined;
  const text =
    `${textOf(machine, "name") ?? "it"} at ${textOf(machine, "address") ?? "?"} is removed here; ` +
    "the other machines remove it within a minute if it is down or stopped for them too";
  return { isForgotten: true, text: wrap(text, COLUMNS).join("\n") };
}

function choices(json: Json | undefined, machine: string): Outcome | undefined {
  const list = json?.["choices"];
  if (!Array.isArray(list)) return undefined;
  const lines = list
    .filter(isObject)
    .slice(0, MOST_CHOICES)
    .map((one) => {
      const shown = (field: string) => textOf(one, field) ?? "?";
      return `  ${shown("id")}  ${shown("address")}, ${shown("state")}`;
    });
  const head = `several machines that are down or stopped are called ${quoted(machine)}; name one by its id:`;
  return failed([head, ...lines].join("\n"));
}

type Json = Readonly<Record<string, unknown>>;

function parse(text: string): Json | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

function textOf(json: Json | undefined, field: string): string | undefined {
  const value = json?.[field];
  return typeof value === "string" ? oneLine(value, SHOWN_LENGTH) : undefined;
}
