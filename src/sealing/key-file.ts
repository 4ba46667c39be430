/**
 * The key file (design, 6.4): the secret that the machines of a network share, as
 * `unagi keygen FILE` writes it. No message from here quotes what is in the file.
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
  writeSync,
} from "node:fs";
import { dirname, sep } from "node:path";
import { crypto } from "../base/builtins.ts";
import { printable } from "../base/printable.ts";
import { fail, ok, type Result } from "../base/result.ts";

export interface KeyFilePlace {
  /** `$CREDENTIALS_DIRECTORY` of systemd, where it is set. */
  readonly credentialsDirectory?: string;
}

/** Says what the line is, to the reader and to us; the number is the format's. */
const PREFIX = "unagi-key-1:";

/**
 * 256 bits, as many as the cipher's key: less would be its weakest part, and more gain nothing.
 * Just so many, so that a character lost or doubled in copying is noticed here.
 */
const SECRET_BYTES = 32;

/** A key file has 56 bytes. More is another file, and not read to the end. */
const MAX_FILE_BYTES = 1_024;

/** Group and others: whoever may read the key is in the network, whoever may write it is too. */
const OTHERS = 0o077;

/** PATH_MAX (limits.h): paths are shown whole, or their commands could not be copied. */
const MAX_PATH_LENGTH = 4_096;

/** A network has one key: only its first machine makes it. */
const OR_COPY = "or copy the key of another machine there";

/**
 * The secret in a key file, 32 bytes. Undefined means "unsealed": only for a file below the
 * credentials directory that is empty or an empty line, as the unit's `SetCredential=key:\n`
 * leaves there. A reason, with the remedy, for everything else: a file that others may read (not asked
 * below the credentials directory: systemd 254 and later show credentials as 0440), that cannot
 * be read, or that `unagi keygen` has not written.
 */
export function readKeyFile(
  path: string,
  place: KeyFilePlace = {},
): Result<Uint8Array | undefined> {
  const isCredential = isBelow(path, place.credentialsDirectory);
  const read = readSecretFile(path, isCredential);
  if (!read.ok) return read;
  if (isCredential && /^\n?$/.test(read.value)) return ok(undefined);
  const secret = parseKey(read.value);
  return secret.ok ? secret : fail(`${named(path)} ${secret.reason}; ${remedy(isCredential)}`);
}

/**
 * The secrets of several key files, in their order, those that mean "unsealed" left out; or all
 * that is wrong with any of them.
 */
export function readKeyFiles(
  paths: readonly string[],
  place: KeyFilePlace = {},
): Result<readonly Uint8Array[]> {
  const secrets: Uint8Array[] = [];
  const reasons: string[] = [];
  for (const path of paths) {
    const read = readKeyFile(path, place);
    if (!read.ok) reasons.push(read.reason);
    else if (read.value !== undefined) secrets.push(read.value);
  }
  return reasons.length > 0 ? fail(reasons.join("; ")) : ok(secrets);
}

/**
 * Makes a new key file with a random secret, mode 0600. A reason, and nothing written, if there
 * is anything at that path already: the other machines may hold that key.
 */
export function writeKeyFile(path: string): Result<undefined> {
  let file: number;
  try {
    file = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
  } catch (error) {
    return fail(whyNotMade(path, error));
  }
  try {
    // The umask may have taken rights away that its owner needs.
    fchmodSync(file, 0o600);
    writeWhole(file, formatKey(crypto().randomBytes(SECRET_BYTES)));
    fsyncSync(file);
    return ok(undefined);
  } catch (error) {
    // Half a key is refused later, but its file would be in the way of the next attempt.
    unlinkSync(path);
    return fail(`${named(path)} cannot be written: ${why(error)}`);
  } finally {
    closeSync(file);
  }
}

/**
 * Parses a key file's text: one line, the prefix and the secret as base64url without padding.
 * The reason for bad input is a part of a sentence and never quotes it.
 *
 *     unagi-key-1:q0Jt3qf5oTnqQ3Zr5iN0tqkVQq1mK8s1m3sJmT2b7cE
 */
export function parseKey(text: string): Result<Uint8Array> {
  const line = text.replace(/\r?\n$/, "");
  if (line.trim() === "") return fail("is empty");
  if (!line.startsWith(PREFIX)) {
    return /^unagi-key-[0-9]+:/.test(line)
      ? fail("is a key of another version of unagi")
      : fail("is no key file of unagi");
  }
  const encoded = line.slice(PREFIX.length);
  if (!/^[A-Za-z0-9_-]*$/.test(encoded)) return fail("is damaged: more than a key is in it");
  const secret = Buffer.from(encoded, "base64url");
  // Not so where the last character has bits that no byte takes.
  if (secret.toString("base64url") !== encoded) return fail("is damaged");
  if (secret.length !== SECRET_BYTES) {
    return fail(`holds a secret of ${secret.length} bytes instead of ${SECRET_BYTES}`);
  }
  return ok(new Uint8Array(secret));
}

/** The text of a key file. */
export function formatKey(secret: Uint8Array): string {
  return `${PREFIX}${Buffer.from(secret).toString("base64url")}\n`;
}

/** The file's text, if it is a plain, short file that is its owner's alone. */
function readSecretFile(path: string, isCredential: boolean): Result<string> {
  let file: number;
  try {
    // O_NONBLOCK: a pipe nobody writes to would stop the start for ever.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    return fail(whyNotRead(path, error));
  }
  try {
    const { mode, size } = fstatSync(file);
    if ((mode & constants.S_IFMT) !== constants.S_IFREG) {
      return fail(`${named(path)} is not a plain file; name the file that \`unagi keygen\` wrote`);
    }
    if (!isCredential && (mode & OTHERS) !== 0) return fail(whyTooOpen(path, mode));
    if (size > MAX_FILE_BYTES) {
      return fail(`${named(path)} is no key file of unagi; ${remedy(isCredential)}`);
    }
    const buffer = Buffer.alloc(MAX_FILE_BYTES);
    return ok(buffer.toString("latin1", 0, readSync(file, buffer)));
  } catch (error) {
    return fail(whyNotRead(path, error));
  } finally {
    closeSync(file);
  }
}

/** Whether the file that the path leads to, links followed, lies below the directory. */
function isBelow(path: string, directory: string | undefined): boolean {
  if (directory === undefined || directory === "") return false;
  try {
    return realpathSync(path).startsWith(`${realpathSync(directory)}${sep}`);
  } catch {
    // One of the two is not there: opening the file will say so.
    return false;
  }
}

/** `writeSync` may write less than it is given. */
function writeWhole(file: number, text: string): void {
  const bytes = Buffer.from(text);
  let written = 0;
  while (written < bytes.length) written += writeSync(file, bytes, written);
}

function whyTooOpen(path: string, mode: number): string {
  const rights = (mode & 0o777).toString(8).padStart(4, "0");
  return (
    `${named(path)} is open to others than its owner (mode ${rights}); ` +
    `remedy: chmod 600 ${shellWord(path)}`
  );
}

function whyNotRead(path: string, error: unknown): string {
  const user = `the user that unagi runs as (uid ${process.geteuid?.() ?? "unknown"})`;
  switch (codeOf(error)) {
    case "ENOENT":
      return `${named(path)} is not there; remedy: unagi keygen ${shellWord(path)}, ${OR_COPY}`;
    case "EACCES":
      return `${named(path)} may not be read by ${user}; remedy: chown it to that user`;
    default:
      return `${named(path)} cannot be read: ${why(error)}`;
  }
}

function whyNotMade(path: string, error: unknown): string {
  switch (codeOf(error)) {
    case "EEXIST":
      return `${named(path)} is there already and is not overwritten; move it away, or name another file`;
    case "ENOENT":
      return `${named(path)} cannot be made: its directory is not there; remedy: mkdir -p ${shellWord(dirname(path))}`;
    default:
      return `${named(path)} cannot be made: ${why(error)}`;
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

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

function why(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
