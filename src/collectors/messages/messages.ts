/**
 * The newest lines of the system's log since the last report: of /var/log/messages, else of
 * /var/log/syslog, else of the journal. Only reports of the interval have them.
 */
import { collector, type Trouble } from "../collector.ts";
import { createMessageFile } from "./message-file.ts";
import { createMessageJournal, findJournalctl } from "./message-journal.ts";
import { type MessageSource, MOST_LINES, type NewMessages } from "./message-source.ts";

/** The places that are looked into, in this order. */
export function messageSources(root: string): readonly MessageSource[] {
  return [
    createMessageFile(root, "/var/log/messages"),
    createMessageFile(root, "/var/log/syslog"),
    createMessageJournal(findJournalctl(root)),
  ];
}

/** The reading is undefined where none has been finished since the last report. */
export function createMessages(sources: readonly MessageSource[]) {
  let running: Promise<void> | undefined;
  let latest: Outcome = {};
  return collector({
    subject: "messages",
    isLive: false,
    start: () => {
      // The last reading may still be under way: the journal may take 5 s.
      running ??= readFirst(sources).then((outcome) => {
        latest = merge(latest, outcome);
        running = undefined;
      });
      return running;
    },
    read: () => {
      const { messages, problem } = latest;
      latest = {};
      return { ok: true, value: messages, problems: problem === undefined ? [] : [problem] };
    },
    report: (messages) => ({ messages: messages?.lines, messageCount: messages?.count }),
  });
}

interface Outcome {
  readonly messages?: NewMessages;
  readonly problem?: Trouble;
}

/** A reading that was finished too late for its report is told with the next one. */
function merge(earlier: Outcome, later: Outcome): Outcome {
  if (earlier.messages === undefined) return later;
  if (later.messages === undefined) return { ...later, messages: earlier.messages };
  const lines = [...earlier.messages.lines, ...later.messages.lines].slice(-MOST_LINES);
  return { ...later, messages: { lines, count: earlier.messages.count + later.messages.count } };
}

async function readFirst(sources: readonly MessageSource[]): Promise<Outcome> {
  const missing: string[] = [];
  for (const source of sources) {
    const reading = await source.read();
    if (reading.ok) return { messages: reading.value };
    const { reason, code } = reading;
    if (code === "EACCES" || code === "EPERM") {
      return { problem: { reason, remedy: source.remedy() } };
    }
    if (code !== "ENOENT") return { problem: { reason } };
    missing.push(reason);
  }
  const remedy = "start a system logger, or set messages = false";
  return { problem: { reason: missing.join("; "), remedy } };
}
