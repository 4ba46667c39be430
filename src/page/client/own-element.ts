/**
 * Elements that only the script brings: the page's updates leave them alone, and screen readers,
 * which are told the same in words, pass over them.
 */

/** The element of this class in `parent`, made if it is not there. */
export function ownElement(name: string, parent: Element): HTMLElement {
  const known = parent.querySelector<HTMLElement>(`:scope > .${name}`);
  if (known !== null) return known;
  const made = document.createElement("div");
  made.className = name;
  made.setAttribute("data-script", "");
  made.setAttribute("aria-hidden", "true");
  parent.append(made);
  return made;
}
