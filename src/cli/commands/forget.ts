/**
 * `unagi forget`: asks the unagi that runs here to remove a scrapped machine, and to tell the
 * others.
 */
import { type LoadedConfig, loadConfig } from "../../config/load-config.ts";
import { COMMAND_LINE_OPTIONS } from "../../config/options.ts";
import { askLocal } from "../ask-local.ts";
import type { Command, Surroundings } from "../command.ts";
import { readOutcome } from "./forget/outcome.ts";

export interface ForgetInput extends Extract<LoadedConfig, { kind: "config" }> {
  /** A name, an address or an id, as it was typed. */
  readonly machine: string;
}

export const forget: Command<ForgetInput> = {
  name: "forget",
  description: "remove a scrapped machine from all pages",
  usage: "unagi forget MACHINE [OPTION]...",
  help: [
    "Removes a scrapped machine and its history from the unagi that runs here. MACHINE is its " +
      "name, address or id. It must be silent, stopped or down: a machine that is up would come " +
      "back at once.",
    "The other machines are told, and remove it within a minute if it is down or stopped for them " +
      "too. A machine that is switched off now will still show it: run the command there, too.",
    "After MACHINE, takes the same options as the daemon (unagi --help); give it those that unagi " +
      "was started with. The exit code is 0 if the machine is removed, otherwise 1.",
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

/** Says what came of it. Takes 3 s at most. */
async function runForget(input: ForgetInput, { out, error }: Surroundings): Promise<number> {
  const { machine, config, notes } = input;
  const place = { bind: config.bind, port: config.httpPort };
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
  // Where no unagi answered, a configuration file that could not be read may be the reason.
  const lines = answer.kind === "text" ? [outcome.text] : [outcome.text, ...notes];
  error(lines.map((line) => `unagi: ${line}\n`).join(""));
  return 1;
}
