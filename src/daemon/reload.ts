/**
 * What becomes of a configuration that is read again while the daemon runs (SIGHUP): what counts
 * from now on, what only a restart can change, and what is refused. Pure.
 */
import { withoutUndefined } from "../base/without-undefined.ts";
import { type Config, ON_RELOAD } from "../config/config.ts";
import type { ReadConfig } from "../config/load-config.ts";
import type { OptionName } from "../config/options.ts";
import { rangeTexts } from "../net/ranges.ts";

/**
 * What runs from now on: the running configuration with the options of `applied` changed; and for the log
 * `infos` and `warnings`.
 */
export function planReload(running: Config, reread: ReadConfig) {
  const refused = whyRefused(running, reread);
  if (refused !== undefined || reread.kind === "problems") {
    const warnings = [...(refused ?? []), "the running configuration stays as it is"];
    return { config: running, applied: [], infos: [], warnings };
  }
  const next = reread.config;
  const changed = changedFields(running, next);
  const reloaded = changed.filter((field) => ON_RELOAD[field].change === "reload");
  const applied = reloaded.map((field) => ON_RELOAD[field].option);
  const restarting = changed.filter((field) => ON_RELOAD[field].change === "restart");
  const what = applied.length === 0 ? "nothing to change now" : `changed: ${applied.join(", ")}`;
  return {
    config: withFields(running, next, reloaded),
    applied,
    infos: [`configuration read again; ${what}`, ...applied.flatMap(whatElse)],
    warnings: [
      ...reread.notes,
      ...restarting.map(
        (field) => `${ON_RELOAD[field].option}: the change takes effect at the next restart`,
      ),
    ],
  };
}

/** A file that was read at the start and cannot be read now would set everything to its default. */
function whyRefused(running: Config, reread: ReadConfig): readonly string[] | undefined {
  if (reread.kind === "problems") return reread.problems;
  if (running.file === undefined || reread.config.file !== undefined) return undefined;
  return reread.notes.length > 0 ? reread.notes : [`${running.file} is not there any more`];
}

/** `base` with these fields as in `other`; a field that `other` lacks is absent. */
function withFields(base: Config, other: Config, fields: readonly (keyof Config)[]): Config {
  const taken = Object.fromEntries(fields.map((field) => [field, other[field]]));
  return withoutUndefined<Config>({ ...base, ...taken });
}

function whatElse(option: OptionName): readonly string[] {
  return option === "name"
    ? ["name: this machine keeps its id, which is made of its name, until the next restart"]
    : [];
}

function changedFields(from: Config, to: Config): readonly (keyof Config)[] {
  const fields = Object.keys(ON_RELOAD) as (keyof Config)[];
  return fields.filter((field) => textOf(from[field]) !== textOf(to[field]));
}

/** Equal texts for equal values; ranges as they were written. */
function textOf(value: Config[keyof Config]): string | undefined {
  const isRanges = typeof value === "object" && "ranges" in value;
  return JSON.stringify(isRanges ? rangeTexts(value) : value);
}
