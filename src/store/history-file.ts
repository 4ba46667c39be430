/**
 * The files of the history below the state directory: whether the directory can be used, how the file
 * of a network is called and opened, how a bad one is set aside, and who holds one that is locked.
 */
import type { Database } from "bun:sqlite";
import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { errorCode, errorMessage } from "../base/errors.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { type Fault, faultOf, openDatabase } from "./database.ts";

/** 64 bits of the signature's hash: the file's name must neither tell the signature nor collide. */
const NETWORK_HEX_DIGITS = 16;

/** The endings of a database and of what SQLite keeps beside it. */
const COMPANIONS = ["", "-wal", "-shm"];

/** SQLite locks bytes from here on, 512 of them. Source: os.h, PENDING_BYTE. */
const LOCK_BYTES_FROM = 2 ** 30;
const LOCK_BYTES_TO = LOCK_BYTES_FROM + 512;

/** Names tried for a file that is set aside, as others may have been set aside in the same second. */
const MAX_NAMES = 100;

export function historyFile(directory: string, signature: string): string {
  const network = new Bun.CryptoHasher("sha256").update(signature).digest("hex");
  return join(directory, `history-${network.slice(0, NETWORK_HEX_DIGITS)}.sqlite`);
}

/**
 * Makes a file in the directory, to see whether that is possible. A full disk is no reason to refuse:
 * that fault may pass, and the daemon goes on in memory.
 */
export function checkStateDirectory(directory: string): Result<void> {
  const refuse = (what: string): Result<void> =>
    fail(`--state ${directory}: ${what}; or leave --state out to keep the history in memory`);
  try {
    if (!statSync(directory).isDirectory()) return refuse("not a directory; name another");
  } catch (error) {
    return errorCode(error) === "ENOENT"
      ? refuse(`there is no such directory; create it with: mkdir -p ${directory}`)
      : refuse(`cannot be used (${errorMessage(error)})`);
  }
  const probe = join(directory, `.probe-${process.pid}`);
  try {
    try {
      writeFileSync(probe, "x", { mode: 0o600 });
    } finally {
      rmSync(probe, { force: true });
    }
    return ok(undefined);
  } catch (error) {
    if (["ENOSPC", "EDQUOT"].includes(errorCode(error) ?? "")) return ok(undefined);
    const user = process.geteuid?.();
    return refuse(
      `no file can be made in it (${errorMessage(error)}); give it to the user with uid ${user}: chown ${user} ${directory}`,
    );
  }
}

/** The open database, or why the file cannot be used now; `aside` is what happened to a bad file. */
type OpenedFile = { readonly aside?: string } & (
  | { readonly database: Database }
  | { readonly database?: undefined; readonly fault: Fault }
);

export interface FilePlace {
  readonly path: string;
  /** Where /proc is found. */
  readonly root: string;
  readonly wallMs: number;
}

/**
 * Opens the file, or makes it. A bad file, or that of a newer version, is set aside first, and a new
 * one begun. Throws only for bugs of ours.
 */
export function openHistoryFile(place: FilePlace, waitMs: number): OpenedFile {
  const first = tryOpen(place, waitMs);
  if (first.database !== undefined || !isSetAside(first.fault)) return first;
  const aside = putAside(place, first.fault);
  if (!aside.moved) return { fault: first.fault, aside: aside.words };
  return { ...tryOpen(place, waitMs), aside: aside.words };
}

/** Whether a file with this fault is given another name; other faults may pass. */
export function isSetAside(fault: Fault): boolean {
  return fault.kind === "corrupt" || fault.kind === "newer";
}

/** Gives a bad file another name, and says so. */
export function putAside({ path, wallMs }: FilePlace, { kind, words }: Fault) {
  const moved = setAside(path, kind === "newer" ? "newer" : "bad", wallMs);
  return {
    moved: moved.ok,
    words: moved.ok
      ? `the history's file could not be used (${words}); it was set aside as ${moved.value}`
      : `the history's file ${path} is unusable (${words}) and could not be set aside (${moved.reason})`,
  };
}

function tryOpen(place: FilePlace, waitMs: number): OpenedFile {
  createPrivately(place.path);
  try {
    return { database: openDatabase(place.path, waitMs) };
  } catch (error) {
    const fault = faultOf(error);
    return { fault: fault.kind === "locked" ? { ...fault, words: lockWords(place) } : fault };
  }
}

function lockWords(place: FilePlace): string {
  const holder = findLockHolder(place.root, place.path);
  const by = holder === undefined ? "another process" : `process ${holder}`;
  return `${by} has it locked; two daemons of one network need a --state directory each`;
}

/** Makes the file so that only its owner can read it: it holds users' names and log lines. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, "a", 0o600));
  } catch {
    // SQLite will meet the same fault, and its error is told.
  }
}

/**
 * Renames a bad file, with its companions, to `PATH.MARK-TIME`, and gives the new name. Nothing is
 * ever deleted or replaced. The database should still be open: closing it first would let SQLite
 * remove the write-ahead log.
 */
function setAside(path: string, mark: string, wallMs: number): Result<string> {
  const time = new Date(wallMs).toISOString().replace(/[-:]|\.\d+/g, "");
  for (let index = 0; index < MAX_NAMES; index++) {
    const name = `${path}.${mark}-${time}${index === 0 ? "" : `-${index}`}`;
    if (COMPANIONS.some((companion) => existsSync(name + companion))) continue;
    try {
      for (const companion of COMPANIONS) {
        if (existsSync(path + companion)) renameSync(path + companion, name + companion);
      }
      return ok(name);
    } catch (error) {
      return fail(errorMessage(error));
    }
  }
  return fail(`${MAX_NAMES} files of that name are there already`);
}

/** The process that has locked the file; undefined if it cannot be seen. */
function findLockHolder(root: string, path: string): number | undefined {
  try {
    return parseLockHolder(readFileSync(join(root, "proc/locks"), "latin1"), statSync(path).ino);
  } catch {
    // Without /proc no process can be named.
    return undefined;
  }
}

/**
 * Parses /proc/locks for the process that holds SQLite's lock on an inode. Source: proc_locks(5).
 *
 *     1: POSIX  ADVISORY  WRITE 7997 fe:00:2154532 1073741824 1073742335
 */
export function parseLockHolder(text: string, inode: number): number | undefined {
  for (const line of text.split("\n")) {
    const match = /^\d+: POSIX +\w+ +WRITE (\d+) \w+:\w+:(\d+) (\d+) \d+$/.exec(line.trim());
    if (match === null || Number(match[2]) !== inode) continue;
    const [pid, from] = [Number(match[1]), Number(match[3])];
    if (pid > 0 && from >= LOCK_BYTES_FROM && from < LOCK_BYTES_TO) return pid;
  }
  return undefined;
}
