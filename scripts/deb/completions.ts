/**
 * Completions for bash, zsh and fish, made from the table of options and the list of commands.
 * Each shell is told the same: which options there are, which of them may be repeated, and what
 * a value may be.
 */
import { COMMAND_LINE_OPTIONS, type Option } from "../../src/config/options.ts";
import type { Command } from "./commands.ts";

/** What a value is completed to: words, or what the shell itself can list. */
type Values =
  | { readonly kind: "none" }
  | { readonly kind: "words"; readonly words: readonly string[] }
  | { readonly kind: "files" | "directories" | "users" | "anything" };

const RANGE_WORDS = ["lan", "lan+wireless"];

function valuesOf({ kind, long, metavar }: Option): Values {
  if (kind.type === "ranges") return { kind: "words", words: RANGE_WORDS };
  if (metavar === undefined) return { kind: "none" };
  if (metavar === "FILE") return { kind: "files" };
  if (metavar === "DIR") return { kind: "directories" };
  return { kind: long === "user" ? "users" : "anything" };
}

/** For /usr/share/bash-completion/completions; needs nothing of bash-completion itself. */
export function renderBash(commands: readonly Command[]): string {
  const names = COMMAND_LINE_OPTIONS.flatMap(({ long, short }) => [
    ...(short === undefined ? [] : [`-${short}`]),
    `--${long}`,
  ]);
  const cases = COMMAND_LINE_OPTIONS.flatMap((option) => {
    const reply = bashReply(valuesOf(option));
    const pattern = [
      ...(option.short === undefined ? [] : [`-${option.short}`]),
      `--${option.long}`,
    ];
    return reply === undefined ? [] : [`    ${pattern.join(" | ")}) ${reply} ;;`];
  });
  return `# Completion of unagi for bash; made from the same table as unagi --help.
_unagi() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]}
  # bash breaks --config=FILE at the =.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  case $previous in
${cases.join("\n")}
    *)
      local words="${names.join(" ")}"
      if [[ COMP_CWORD -eq 1 && $current != -* ]]; then
        words="${commands.map(({ name }) => name).join(" ")}"
      fi
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
      ;;
  esac
}
complete -F _unagi unagi
`;
}

/** Nothing for an option without a value: the next word is then an option again. */
function bashReply(values: Values): string | undefined {
  const compgen = (what: string) => `mapfile -t COMPREPLY < <(compgen ${what} -- "$current")`;
  switch (values.kind) {
    case "none":
      return undefined;
    case "words":
      return compgen(`-W "${values.words.join(" ")}"`);
    case "files":
      return `compopt -o filenames; ${compgen("-f")}`;
    case "directories":
      return `compopt -o filenames; ${compgen("-d")}`;
    case "users":
      return compgen("-u");
    case "anything":
      return "return";
  }
}

/** For /usr/share/zsh/vendor-completions. */
export function renderZsh(commands: readonly Command[]): string {
  const specs = COMMAND_LINE_OPTIONS.map((option) => `    ${zshSpec(option)}`);
  const list = commands.map(({ name, description }) => `  '${zsh(`${name}:${description}`)}'\n`);
  return `#compdef unagi
# Completion of unagi for zsh; made from the same table as unagi --help.
local state
local -a commands=(
${list.join("")})
_arguments -s -S \\
${[...specs, "    '1: :->command'"].join(" \\\n")} && return
[[ $state == command ]] && _describe command commands
`;
}

function zshSpec(option: Option): string {
  const { long, short, meaning, metavar, repeats, kind } = option;
  const takes = metavar !== undefined;
  const canRepeat = repeats === true || kind.type === "count";
  const value = takes ? `:${zsh(metavar)}:${zshAction(valuesOf(option))}` : "";
  const text = `[${zsh(meaning)}]${value}`;
  const longForm = `--${long}${takes ? "=" : ""}`;
  const shortForm = `-${short}${takes ? "+" : ""}`;
  if (short === undefined) return `'${canRepeat ? "*" : ""}${longForm}${text}'`;
  // The two spellings exclude each other where one is enough.
  const head = canRepeat ? "'*'" : `'(-${short} --${long})'`;
  return `${head}{${shortForm},${longForm}}'${text}'`;
}

function zshAction(values: Values): string {
  switch (values.kind) {
    case "none":
    case "anything":
      return " ";
    case "words":
      return `(${values.words.join(" ")})`;
    case "files":
      return "_files";
    case "directories":
      return "_files -/";
    case "users":
      return "_users";
  }
}

/** Within single quotes, in a message of _arguments. */
function zsh(text: string): string {
  return text.replace(/'/g, "'\\''").replace(/[[\]]/g, "\\$&");
}

/** For /usr/share/fish/vendor_completions.d. */
export function renderFish(commands: readonly Command[]): string {
  const options = COMMAND_LINE_OPTIONS.map((option) => {
    const { long, short, meaning } = option;
    const letter = short === undefined ? "" : ` -s ${short}`;
    return `complete -c unagi${letter} -l ${long}${fishValue(valuesOf(option))} -d ${fish(meaning)}`;
  });
  const words = commands.map(
    ({ name, description }) =>
      `complete -c unagi -n __fish_use_subcommand -a ${name} -d ${fish(description)}`,
  );
  return `# Completion of unagi for fish; made from the same table as unagi --help.
complete -c unagi -f
${[...words, ...options].join("\n")}
`;
}

function fishValue(values: Values): string {
  switch (values.kind) {
    case "none":
      return "";
    case "anything":
      return " -x";
    case "words":
      return ` -x -a '${values.words.join(" ")}'`;
    case "files":
      return " -r -F";
    case "directories":
      return " -x -a '(__fish_complete_directories)'";
    case "users":
      return " -x -a '(__fish_complete_users)'";
  }
}

function fish(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
