/**
 * Completions for bash, zsh and fish, made from the list of commands and the table of options.
 * Each shell is told the same: which options a command takes, which of them may be repeated, and
 * what a value may be.
 */
import type { Command } from "../../src/cli/command.ts";
import { listedCommands } from "../../src/cli/help.ts";
import { COMMAND_LINE_OPTIONS, type Option } from "../../src/config/options.ts";

/** What completes a value: words, or something that the shell itself can list. */
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

/** For /usr/share/bash-completion/completions; works without the functions of bash-completion. */
export function renderBash(all: readonly Command[]): string {
  const commands = listedCommands(all);
  const options = [...new Set(all.flatMap((command) => command.options))];
  const values = options.flatMap((option) => {
    const reply = bashReply(valuesOf(option));
    return reply === undefined ? [] : [`    ${spellings(option).join(" | ")}) ${reply} ;;`];
  });
  const words = ownKind(all).map(({ name, options: own }) => {
    return `        ${name}) words="${own.flatMap(spellings).join(" ")}" ;;`;
  });
  const operands = commands
    .filter(({ operand }) => operand === "FILE")
    .map(({ name }) => `    ${name}) ${bashReply({ kind: "files" })} ;;`);
  return `# Completion of unagi for bash; made from the same tables as unagi --help.
_unagi() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD - 1]} command=
  [[ COMP_CWORD -gt 1 ]] && command=\${COMP_WORDS[1]}
  # bash breaks --config=FILE at the =.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = ]]; then
    previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  COMPREPLY=()
  case $previous in
${values.join("\n")}
    *)
      local words
      case $command in
${words.join("\n")}
        *) words="${COMMAND_LINE_OPTIONS.flatMap(spellings).join(" ")}" ;;
      esac
      if [[ COMP_CWORD -eq 1 && $current != -* ]]; then
        words="${commands.map(({ name }) => name).join(" ")}"
      fi
      mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
      ;;
  esac
  [[ $current == -* ]] || case $command in
${operands.join("\n")}
  esac
}
complete -F _unagi unagi
`;
}

/** `-p`, `--p2p-port`. */
function spellings({ short, long }: Option): readonly string[] {
  return [...(short === undefined ? [] : [`-${short}`]), `--${long}`];
}

/** The listed commands that do not take just the options of the daemon. */
function ownKind(all: readonly Command[]): readonly Command[] {
  return listedCommands(all).filter(({ options }) => options !== COMMAND_LINE_OPTIONS);
}

/** Undefined for an option without a value, because the next word is then an option again. */
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
export function renderZsh(all: readonly Command[]): string {
  const list = listedCommands(all).map(({ name, description }) => {
    return `  '${zsh(`${name}:${description}`)}'\n`;
  });
  const branches = ownKind(all).map(({ name, options, operand }) => {
    const words = operand === "FILE" ? ["'1: : '", "'2:FILE:_files'"] : ["'*: : '"];
    return `  ${name})
    _arguments -s -S ${[...options.map(zshSpec), ...words].join(" ")}
    return
    ;;
`;
  });
  const specs = COMMAND_LINE_OPTIONS.map((option) => `  ${zshSpec(option)}`);
  return `#compdef unagi
# Completion of unagi for zsh; made from the same tables as unagi --help.
local state
local -a commands=(
${list.join("")})
(( CURRENT > 2 )) && case $words[2] in
${branches.join("")}esac
_arguments -s -S \\
${[...specs, "  '1: :->command'"].join(" \\\n")} && return
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
  // The two spellings exclude each other unless the option repeats.
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

/** Text for a message of _arguments, inside single quotes. */
function zsh(text: string): string {
  return text.replace(/'/g, "'\\''").replace(/[[\]]/g, "\\$&");
}

/** For /usr/share/fish/vendor_completions.d. */
export function renderFish(all: readonly Command[]): string {
  const names = listedCommands(all).map(({ name, description }) => {
    return `complete -c unagi -n __fish_use_subcommand -a ${name} -d ${fish(description)}`;
  });
  const others = ownKind(all);
  const named = (those: readonly Command[]) =>
    `__fish_seen_subcommand_from ${those.map(({ name }) => name).join(" ")}`;
  const words = others.flatMap((command) => [
    ...command.options.map((option) => fishOption(option, named([command]))),
    ...(command.operand === "FILE" ? [`complete -c unagi -n '${named([command])}' -F`] : []),
  ]);
  const options = COMMAND_LINE_OPTIONS.map((option) => fishOption(option, `not ${named(others)}`));
  return `# Completion of unagi for fish; made from the same tables as unagi --help.
complete -c unagi -f
${[...names, ...options, ...words].join("\n")}
`;
}

function fishOption(option: Option, condition: string): string {
  const { long, short, meaning } = option;
  const letter = short === undefined ? "" : ` -s ${short}`;
  const value = fishValue(valuesOf(option));
  return `complete -c unagi -n '${condition}'${letter} -l ${long}${value} -d ${fish(meaning)}`;
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
