/** What answers of both protocols change in the same way. */
import type { Report } from "../../protocol/report.ts";
import type { CandidatePool } from "../discovery/candidate-pool.ts";
import { withMessagesOf } from "../peers/live-report.ts";
import type { Contact, Peer } from "../peers/peer.ts";
import type { Polling } from "../polling/polling.ts";

type Parts = Polling & { readonly candidates: CandidatePool };

export class PeerUpdates {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** The machine has answered from this address, which is no candidate any more. */
  confirmAddress(contact: Contact, peer: Peer): void {
    const { candidates, states, probes } = this.#parts;
    candidates.remove(contact);
    probes.end(contact);
    if (peer.report === undefined) states.noteChange(peer, { remember: true });
  }

  /** Keeps an interval report, in the table and in the history. */
  keepReport(peer: Peer, report: Report, ageMs: number): void {
    const { context, states } = this.#parts;
    const { clock } = context;
    peer.report = report;
    peer.reportMadeMs = clock.ageMs - ageMs;
    peer.httpPort = report.httpPort;
    peer.emptyAnswers = 0;
    if (peer.live !== undefined) {
      peer.live = { ...peer.live, report: withMessagesOf(peer.live.report, report) };
    }
    const atWallMs = Math.round(clock.wallAt(peer.reportMadeMs));
    peer.reportAtWallMs = atWallMs;
    context.emit({ kind: "entry", id: peer.id, entry: { state: "up", atWallMs, report } });
    states.noteChange(peer, { remember: true });
  }
}

/** An answer to a question that this address was once asked is late or a repetition. */
export function whyNotOpen(contact: Contact | undefined) {
  return contact?.question === undefined ? "answer to no open question" : "late answer";
}
