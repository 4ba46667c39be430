/**
 * The identity of this daemon on the network: an id that survives restarts, and an incarnation that
 * is new at each start. The machine-id itself never leaves the machine.
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { errorMessage } from "../base/errors.ts";
import { parseMachineId, readMachineId } from "../linux/machine-id.ts";
import { readText } from "../linux/read-text.ts";

export interface IdentityOptions {
  /** Where /etc is found: "/" but for tests. */
  readonly root: string;
  readonly name: string;
  /** The UDP port: two daemons on one machine are two machines to the others. */
  readonly port: number;
  /** The address of `--bind`; absent: all. */
  readonly bind?: string;
  /** Where a random machine-id is kept if the system has none; absent: nowhere. */
  readonly stateDirectory?: string;
}

/** 64 bits: two of 4,096 machines share an id by chance in one of 2·10^12 networks. */
const ID_HEX_DIGITS = 16;

/**
 * The id and a new incarnation. Never fails: without any machine-id the id is random for this run,
 * and `notice` says in the log what follows from that.
 */
export function loadIdentity(options: IdentityOptions) {
  const incarnation = randomHex(ID_HEX_DIGITS);
  const known = readMachineId(options.root);
  if (known !== undefined) return { id: deriveId(known, options), incarnation };
  const { machineId, notice } = substituteMachineId(options.stateDirectory);
  const id = deriveId(machineId, options);
  return { id, incarnation, notice: `/etc/machine-id is missing or empty${notice}` };
}

/**
 * The id of a daemon: HMAC-SHA256, with the machine-id as key, of "unagi", name, port and bound
 * address, shortened. Zero bytes keep the parts apart.
 */
export function deriveId(
  machineId: string,
  { name, port, bind = "" }: Pick<IdentityOptions, "name" | "port" | "bind">,
): string {
  const parts = ["unagi", name, String(port), bind];
  const digest = new Bun.CryptoHasher("sha256", machineId).update(parts.join("\0")).digest("hex");
  return digest.slice(0, ID_HEX_DIGITS);
}

/** A random machine-id of our own: the one kept in the state directory, or else a new one. */
function substituteMachineId(directory: string | undefined): { machineId: string; notice: string } {
  const fresh = randomHex(32);
  const consequence = "the other machines will take this one for a new one after each restart";
  if (directory === undefined) {
    const remedy = "systemd-machine-id-setup, or --state DIR";
    return { machineId: fresh, notice: `: ${consequence}; remedy: ${remedy}` };
  }
  const path = join(directory, "id");
  const text = readText("/", path);
  const kept = text.ok ? parseMachineId(text.value) : undefined;
  const notice = `: using a random one that is kept in ${path}`;
  if (kept !== undefined) return { machineId: kept, notice };
  try {
    writeFileSync(path, `${fresh}\n`, { mode: 0o600 });
    return { machineId: fresh, notice };
  } catch (error) {
    const why = errorMessage(error);
    return { machineId: fresh, notice: `, and ${path} cannot be written (${why}): ${consequence}` };
  }
}

function randomHex(digits: number): string {
  return crypto.getRandomValues(Buffer.alloc(digits / 2)).toString("hex");
}
