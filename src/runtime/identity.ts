/**
 * Who this daemon is on the network: an id that stays over restarts, and an incarnation that is new at
 * each start (design, section 6.2). The machine-id itself never leaves the machine.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

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

export interface Identity {
  /** 16 hex digits. */
  readonly id: string;
  /** 16 hex digits, new at each start. */
  readonly incarnation: string;
  /** What the reader of the log should know: no machine-id, and what follows from it. */
  readonly notice?: string;
}

/** 64 bits: two of 4,096 machines share an id by chance once in 2·10^12 networks. */
const ID_HEX_DIGITS = 16;

/** Where the machine-id may be; the second is older than the first. Source: machine-id(5). */
const MACHINE_ID_FILES = ["etc/machine-id", "var/lib/dbus/machine-id"];

/** The id and a new incarnation. Never fails: without any machine-id it is random for this run. */
export function loadIdentity(options: IdentityOptions): Identity {
  const incarnation = randomHex(ID_HEX_DIGITS / 2);
  const machineId = readMachineId(options.root);
  if (machineId !== undefined) return { id: deriveId(machineId, options), incarnation };
  const substitute = keepSubstitute(options.stateDirectory);
  const id = deriveId(substitute.machineId, options);
  return { id, incarnation, notice: substitute.notice };
}

/**
 * The id of a daemon: HMAC-SHA256, with the machine-id as key, of "unagi", name, port and bound
 * address, shortened. Zero bytes keep the parts apart.
 */
export function deriveId(
  machineId: string,
  daemon: { readonly name: string; readonly port: number; readonly bind?: string },
): string {
  const parts = ["unagi", daemon.name, String(daemon.port), daemon.bind ?? ""];
  const digest = new Bun.CryptoHasher("sha256", machineId).update(parts.join("\0")).digest("hex");
  return digest.slice(0, ID_HEX_DIGITS);
}

/**
 * Parses a machine-id: 32 hex digits and a line end. Undefined for anything else: empty or
 * "uninitialized" (an image not started yet), all zeros. Source: machine-id(5).
 */
export function parseMachineId(text: string): string | undefined {
  const id = /^([0-9a-f]{32})\s*$/i.exec(text)?.[1]?.toLowerCase();
  return id === undefined || /^0+$/.test(id) ? undefined : id;
}

function randomHex(bytes: number): string {
  return crypto.getRandomValues(Buffer.alloc(bytes)).toString("hex");
}

function readMachineId(root: string): string | undefined {
  for (const file of MACHINE_ID_FILES) {
    const id = readId(join(root, file));
    if (id !== undefined) return id;
  }
  return undefined;
}

/** A random machine-id of our own: the one kept in the state directory, or a new one. */
function keepSubstitute(directory: string | undefined): { machineId: string; notice: string } {
  const fresh = randomHex(16);
  const forThisRun = "the others will take this machine for a new one after each restart";
  if (directory === undefined) {
    return {
      machineId: fresh,
      notice: `/etc/machine-id is missing or empty: ${forThisRun}; remedy: systemd-machine-id-setup, or --state DIR`,
    };
  }
  const path = join(directory, "id");
  const kept = readId(path);
  const notice = `/etc/machine-id is missing or empty: using a random one kept in ${path}`;
  if (kept !== undefined) return { machineId: kept, notice };
  try {
    writeFileSync(path, `${fresh}\n`, { mode: 0o600 });
    return { machineId: fresh, notice };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      machineId: fresh,
      notice: `/etc/machine-id is missing or empty, and ${path} cannot be written (${why}): ${forThisRun}`,
    };
  }
}

function readId(path: string): string | undefined {
  try {
    return parseMachineId(readFileSync(path, "latin1").slice(0, 100));
  } catch {
    // Missing and unreadable mean the same here: the next source is asked.
    return undefined;
  }
}
