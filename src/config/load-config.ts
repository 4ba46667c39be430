/**
 * Loads the configuration from the command line, the environment and the configuration file, or
 * names all problems at once. It reads files only through the function that it is given.
 */
import { printable } from "../base/printable.ts";
import { PASSWD_CAP_BYTES, parsePasswd } from "../linux/passwd.ts";
import type { Config } from "./config.ts";
import { makeConfig } from "./make-config.ts";
import { DEFAULT_CONFIG_FILE, type Settings } from "./options.ts";
import { parseArguments } from "./parse-arguments.ts";
import { LARGEST_CONFIG_FILE, parseConfigFile } from "./parse-config-file.ts";
import type { ReadText } from "./read-config-file.ts";
import { badPath } from "./texts.ts";

export type LoadedConfig =
  | {
      readonly kind: "config";
      readonly config: Config;
      /** For the log: what the user should know, although the daemon starts. */
      readonly notes: readonly string[];
    }
  | { readonly kind: "help" }
  | { readonly kind: "version" }
  /** Sentences without `unagi: `. */
  | { readonly kind: "problems"; readonly problems: readonly string[] };

/** What a command line loads that asks for neither help nor version. */
export type ReadConfig = Extract<LoadedConfig, { kind: "config" | "problems" }>;

export interface ConfigInput {
  /** The words after the name of the program, or of the command. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly readText: ReadText;
}

/** A key file has 56 bytes. */
const LARGEST_CREDENTIAL = 1_024;

/** The credentials of the unit; with two of them, a key can be changed without a gap. */
const CREDENTIALS = ["key", "other-key"];

export function loadConfig({ argv, env, readText }: ConfigInput): LoadedConfig {
  const commandLine = parseArguments(argv);
  if (commandLine.action !== undefined) return { kind: commandLine.action };
  const file = readFile(commandLine, readText);
  const made = makeConfig({
    commandLine: { ...commandLine, problems: [...commandLine.problems, ...(file.problems ?? [])] },
    file: file.settings,
    stateDirectory: env["STATE_DIRECTORY"],
    keyFiles: credentialsIn(env["CREDENTIALS_DIRECTORY"], readText),
    userExists: (name) => userExists(name, readText),
  });
  if (!made.ok) return { kind: "problems", problems: made.problems };
  return { kind: "config", config: made.config, notes: [...(file.notes ?? []), ...made.notes] };
}

/** The credentials that exist. Whether they hold a key shows when they are read (runtime/key-file.ts). */
function credentialsIn(directory: string | undefined, readText: ReadText): readonly string[] {
  if (directory === undefined || directory === "") return [];
  const paths = CREDENTIALS.map((name) => `${directory}/${name}`);
  return paths.filter((path) => readText(path, LARGEST_CREDENTIAL).kind !== "absent");
}

/** Reads the file of `-c`, which must exist, or the default one, which need not. */
function readFile(commandLine: Settings, readText: ReadText) {
  const given = commandLine.settings.findLast(({ option }) => option === "config");
  const path = given === undefined ? DEFAULT_CONFIG_FILE : String(given.value);
  // `-c /dev/null` means "no file".
  if (badPath(path) !== undefined || path === "/dev/null") return {};
  const reading = readText(path, LARGEST_CONFIG_FILE);
  if (reading.kind === "text")
    return { settings: { ...parseConfigFile(reading.text, path), path } };
  const reason = reading.kind === "absent" ? "there is no such file" : reading.reason;
  if (given !== undefined) return { problems: [`${given.where}: ${printable(reason, 100)}`] };
  if (reading.kind === "absent") return {};
  return { notes: [`${path} is not used: ${printable(reason, 100)}`] };
}

/** Whether /etc/passwd has the user. If it cannot be read, becoming the user will show it. */
function userExists(name: string, readText: ReadText): boolean {
  const passwd = readText("/etc/passwd", PASSWD_CAP_BYTES);
  if (passwd.kind !== "text") return true;
  return parsePasswd(passwd.text).some((entry) => entry.name === name);
}
