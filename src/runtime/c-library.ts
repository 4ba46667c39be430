/** The C library, for system calls that Bun does not offer. */
import { dlopen, type FFIFunction } from "bun:ffi";

/** Undefined for another C library, and where memory may not become executable. */
export function openLibrary<T extends Record<string, FFIFunction>>(library: string, calls: T) {
  try {
    return dlopen(library, calls);
  } catch {
    return undefined; // The caller goes on without, and says so.
  }
}
