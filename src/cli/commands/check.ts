/** `unagi check`: what keeps machines from meeting here, and what to do about it. */
import { type ConfigInput, loadConfig, type ReadConfig } from "../../config/load-config.ts";
import { COMMAND_LINE_OPTIONS } from "../../config/options.ts";
import type { Command } from "../command.ts";

export const check: Command<ReadConfig> = {
  name: "check",
  description: "find out why machines do not see each other",
  usage: "unagi check [OPTION]...",
  help: [
    "Checks the configuration, the ports, the ranges and what 'lan' means here, who answers, " +
      "the clocks, and whether the system's messages can be read. Says of each: ok, look (it works, " +
      "but perhaps not as meant) or wrong, and what to do about it. Changes nothing.",
    "Takes the options of the daemon (unagi --help): give it those that unagi is started with. " +
      "Where no unagi runs, it asks at most 300 addresses of the scan range itself.",
    "Exits with 1 if something is wrong, else with 0.",
  ],
  options: COMMAND_LINE_OPTIONS,
  read: (argv, { env, readText }) => {
    const loaded = loadConfig({ argv, env, readText });
    if (loaded.kind === "config") return { kind: "run", input: loaded };
    if (loaded.kind !== "problems") return loaded;
    // What is wrong in the file is a finding; only a wrong command line is wrong usage.
    const problems = commandLineProblems({ argv, env, readText });
    return problems.length > 0 ? { kind: "problems", problems } : { kind: "run", input: loaded };
  },
  run: async (input, surroundings) => {
    // Imported only now: it can do most of what the daemon can.
    const { runCheck } = await import("./check/run-check.ts");
    return runCheck(input, surroundings);
  },
};

/** The problems of the command line alone, as if the file were empty. */
function commandLineProblems(input: ConfigInput): readonly string[] {
  const readText: ConfigInput["readText"] = (path, maxBytes) =>
    path === "/etc/passwd" ? input.readText(path, maxBytes) : { kind: "text", text: "" };
  const loaded = loadConfig({ ...input, readText });
  return loaded.kind === "problems" ? loaded.problems : [];
}
