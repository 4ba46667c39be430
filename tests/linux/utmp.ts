/** Writes files as /var/run/utmp is. */

export interface Login {
  readonly type?: number;
  readonly pid?: number;
  readonly line?: string;
  readonly user?: string;
  readonly host?: string;
  readonly seconds?: number;
}

/** A utmp file as x86-64 (384 bytes a record) or aarch64 (400) writes it. */
export function utmp(layout: 384 | 400, logins: readonly Login[]): Uint8Array {
  const bytes = new Uint8Array(layout * logins.length);
  const view = new DataView(bytes.buffer);
  const put = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  for (const [index, login] of logins.entries()) {
    const at = index * layout;
    view.setInt16(at, login.type ?? 7, true);
    view.setInt32(at + 4, login.pid ?? 1, true);
    put(at + 8, login.line ?? "pts/0");
    put(at + 44, login.user ?? "alice");
    put(at + 76, login.host ?? "");
    const seconds = login.seconds ?? 1_700_000_000;
    if (layout === 384) {
      view.setInt32(at + 336, 4242, true);
      view.setUint32(at + 340, seconds, true);
      view.setUint32(at + 344, 999_999, true);
    } else {
      view.setBigInt64(at + 336, 4242n, true);
      view.setBigInt64(at + 344, BigInt(seconds), true);
      view.setBigInt64(at + 352, 999_999n, true);
    }
  }
  return bytes;
}
