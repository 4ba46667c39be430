/**
 * What becomes of a configuration that is read again while the daemon runs (SIGHUP): what counts
 * from now on, what only a restart can change, and what is refused. Pure.
 */
import type { Config } from "../config/config.ts";
import type { ReadConfig } from "../config/load-config.ts";
import { rangeTexts } from "../net/ranges.ts";

export interface ReloadPlan {
  /** What runs from now on: the running configuration with the keys of `applied` changed. */
  readonly config: Config;
  readonly applied: readonly string[];
  /** For the log. */
  readonly infos: readonly string[];
  readonly warnings: readonly string[];
}

interface Key {
  /** Its name on the command line and in the file. */
  readonly option: string;
  /** The fields of a configuration that the option fills. */
  readonly take: (config: Config) => Partial<Config>;
}

const LIVE: readonly Key[] = [
  { option: "scan", take: ({ scan }) => ({ scan }) },
  { option: "p2p-allow", take: ({ p2pAllow }) => ({ p2pAllow }) },
  { option: "http-allow", take: ({ httpAllow }) => ({ httpAllow }) },
  { option: "http-name", take: ({ httpNames }) => ({ httpNames }) },
  { option: "name", take: ({ name }) => (name === undefined ? {} : { name }) },
  { option: "tag", take: ({ tags }) => ({ tags }) },
  { option: "update", take: ({ updateSeconds }) => ({ updateSeconds }) },
];

/** What is opened, or given to others for good, at the start. */
const FIXED: readonly Key[] = [
  { option: "p2p-port", take: ({ p2pPort }) => ({ p2pPort }) },
  { option: "http-port", take: ({ httpPort }) => ({ httpPort }) },
  { option: "bind", take: ({ bind }) => (bind === undefined ? {} : { bind }) },
  { option: "signature", take: ({ signature }) => ({ signature }) },
  { option: "key-file", take: ({ keyFiles }) => ({ keyFiles }) },
  { option: "user", take: ({ user }) => (user === undefined ? {} : { user }) },
  {
    option: "state",
    take: ({ stateDirectory: it }) => (it === undefined ? {} : { stateDirectory: it }),
  },
  { option: "history", take: ({ historyEntries }) => ({ historyEntries }) },
  { option: "messages", take: ({ messages }) => ({ messages }) },
  { option: "max-peers", take: ({ maxPeers }) => ({ maxPeers }) },
  { option: "debug", take: ({ debug }) => ({ debug }) },
];

export function planReload(running: Config, reread: ReadConfig): ReloadPlan {
  const refused = whyRefused(running, reread);
  if (refused !== undefined || reread.kind === "problems") {
    const warnings = [...(refused ?? []), "the running configuration stays as it is"];
    return { config: running, applied: [], infos: [], warnings };
  }
  const next = reread.config;
  const applied = changedKeys(LIVE, running, next);
  const fixed = changedKeys(FIXED, running, next);
  const names = applied.map(({ option }) => option);
  const what = names.length === 0 ? "nothing to change now" : `changed: ${names.join(", ")}`;
  return {
    config: Object.assign(without(running, applied), ...applied.map(({ take }) => take(next))),
    applied: names,
    infos: [`configuration read again; ${what}`, ...names.flatMap(whatElse)],
    warnings: [
      ...reread.notes,
      ...fixed.map(({ option }) => `${option}: the change takes effect at the next restart`),
    ],
  };
}

/** A file that was read at the start and cannot be read now would set everything to its default. */
function whyRefused(running: Config, reread: ReadConfig): readonly string[] | undefined {
  if (reread.kind === "problems") return reread.problems;
  if (running.file === undefined || reread.config.file !== undefined) return undefined;
  return reread.notes.length > 0 ? reread.notes : [`${running.file} is not there any more`];
}

/** A copy; an optional field that is left out now must not stay in it. */
function without(config: Config, keys: readonly Key[]): Config {
  const { name, ...rest } = config;
  const isNameKept = name !== undefined && !keys.some(({ option }) => option === "name");
  return isNameKept ? { ...rest, name } : rest;
}

function whatElse(option: string): readonly string[] {
  return option === "name"
    ? ["name: this machine keeps its id, which is made of its name, until the next restart"]
    : [];
}

function changedKeys(keys: readonly Key[], from: Config, to: Config): readonly Key[] {
  return keys.filter(({ take }) => textOf(take(from)) !== textOf(take(to)));
}

/** Equal texts for equal values; ranges as they were written. */
function textOf(values: Partial<Config>): string {
  return JSON.stringify(values, (_key, value: unknown) =>
    isRangeList(value) ? rangeTexts(value) : value,
  );
}

function isRangeList(value: unknown): value is Config["scan"] {
  return typeof value === "object" && value !== null && "ranges" in value && "use" in value;
}
