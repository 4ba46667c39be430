/** The commands of unagi: a new one is a module of this folder and a line here. */
import type { Command } from "../command.ts";
import { check } from "./check.ts";
import { daemon } from "./daemon.ts";
import { forget } from "./forget.ts";
import { keygen } from "./keygen.ts";
import { statfsProbe } from "./statfs-probe.ts";

/** In the order of `--help`. */
export const COMMANDS: readonly Command[] = [daemon, check, forget, keygen, statfsProbe];

/** What runs where no command is named. */
export const DEFAULT_COMMAND = daemon.name;
