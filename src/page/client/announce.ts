/** Tells screen readers which machines went down and which came back. */

/** Names said at once; further ones are counted, since a list of fifty is noise. */
const MOST_NAMES = 4;

/** The state that a tile or a mark shows, `is-down`; a tile that shows a load is up. */
function stateOf(element: Element | null): string {
  return /\bis-(\w+)/.exec(element?.className ?? "")?.[1] ?? "up";
}

/** The state of each machine on the page, by name: from the tiles and from the rows of the table. */
export function statesShown(): Map<string, string> {
  const states = new Map<string, string>();
  for (const tile of document.querySelectorAll(".large-tiles a, .small-tiles span")) {
    // The name comes first, and names on tiles contain no space.
    const text = tile.firstChild?.textContent ?? "";
    const name = tile.localName === "a" ? text : (text.split(/[ ,]/, 1)[0] ?? "");
    states.set(name, stateOf(tile));
  }
  for (const row of document.querySelectorAll(".machine-table > tbody > tr")) {
    const name = row.querySelector(":scope > th > a")?.textContent;
    const mark = row.querySelector(":scope > td > .mark");
    if (name && mark) states.set(name, stateOf(mark));
  }
  return states;
}

function named(names: readonly string[], what: string): string {
  if (names.length === 0) return "";
  const shown = names.slice(0, MOST_NAMES).join(", ");
  const more = names.length - MOST_NAMES;
  const list = more > 0 ? `${shown} and ${more} more` : shown;
  return `${list} ${names.length === 1 ? "is" : "are"} ${what}. `;
}

function region(): HTMLElement {
  const known = document.getElementById("said");
  if (known !== null) return known;
  const look = { id: "said", className: "visually-hidden" };
  const made = Object.assign(document.createElement("div"), look);
  made.setAttribute("aria-live", "polite");
  document.body.append(made);
  return made;
}

/** Once what is being read now has been read to its end. */
export function say(text: string): void {
  region().textContent = text;
}

export function sayChanges(before: Map<string, string>, after: Map<string, string>): void {
  const [down, up]: [string[], string[]] = [[], []];
  for (const [name, state] of after) {
    const was = before.get(name);
    if (was === undefined || was === state) continue;
    if (state === "down") down.push(name);
    if (state === "up" && (was === "down" || was === "stopped")) up.push(name);
  }
  const text = named(down, "down") + named(up, "up again");
  if (text !== "") say(text.trim());
}
