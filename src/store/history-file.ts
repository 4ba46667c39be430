/**
 * Opens the file of the history. A file that cannot be read is set aside, and one that cannot be
 * used is explained in words. What is written in the file is no concern of this module.
 */
import type { Database } from "bun:sqlite";
import { type Fault, faultOf, openDatabase } from "./database.ts";
import { createPrivately, findLockHolder, setAside } from "./state-directory.ts";

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
