/** Follows a helper process that prints its progress as lines of JSON. */

/** The last value that the process printed, and whether it has ended. */
export interface Progress<T> {
  readonly latest: () => T | undefined;
  readonly isOver: () => boolean;
}

/** Lines must be short and at least some milliseconds apart, so that each arrives whole. */
export function followJsonLines<T>(stdout: ReadableStream<Uint8Array>): Progress<T> {
  let latest: T | undefined;
  let isOver = false;
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stdout) {
      const line = decoder.decode(chunk).trim().split("\n").at(-1);
      if (line !== undefined) latest = JSON.parse(line) as T;
    }
    isOver = true;
  })();
  return { latest: () => latest, isOver: () => isOver };
}
