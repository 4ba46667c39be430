/** What a source of messages finds. */

export const nothing = { ok: true, value: { lines: [], count: 0 } } as const;

export function lines(...content: string[]) {
  return { ok: true, value: { lines: content, count: content.length } } as const;
}
