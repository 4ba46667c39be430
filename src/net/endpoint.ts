/** Where a UDP packet comes from or goes to. */
export interface Endpoint {
  /** Canonical text (address.ts). */
  readonly address: string;
  readonly port: number;
}
