/**
 * Performs what the core asks for, in order: packets, history, log. The only place where the
 * core's decisions become effects.
 */
import type { After } from "../../base/after.ts";
import type { Output } from "../../cluster/output.ts";
import type { Log } from "../../runtime/log.ts";
import type { PeerSocket } from "../../runtime/udp.ts";
import type { History } from "../../store/history.ts";
import type { ChangeLog } from "../watching/change-log.ts";
import type { PacketTrace } from "./packet-trace.ts";

export interface PerformerParts {
  readonly socket: Pick<PeerSocket, "send">;
  readonly history: History;
  readonly log: Log;
  /** With `-dd`. */
  readonly trace: Pick<PacketTrace, "sent"> | undefined;
  /** Told of every change of a machine's view or its history. */
  readonly changes: ChangeLog;
  /** Takes a live sample: the core wants a live report. */
  readonly sampleLive: () => void;
  readonly after: After;
}

/** What a SIGKILL may lose. Gathering writes lets a disk sleep and spares flash memory. */
const FLUSH_DELAY_MS = 2_000;

export function createPerformer(parts: PerformerParts): (outputs: readonly Output[]) => void {
  const { socket, history, log, trace, after, changes } = parts;
  let isFlushPlanned = false;

  function write(change: () => void): void {
    change();
    changes.touch();
    if (isFlushPlanned) return;
    isFlushPlanned = true;
    after(FLUSH_DELAY_MS, () => {
      isFlushPlanned = false;
      history.flush();
    });
  }

  function perform(output: Output): void {
    switch (output.kind) {
      case "send":
        trace?.sent(output.to, output.bytes);
        socket.send(output.to, output.bytes);
        break;
      case "entry":
        write(() => history.append(output.id, output.entry));
        break;
      case "outage-over":
        write(() => history.endOutage(output.id, output.untilWallMs));
        break;
      case "remember":
        write(() => history.remember(output.machine));
        break;
      case "rename":
        write(() => history.rename(output.fromId, output.toId));
        changes.note(output.fromId);
        break;
      case "forget":
        write(() => history.forget(output.id));
        break;
      case "live-wanted":
        parts.sampleLive();
        break;
      case "changed":
        changes.note(output.id);
        break;
      case "log":
        log[output.level](output.text);
        break;
    }
  }

  return (outputs) => {
    for (const output of outputs) perform(output);
  };
}
