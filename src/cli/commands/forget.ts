/** `unagi forget`: has the unagi that runs here forget a scrapped machine, and tell the others. */

import { oneLine, quoted } from "../../base/printable.ts";
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { COMMAND_LINE_OPTIONS } from "../../config/options.ts";
import { askLocal, type LocalAnswer, type ReportPlace } from "../ask-local.ts";
import type { Command, Surroundings } from "../command.ts";
import { COLUMNS, wrap } from "../wrap.ts";

export interface ForgetInput extends Extract<LoadedConfig, { kind: "config" }> {
  /** A name, an address or an id, as it was typed. */
  readonly machine: string;
}

export const forget: Command<ForgetInput> = {
  name: "forget",
  description: "remove a scrapped machine from all pages",
  usage: "unagi forget MACHINE [OPTION]...",
  help: [
    "Has the unagi that runs on this machine forget a machine that was scrapped, and its history. " +
      "MACHINE is its name, address or id. It must be silent, stopped or down: one that is up would " +
      "come back at once.",
    "The other machines are told, and forget it within a minute when they find it gone too; one " +
      "that is off now goes on showing it until it is told itself.",
    "Takes the options of the daemon (unagi --help) after the machine: give it those that unagi is " +
      "started with. Exits with 0 if the machine is forgotten, else with 1.",
  ],
  options: COMMAND_LINE_OPTIONS,
  operand: "MACHINE",
  read: ([machine, ...argv], { env, readText }) => {
    // Only the first word can be the machine: after an option it could be the option's value.
    const isOption = machine?.startsWith("-") === true;
    const loaded = loadConfig({ argv: isOption ? [machine, ...argv] : argv, env, readText });
    if (loaded.kind === "help" || loaded.kind === "version") return loaded;
    if (isOption || machine === undefined || machine === "") {
      return { kind: "problems", problems: [NO_MACHINE] };
    }
    return loaded.kind === "config" ? { kind: "run", input: { ...loaded, machine } } : loaded;
  },
  run: runForget,
};

const NO_MACHINE = "forget needs a machine first: unagi forget MACHINE [OPTION]...";

/** Says what has come of it; exit code 0 if the machine is forgotten, else 1. Takes 3 s at most. */
export async function runForget(
  input: ForgetInput,
  { out, error }: Pick<Surroundings, "out" | "error">,
): Promise<number> {
  const { machine, config, notes } = input;
  const { bind, httpPort: port } = config;
  const place = bind === undefined ? { port } : { port, bind };
  const answer = await askLocal(place, {
    method: "DELETE",
    path: `/api/v1/machines/${encodeURIComponent(machine.toWellFormed())}`,
    headers: { "x-unagi": "forget" },
  });
  const outcome = readOutcome(answer, { machine, ...place });
  if (outcome.isForgotten) {
    out(`${outcome.text}\n`);
    return 0;
  }
  const isLost = answer.kind !== "text";
  const lines = isLost ? [outcome.text, ...notes] : [outcome.text];
  error(lines.map((line) => `unagi: ${line}\n`).join(""));
  return 1;
}

interface Outcome {
  readonly isForgotten: boolean;
  readonly text: string;
}

/** What the answer means, in words; without a newline at the end. */
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
      // Without a body it goes to whom http-allow leaves out (design, section 8).
      return failed(reason ?? "the unagi here does not answer this machine: add 127.0.0.1 to -a");
    case 404:
      return reason === undefined
        ? notUnagi(port, "it answers 404")
        : failed(`${quoted(machine)}: ${reason}; ${urlOf({ bind, port })} shows those known here`);
    case 409:
      return reason === undefined ? notUnagi(port, "it answers 409") : failed(reason);
    default:
      return notUnagi(port, `it answers ${answer.status}`);
  }
}

function urlOf({ bind, port }: Required<ReportPlace>): string {
  return `http://${bind.includes(":") ? `[${bind}]` : bind}:${port}/`;
}

/** Of what a peer may have chosen. */
const SHOWN_LENGTH = 200;
/** More machines of one name than fit on a screen help nobody. */
const MOST_CHOICES = 20;

function failed(text: string): Outcome {
  return { isForgotten: false, text };
}

function notUnagi(port: number, reason: string): Outcome {
  return failed(
    `TCP port ${port} is held by another program, or by a unagi that cannot forget: ${reason}`,
  );
}

function forgotten(json: Json | undefined): Outcome | undefined {
  const machine = json?.["forgotten"];
  if (!isObject(machine)) return undefined;
  const text =
    `${textOf(machine, "name") ?? "it"} at ${textOf(machine, "address") ?? "?"} is forgotten here; ` +
    "the other machines forget it within a minute, when they find it gone too";
  return { isForgotten: true, text: wrap(text, COLUMNS).join("\n") };
}

function choices(json: Json | undefined, machine: string): Outcome | undefined {
  const list = json?.["choices"];
  if (!Array.isArray(list)) return undefined;
  const lines = list
    .filter(isObject)
    .slice(0, MOST_CHOICES)
    .map((one) => {
      const [id = "?", address = "?", state = "?"] = ["id", "address", "state"].map((key) =>
        textOf(one, key),
      );
      return `  ${id}  ${address}, ${state}`;
    });
  const head = `several machines that are gone are called ${quoted(machine)}; name one by its id:`;
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

function textOf(json: Json | undefined, key: string): string | undefined {
  const value = json?.[key];
  return typeof value === "string" ? oneLine(value, SHOWN_LENGTH) : undefined;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
