/**
 * Loads the larger modules of the runtime at their first use, since each loads a dozen others and a
 * short command ends before it needs them. Each later call takes a fifth of a microsecond.
 */

export function crypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto");
}

export function http(): typeof import("node:http") {
  return process.getBuiltinModule("node:http");
}

/** Bun gives this module too; the types name only those of Node. */
export function jsc(): typeof import("bun:jsc") {
  return process.getBuiltinModule("bun:jsc") as typeof import("bun:jsc");
}

export function net(): typeof import("node:net") {
  return process.getBuiltinModule("node:net");
}

export function tty(): typeof import("node:tty") {
  return process.getBuiltinModule("node:tty");
}

export function zlib(): typeof import("node:zlib") {
  return process.getBuiltinModule("node:zlib");
}
