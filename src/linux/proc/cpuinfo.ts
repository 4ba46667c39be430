/**
 * /proc/cpuinfo: the model of the processor. The names of the lines differ by architecture.
 *
 *     processor	: 0
 *     vendor_id	: AuthenticAMD
 *     model name	: AMD EPYC
 */
import { KIBIBYTE } from "../../base/units.ts";
import { readTextOrEmpty } from "../read-text.ts";

/** Enough for the first core of any machine, and on ARM for the last lines too. */
const CAP_BYTES = 128 * KIBIBYTE;
/** Longer models are cut: a line of the page holds no more. */
const MODEL_LENGTH = 64;
/** The best first: x86 and old ARM; Raspberry Pi; ARM boards; MIPS; POWER; old ARM; RISC-V. */
const KEYS = ["model name", "Model", "Hardware", "cpu model", "cpu", "Processor", "uarch"];

/** The model, or on ARM the board; undefined where nothing names either. */
export function readCpuModel(root: string): string | undefined {
  const model = parseCpuinfo(readTextOrEmpty(root, "/proc/cpuinfo", CAP_BYTES));
  // ARM kernels name the board here; the text ends with a NUL.
  return model ?? tidy(readTextOrEmpty(root, "/proc/device-tree/model", KIBIBYTE));
}

/** The model of the first core; undefined where no line names it. */
export function parseCpuinfo(text: string): string | undefined {
  const values = new Map<string, string>();
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    const key = line.slice(0, Math.max(0, colon)).trimEnd();
    if (!values.has(key)) values.set(key, line.slice(colon + 1));
  }
  const models = KEYS.map((key) => tidy(values.get(key) ?? ""));
  // A bare number is the number of a model or of a core, not a name.
  return models.find((model) => model !== undefined && !/^\d+$/.test(model));
}

function tidy(text: string): string | undefined {
  const model = text.replace(/[\0\s]+/g, " ").trim();
  return model === "" ? undefined : model.slice(0, MODEL_LENGTH);
}
