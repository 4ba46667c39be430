/** The commands beside the daemon, for the man page and the completions: as `--help` lists them. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";

export interface Command {
  readonly name: string;
  /** A part of a sentence, lower case. */
  readonly description: string;
}

/**
 *     Commands:
 *       check  look for what keeps this machine from the others, and say how to put it
 *              right
 */
export function parseCommands(help: string): readonly Command[] {
  const section = /^Commands:\n((?: +.*\n)+)/m.exec(help)?.[1] ?? "";
  const commands: Command[] = [];
  for (const line of section.split("\n")) {
    const entry = /^ {2}(\S+) +(.*)$/.exec(line);
    const last = commands.at(-1);
    if (entry !== null) commands.push({ name: entry[1] ?? "", description: entry[2] ?? "" });
    else if (last !== undefined && line !== "") {
      commands.splice(-1, 1, { ...last, description: `${last.description} ${line.trim()}` });
    }
  }
  return commands;
}

/** Asks the program itself, from source: an executable for another processor could not be asked. */
export function readCommands(top: string): readonly Command[] {
  const help = spawnSync(process.execPath, [join(top, "src", "main.ts"), "--help"], {
    encoding: "utf8",
  });
  if (help.status !== 0) throw new Error(`unagi --help failed: ${help.stderr}`);
  return parseCommands(help.stdout);
}
