/**
 * Makes the configuration from the settings of the command line and of the file: checks each
 * value, lets the command line win, and fills in the defaults; or names every problem at once. Pure.
 */
import { fail, ok, type Result } from "../base/result.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import { formatAddress, parseAddress } from "../net/address.ts";
import { whyOutsideAllow } from "../net/check-scan.ts";
import { parseRange, type Range, type RangeList, rangeList, whyTooLarge } from "../net/ranges.ts";
import type { Config } from "./config.ts";
import {
  OPTION_TABLE,
  OPTIONS,
  type Option,
  type OptionName,
  type Setting,
  type Settings,
} from "./options.ts";
import { whyProtocol1Only } from "./texts.ts";

interface ConfigSources {
  readonly commandLine: Settings;
  readonly file: (Settings & { readonly path: string }) | undefined;
  /** The key files that the service manager passes on, used where no `--key-file` is given. */
  readonly keyFiles: readonly string[];
  /** `$STATE_DIRECTORY`: the directories of systemd's `StateDirectory=`, separated by colons. */
  readonly stateDirectory: string | undefined;
  readonly userExists: (name: string) => boolean;
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly notes: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[] };

/** A value that passed its check, and how the user wrote it. */
interface Checked {
  readonly value: string | number | boolean | Range;
  readonly where: string;
}

type CheckedOptions = ReadonlyMap<OptionName, readonly Checked[]>;

/** Enough words to group machines by; they travel in every report, which has few bytes to spare. */
const MOST_TAGS = 16;

export function makeConfig(sources: ConfigSources): ConfigResult {
  const problems: string[] = [...sources.commandLine.problems, ...(sources.file?.problems ?? [])];
  const fromFile = checkSettings(sources.file, problems);
  const fromCommandLine = checkSettings(sources.commandLine, problems);
  const chosen = new Map([...fromFile, ...fromCommandLine]);
  const notes: string[] = [];
  const ranges = chooseRanges(chosen, problems, notes);
  checkUser(chosen, sources.userExists, problems);
  if (texts(chosen, "tag").length > MOST_TAGS) problems.push(`more than ${MOST_TAGS} tags`);
  const keyFiles = chosen.has("key-file") ? texts(chosen, "key-file") : sources.keyFiles;
  const isProtocol1Only = checkSignature(chosen, keyFiles.length > 0, { problems, notes });
  if (problems.length > 0) return { ok: false, problems };
  const debug = (chosen.get("debug") ?? []).reduce((total, { value }) => total + Number(value), 0);
  const config: Config = withoutUndefined({
    debug: Math.min(OPTION_TABLE.debug.kind.max, debug),
    updateSeconds: number(chosen, "update"),
    p2pPort: number(chosen, "p2p-port"),
    httpPort: number(chosen, "http-port"),
    ...ranges,
    signature: text(chosen, "signature") ?? OPTION_TABLE.signature.kind.default,
    isProtocol1Only,
    historyEntries: number(chosen, "history"),
    tags: [...new Set(texts(chosen, "tag"))],
    keyFiles,
    httpNames: texts(chosen, "http-name").map((name) => name.toLowerCase().replace(/\.$/, "")),
    messages: boolean(chosen, "messages"),
    maxPeers: number(chosen, "max-peers"),
    user: text(chosen, "user"),
    bind: canonical(text(chosen, "bind")),
    name: text(chosen, "name"),
    stateDirectory: text(chosen, "state") ?? (sources.stateDirectory?.split(":")[0] || undefined),
    file: sources.file?.path,
  });
  return { ok: true, config, notes };
}

/** The valid values by option; the others are added to `problems`. */
function checkSettings(source: Settings | undefined, problems: string[]): CheckedOptions {
  const checked = new Map<OptionName, Checked[]>();
  for (const name of source?.emptied ?? []) checked.set(name, []);
  for (const setting of source?.settings ?? []) {
    const option = OPTIONS.find(({ long }) => long === setting.option);
    if (option === undefined) throw new Error(`a setting without an option: ${setting.option}`);
    const reading = checkValue(option, setting.value);
    // A list counts as given even if none of its values can be used: it gets no default.
    const values = checked.get(option.long) ?? [];
    checked.set(option.long, values);
    if (reading.ok) values.push({ value: reading.value, where: setting.where });
    else problems.push(`${setting.where}: ${reading.reason}`);
  }
  return checked;
}

function checkValue({ kind, metavar }: Option, value: Setting["value"]): Result<Checked["value"]> {
  switch (kind.type) {
    case "count":
      return value === true ? ok(1) : checkNumber(value, 0, kind.max, "");
    case "number":
      return checkNumber(value, kind.min, kind.max, metavar === "SECONDS" ? " (seconds)" : "");
    case "text": {
      const reason = kind.whyBad(String(value));
      return reason === undefined ? ok(value) : fail(reason);
    }
    case "ranges":
      return parseRange(String(value), kind.use);
    case "boolean":
    case "action":
      return ok(value);
  }
}

function checkNumber(
  value: Setting["value"],
  min: number,
  max: number,
  unit: string,
): Result<number> {
  // The command line gives text, which must be plain digits: Number() takes more than that.
  const read = typeof value === "string" && /^\d{1,15}$/.test(value) ? Number(value) : value;
  if (typeof read === "number" && Number.isInteger(read) && read >= min && read <= max) {
    return ok(read);
  }
  return fail(`it must be a whole number from ${min} to ${max}${unit}`);
}

type RangeConfig = Pick<Config, "scan" | "p2pAllow" | "httpAllow">;

/**
 * Without `-n`, the ranges of `-s` are allowed. Without `-s`, those ranges of `-n` are scanned that
 * can be. Without both, this machine stays alone.
 */
function chooseRanges(chosen: CheckedOptions, problems: string[], notes: string[]): RangeConfig {
  const givenScan = ranges(chosen, "scan");
  const givenAllow = ranges(chosen, "p2p-allow");
  const scan = givenScan ?? scannable(givenAllow ?? []);
  const p2pAllow = givenAllow ?? givenScan?.map(asAllowed);
  if (givenScan === undefined && givenAllow !== undefined && scan.length === 0) {
    notes.push(
      "no range of p2p-allow can be scanned, so this machine waits until others find it; " +
        "use -s (scan) to say where to look for them",
    );
  }
  const isAlone = givenScan === undefined && scan.length === 0;
  const scanList: RangeList = isAlone
    ? rangeList(["127.0.0.1"], "scan")
    : { use: "scan", ranges: scan };
  const allowList = allowed(p2pAllow);
  const size = whyTooLarge(scanList);
  if (size !== undefined) {
    const given = "-n, which is also scanned if there is no -s";
    problems.push(`${givenScan === undefined ? given : "-s (scan)"}: ${size}`);
  }
  if (givenScan !== undefined && givenAllow !== undefined) {
    for (const { value, where } of chosen.get("scan") ?? []) {
      const reason = isRange(value) ? whyOutsideAllow(value, allowList) : undefined;
      if (reason !== undefined) problems.push(`${where}: ${reason}`);
    }
  }
  return { scan: scanList, p2pAllow: allowList, httpAllow: allowed(ranges(chosen, "http-allow")) };
}

function allowed(given: readonly Range[] | undefined): RangeList {
  return given ? { use: "allow", ranges: given } : rangeList(["127.0.0.0/8", "::1"], "allow");
}

function scannable(allow: readonly Range[]): readonly Range[] {
  return allow.flatMap(({ text }) => {
    const range = parseRange(text, "scan");
    return range.ok ? [range.value] : [];
  });
}

/** The same range for an allow list, which keeps the first and the last address of a CIDR. */
function asAllowed({ text }: Range): Range {
  const range = parseRange(text, "allow");
  if (!range.ok) throw new Error(`a range can be scanned but not allowed: ${text}`);
  return range.value;
}

function checkUser(
  chosen: CheckedOptions,
  userExists: (name: string) => boolean,
  problems: string[],
): void {
  const user = chosen.get("user")?.at(-1);
  if (user === undefined || userExists(String(user.value))) return;
  problems.push(`${user.where}: /etc/passwd has no such user; create it or leave -U out`);
}

/** Whether the signature allows nothing but protocol 1. */
function checkSignature(
  chosen: CheckedOptions,
  hasKey: boolean,
  { problems, notes }: { readonly problems: string[]; readonly notes: string[] },
): boolean {
  const signature = chosen.get("signature")?.at(-1);
  const reason = whyProtocol1Only(String(signature?.value ?? ""));
  if (signature === undefined || reason === undefined) return false;
  const told = `${signature.where}: it ${reason}, so only protocol 1 (that of 2005) is spoken`;
  if (hasKey) problems.push(`${told}, which no key can seal; choose another, or give no key`);
  else notes.push(`${told}; choose another where every machine runs unagi`);
  return true;
}

function ranges(chosen: CheckedOptions, name: OptionName): readonly Range[] | undefined {
  return chosen.get(name)?.flatMap(({ value }) => (isRange(value) ? [value] : []));
}

function isRange(value: Checked["value"]): value is Range {
  return typeof value === "object";
}

/** The names of the options of one kind. */
type OptionsOf<Type> = {
  [Name in OptionName]: (typeof OPTION_TABLE)[Name]["kind"]["type"] extends Type ? Name : never;
}[OptionName];

/** The last value counts if an option is given several times without being a list. */
function number(chosen: CheckedOptions, name: OptionsOf<"number">): number {
  const value = chosen.get(name)?.at(-1)?.value;
  return typeof value === "number" ? value : OPTION_TABLE[name].kind.default;
}

function boolean(chosen: CheckedOptions, name: OptionsOf<"boolean">): boolean {
  const value = chosen.get(name)?.at(-1)?.value;
  return typeof value === "boolean" ? value : OPTION_TABLE[name].kind.default;
}

function text(chosen: CheckedOptions, name: OptionName): string | undefined {
  return texts(chosen, name).at(-1);
}

function texts(chosen: CheckedOptions, name: OptionName): readonly string[] {
  return (chosen.get(name) ?? []).map(({ value }) => String(value));
}

function canonical(address: string | undefined): string | undefined {
  const value = address === undefined ? undefined : parseAddress(address);
  return value === undefined ? undefined : formatAddress(value);
}
