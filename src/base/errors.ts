/**
 * What a caught value says: the errno's name, and its message. `catch` gives `unknown`, since
 * anything may be thrown.
 */

/** The name of a system error, such as "ENOENT"; `undefined` for anything that carries none. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** The message of an error, or the thrown value as text. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
