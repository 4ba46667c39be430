/**
 * Modules of the runtime that bring a dozen others with them, loaded at their first use: a daemon
 * that has just started, or any short command, is done before it needs them. Asking again costs
 * a fifth of a microsecond.
 */

export function crypto(): typeof import("node:crypto") {
  return process.getBuiltinModule("node:crypto");
}

export function http(): typeof import("node:http") {
  return process.getBuiltinModule("node:http");
}

/** Bun has it by this way too; its types know only those of Node. */
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
