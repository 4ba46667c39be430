/** A user's name as a link to what that user runs, on the page of all people. */

import { shownText } from "../../base/shown-text.ts";
import { personId } from "../../view/people.ts";

/** Stands for an empty name: a link needs something to be clicked on. */
const NO_NAME = "(no name)";

/** useradd allows no longer one. */
const LONGEST_USER = 32;

/** The fragment that finds a person's block on the page of all people. */
export function personAnchor(id: string): string {
  return `user-${encodeURIComponent(id)}`;
}

function personHref(user: string): string {
  // An id with a % in it is found by a fragment that encodes the % once more.
  return `/?by=user#${personAnchor(personId(user)).replaceAll("%", "%25")}`;
}

/** `user`: the account as its machine writes it, whatever that may be. */
export function UserLink({ user }: { user: string }) {
  return <a href={personHref(user)}>{userName(user)}</a>;
}

export function userName(user: string): string {
  return user.trim() === "" ? NO_NAME : shownText(user, LONGEST_USER);
}
