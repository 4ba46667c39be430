/** `unagi check`: finds out why machines do not see each other, and says what to do about it. */
import { type ConfigInput, loadConfig, type ReadConfig } from "../../config/load-config.ts";
import { COMMAND_LINE_OPTIONS } from "../../config/options.ts";
import type { Command } from "../command.ts";
import { MOST_ASKED } from "./check/facts.ts";

export const check: Command<ReadConfig> = {
  name: "check",
  description: "find out why machines do not see each other",
  usage: "unagi check [OPTION]...",
  help: [
    "Checks the configuration, the ports, the ranges and what 'lan' means here, which machines " +
      "answer, the clocks, and whether the system's messages can be read. The verdict on each is " +
      "ok, look (it works, but perhaps not as you meant) or wrong, with a remedy. Changes nothing.",
    "Takes the same options as the daemon (unagi --help); give it those that unagi was started " +
      `with. If no unagi runs here, the check itself asks up to ${MOST_ASKED} addresses of the scan range.`,
    "The exit code is 1 if something is wrong, otherwise 0.",
  ],
  options: COMMAND_LINE_OPTIONS,
  read: (argv, { env, readText }) => {
    const loaded = loadConfig({ argv, env, readText });
    if (loaded.kind === "config") return { kind: "run", input: loaded };
    if (loaded.kind !== "problems") return loaded;
    // A problem in the file is a finding; only a problem on the command line is wrong usage.
    const problems = commandLineProblems({ argv, env, readText });
    return problems.length > 0 ? { kind: "problems", problems } : { kind: "run", input: loaded };
  },
  run: async (input, surroundings) => {
    // Imported only when it runs: it needs sockets and collectors.
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
