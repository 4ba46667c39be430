/** Sentences at the top of a page: what every reader must know, and what was not understood. */
import { SENTENCE_LENGTH, shownText } from "../../base/shown-text.ts";
import type { ClusterView } from "../../view/cluster-view.ts";
import { unsealedWords } from "../../view/unsealed-senders.ts";

export function Notices({ notices }: { notices: readonly string[] }) {
  if (notices.length === 0) return null;
  return (
    <ul class="notice notices" aria-label="Notices">
      {notices.map((notice) => (
        <li>{notice}</li>
      ))}
    </ul>
  );
}

/** Sentences that the daemon wants every reader to see. */
export function standingNotices(view: ClusterView): string[] {
  // A machine that is not looking for others lets nobody in.
  const isOpen = view.machines.length > 1 || view.scan.size > 1;
  const open =
    view.isShippedSignature && !view.isSealed && isOpen
      ? [
          `This network uses the signature that unagi is shipped with, “${shownText(view.network)}”, and no key: anybody inside the accepted range can join and read. Choose your own with -S.`,
        ]
      : [];
  const unsealed = unsealedWords(view.unsealedSenders);
  const senders = unsealed === undefined ? [] : [`${unsealed.text}; ${unsealed.remedy}.`];
  return [...open, ...senders, ...view.notices.map((notice) => shownText(notice, SENTENCE_LENGTH))];
}
