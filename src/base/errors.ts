/** The errno and the message of a caught value, which may be anything: `catch` gives `unknown`. */

/** The name of a system error, such as "ENOENT"; `undefined` for any other value. */
export function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" ? code : undefined;
}

/** The message of an error, or the thrown value as text. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
