/**
 * Carries out what the core asks for, in order: packets, history, log. The only place where the
 * core's decisions become effects.
 */

import { printable } from "../base/printable.ts";
import type { Output } from "../cluster/output.ts";
import type { Endpoint } from "../net/endpoint.ts";
import type { Log } from "../runtime/log.ts";
import type { PeerSocket } from "../runtime/udp.ts";
import type { History } from "../store/history.ts";
import type { ChangeLog } from "./change-log.ts";

export interface Performer {
  perform(outputs: readonly Output[]): void;
  /** Writes what is pending to the history now. */
  flush(): void;
}

export interface PerformerParts {
  readonly socket: Pick<PeerSocket, "send">;
  readonly history: History;
  readonly log: Log;
  /** `-dd`: prints every packet. */
  readonly isTracing: boolean;
  /** What a packet is printed as. */
  readonly print: (packet: Uint8Array) => string;
  /** Learns of every change of a machine's view or its history. */
  readonly changes: ChangeLog;
  /** The core wants a live report. */
  readonly wantLive: () => void;
  /** Calls back once, after so many ms. */
  readonly after: (ms: number, run: () => void) => void;
}

/** What a SIGKILL may cost; gathering writes keeps a disk asleep and the flash whole. */
const FLUSH_DELAY_MS = 2_000;

/** Of a message printed with -dd: the packets of 2005 and ours are text, and 4 KB at most. */
const PRINTED_LENGTH = 4_200;

export function createPerformer(parts: PerformerParts): Performer {
  const { socket, history, log, isTracing, after, changes } = parts;
  let isFlushDue = false;

  function remember(write: () => void): void {
    write();
    changes.touch();
    if (!isFlushDue) {
      isFlushDue = true;
      after(FLUSH_DELAY_MS, flush);
    }
  }

  function flush(): void {
    isFlushDue = false;
    history.flush();
  }

  function performOne(output: Output): void {
    switch (output.kind) {
      case "send":
        if (isTracing) {
          log.trace(`to ${shownEndpoint(output.to)}: ${parts.print(output.bytes)}`);
        }
        socket.send(output.to, output.bytes);
        break;
      case "entry":
        remember(() => history.append(output.id, output.entry));
        break;
      case "outage-over":
        remember(() => history.endOutage(output.id, output.untilWallMs));
        break;
      case "remember":
        remember(() => history.remember(output.machine));
        break;
      case "rename":
        remember(() => history.rename(output.fromId, output.toId));
        changes.note(output.fromId);
        break;
      case "forget":
        remember(() => history.forget(output.id));
        break;
      case "live-wanted":
        parts.wantLive();
        break;
      case "changed":
        changes.note(output.id);
        break;
      case "log":
        log[output.level](output.text);
        break;
    }
  }

  return {
    perform: (outputs) => {
      for (const output of outputs) performOne(output);
    },
    flush,
  };
}

/** `192.168.1.7:10080`, `[fd00::7]:10080`. */
export function shownEndpoint({ address, port }: Endpoint): string {
  return `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

/** A message as one printable line, for -dd. */
export function printableMessage(message: Uint8Array): string {
  return printable(Buffer.from(message).toString("latin1"), PRINTED_LENGTH);
}
