/** A user's name as a link to that user's block on the people page. */
import { shownText } from "../../base/shown-text.ts";
import { personId } from "../../view/people.ts";

/** Stands for an empty name: a link needs something to be clicked on. */
const NO_NAME = "(no name)";

/** Characters: useradd allows no more. */
const LONGEST_USER = 32;

/** The ID of a person's block on the people page. */
export function personAnchor(id: string): string {
  return `user-${encodeURIComponent(id)}`;
}

function personHref(user: string): string {
  // A browser decodes the fragment once before it looks for the ID, which itself contains a %.
  return `/?by=user#${personAnchor(personId(user)).replaceAll("%", "%25")}`;
}

/** `user`: the account as its machine writes it; it may hold anything. */
export function UserLink({ user }: { user: string }) {
  return <a href={personHref(user)}>{userName(user)}</a>;
}

export function userName(user: string): string {
  return user.trim() === "" ? NO_NAME : shownText(user, LONGEST_USER);
}
