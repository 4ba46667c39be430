/**
 * Reads and writes key files (sealing/key-format.ts). No message from here quotes what is in one.
 */
import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  openSync,
  readSync,
  realpathSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, sep } from "node:path";
import { crypto } from "../base/builtins.ts";
import { errorCode, errorMessage } from "../base/errors.ts";
import { printable } from "../base/printable.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { withFile } from "../linux/read-text.ts";
import { formatKey, parseKey, SECRET_BYTES } from "../sealing/key-format.ts";

/** A key file has 56 bytes. A much larger file is something else, and is not read to its end. */
const MAX_FILE_BYTES = 1_024;

/** Group and others: anyone who may read or replace the key can join the network. */
const OTHERS = 0o077;

/** PATH_MAX (limits.h): paths are shown whole, so that commands can be copied from a message. */
const MAX_PATH_LENGTH = 4_096;

/** A network has one key, which its first machine makes. */
const OR_COPY = "or copy the key of another machine there";

/**
 * The secret in a key file, 32 bytes. `undefined` means "unsealed": only for a file below the
 * credentials directory of systemd that is empty or an empty line, as the unit's `SetCredential=key:\n`
 * leaves there. Everything else gives a reason with its remedy: a file that cannot be read, that
 * `unagi keygen` has not written, or that others may read (the mode of a credential is not
 * checked, since systemd 254 and later show credentials as 0440).
 */
export function readKeyFile(
  path: string,
  place: { readonly credentialsDirectory?: string | undefined } = {},
): Result<Uint8Array | undefined> {
  const isCredential = isBelow(path, place.credentialsDirectory);
  const read = readSecretFile(path, isCredential);
  if (!read.ok) return read;
  if (isCredential && /^\n?$/.test(read.value)) return ok(undefined);
  const secret = parseKey(read.value);
  return secret.ok ? secret : fail(`${named(path)} ${secret.reason}; ${remedy(isCredential)}`);
}

/**
 * The secrets of several key files, in their order, without those that mean "unsealed"; or the
 * reasons of all files that are refused.
 */
export function readKeyFiles(
  paths: readonly string[],
  place: { readonly credentialsDirectory?: string | undefined } = {},
): Result<readonly Uint8Array[]> {
  const read = paths.map((path) => readKeyFile(path, place));
  const reasons = read.flatMap((key) => (key.ok ? [] : [key.reason]));
  if (reasons.length > 0) return fail(reasons.join("; "));
  return ok(read.flatMap((key) => (key.ok && key.value !== undefined ? [key.value] : [])));
}

/**
 * Makes a new key file with a random secret, mode 0600. Where anything exists at that path, it
 * gives a reason and writes nothing: the other machines may hold that key.
 */
export function writeKeyFile(path: string): Result<undefined> {
  let file: number;
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    return fail(whyNotMade(path, error));
  }
  try {
    // The umask may have taken away rights that the owner needs.
    fchmodSync(file, 0o600);
    writeFileSync(file, formatKey(crypto().randomBytes(SECRET_BYTES)));
    fsyncSync(file);
    return ok(undefined);
  } catch (error) {
    // The file of half a key would only be in the way of the next attempt.
    unlinkSync(path);
    return fail(`${named(path)} cannot be written: ${errorMessage(error)}`);
  } finally {
    closeSync(file);
  }
}

/** The text of a regular, short file that only its owner may read; else the reason. */
function readSecretFile(path: string, isCredential: boolean): Result<string> {
  try {
    return withFile("/", path, (file) => {
      const stats = fstatSync(file);
      if (!stats.isFile()) {
        const remedy = "name the file that `unagi keygen` wrote";
        return fail(`${named(path)} is not a regular file; ${remedy}`);
      }
      if (!isCredential && (stats.mode & OTHERS) !== 0) return fail(whyTooOpen(path, stats.mode));
      if (stats.size > MAX_FILE_BYTES) {
        return fail(`${named(path)} is no key file of unagi; ${remedy(isCredential)}`);
      }
      const buffer = Buffer.alloc(MAX_FILE_BYTES);
      return ok(buffer.toString("latin1", 0, readSync(file, buffer)));
    });
  } catch (error) {
    return fail(whyNotRead(path, error));
  }
}

/** Whether the path, with its links followed, leads to a file below the directory. */
function isBelow(path: string, directory: string | undefined): boolean {
  if (directory === undefined || directory === "") return false;
  try {
    return realpathSync(path).startsWith(`${realpathSync(directory)}${sep}`);
  } catch {
    // One of the two does not exist; opening the file will say which.
    return false;
  }
}

function whyTooOpen(path: string, mode: number): string {
  const rights = (mode & 0o777).toString(8).padStart(4, "0");
  return (
    `${named(path)} is accessible to others than its owner (mode ${rights}); ` +
    `remedy: chmod 600 ${shellWord(path)}`
  );
}

function whyNotRead(path: string, error: unknown): string {
  const user = `the user that unagi runs as (uid ${process.geteuid?.() ?? "unknown"})`;
  switch (errorCode(error)) {
    case "ENOENT":
      return `${named(path)} does not exist; remedy: unagi keygen ${shellWord(path)}, ${OR_COPY}`;
    case "EACCES":
      return `${named(path)} may not be read by ${user}; remedy: give it to that user with chown`;
    default:
      return `${named(path)} cannot be read: ${errorMessage(error)}`;
  }
}

function whyNotMade(path: string, error: unknown): string {
  switch (errorCode(error)) {
    case "EEXIST":
      return `${named(path)} exists already and is not overwritten; move it away, or name another file`;
    case "ENOENT":
      return `${named(path)} cannot be made: its directory does not exist; remedy: mkdir -p ${shellWord(dirname(path))}`;
    default:
      return `${named(path)} cannot be made: ${errorMessage(error)}`;
  }
}

function remedy(isCredential: boolean): string {
  const file = isCredential ? "the file that LoadCredential= names" : "this file";
  return `remedy: move ${file} away; make a new one with \`unagi keygen FILE\`, ${OR_COPY}`;
}

function named(path: string): string {
  return `key file ${printable(path, MAX_PATH_LENGTH)}`;
}

/** A path as it is typed into a shell. */
function shellWord(path: string): string {
  const shown = printable(path, MAX_PATH_LENGTH);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown}'`;
}
