/**
 * Turns the shown page into the server's newest one by the least change: nodes stay, and with them
 * focus, scroll position, selection and what the reader has opened. Nodes that the script has made
 * carry `data-script` and are left alone.
 */

export interface MorphOptions {
  /** Whether the rows of this table must not move: the reader points at it or types in it. */
  readonly isHeld: (table: Element) => boolean;
  /** Called with a cell or a tile whose text has changed. */
  readonly onChange: (place: Element) => void;
}

/** Attributes that the script or the reader sets and the server does not know. */
const OWN = new Set("role tabindex open style aria-label data-cursor visibility".split(" "));

function isOwn(name: string): boolean {
  return OWN.has(name) || name.startsWith("aria-value");
}

/** What identifies a node among its siblings; `undefined`: its position does. */
function keyOf(node: Node): string | undefined {
  if (!(node instanceof Element)) return undefined;
  if (node.id !== "") return `#${node.id}`;
  const { localName, parentElement } = node;
  const isRow = localName === "tr" && parentElement?.localName === "tbody";
  const isTile = localName === "a" && parentElement?.className === "large-tiles";
  const link = isRow ? node.querySelector(":scope > th > a") : isTile ? node : null;
  return link?.getAttribute("href") ?? undefined;
}

/** A thousand tiles or the paths of a strip, which differ only in their position. */
function isPlainList(element: Element): boolean {
  return element.className === "small-tiles" || element.localName === "svg";
}

/** An element with nothing but text, such as a figure: most changes are of these. */
function isText(element: Element): boolean {
  return element.firstChild?.nodeType === Node.TEXT_NODE && element.firstChild.nextSibling === null;
}

function isLive(node: Node): boolean {
  return node instanceof Element && node.hasAttribute("data-script");
}

function sameKind(a: Node, b: Node): boolean {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName;
}

class Morph {
  /** Rows would have moved, come or gone; that has to be done when the table is released. */
  isPending = false;
  readonly #options: MorphOptions;

  constructor(options: MorphOptions) {
    this.#options = options;
  }

  element(live: Element, next: Element): void {
    // Most of the page is unchanged, and this native call finds out fastest.
    if (live.isEqualNode(next) || isLive(live)) return;
    this.#attributes(live, next);
    if ((isPlainList(live) || isText(live)) && this.#pairs(live, next)) return;
    if (this.#isHeld(live)) this.#inPlace(live, next);
    else this.#children(live, next);
  }

  #isHeld(live: Element): boolean {
    const { localName } = live;
    if (localName !== "tbody" && localName !== "table") return false;
    const table = live.closest("table");
    return table !== null && this.#options.isHeld(table);
  }

  #attributes(live: Element, next: Element): void {
    // A strip that the script has made a slider must not become a link again.
    const isSlider = live.getAttribute("role") === "slider";
    // By name, since `attributes` would make an object for each attribute.
    const names = next.getAttributeNames();
    for (const name of names) {
      if (isSlider && name === "href") continue;
      const value = next.getAttribute(name) ?? "";
      if (live.getAttribute(name) === value) continue;
      if (name === "value" && live instanceof HTMLInputElement) {
        if (live === document.activeElement) continue;
        live.value = value;
      }
      live.setAttribute(name, value);
    }
    for (const name of live.getAttributeNames()) {
      if (!names.includes(name) && !isOwn(name)) live.removeAttribute(name);
    }
  }

  #text(live: Node, next: Node): void {
    if (live.nodeValue === next.nodeValue) return;
    live.nodeValue = next.nodeValue;
    const place = live.parentElement?.closest(
      ".small-tiles > span, .machine-table td.figure, .machine-table td.top-process",
    );
    if (place) this.#options.onChange(place);
  }

  #node(live: Node, next: Node): void {
    if (live instanceof Element && next instanceof Element) this.element(live, next);
    else this.#text(live, next);
  }

  /** Updates children pair by pair; `false` if number or kinds differ. */
  #pairs(live: Element, next: Element): boolean {
    if (live.childNodes.length !== next.childNodes.length) return false;
    let [own, other] = [live.firstChild, next.firstChild];
    while (own !== null && other !== null) {
      if (!sameKind(own, other) || isLive(own)) return false;
      this.#node(own, other);
      [own, other] = [own.nextSibling, other.nextSibling];
    }
    return true;
  }

  /** Each known row gets its new figures; no row moves. */
  #inPlace(live: Element, next: Element): void {
    const before = [...live.children];
    const byKey = new Map(before.map((child) => [keyOf(child), child]));
    const after = [...next.children];
    for (const [index, child] of after.entries()) {
      const key = keyOf(child);
      const own = key === undefined ? before[index] : byKey.get(key);
      const isSame = own !== undefined && sameKind(own, child) && keyOf(own) === key;
      if (isSame) this.element(own, child);
      if (!isSame || before[index] !== own) this.isPending = true;
    }
    if (before.length !== after.length) this.isPending = true;
  }

  #children(live: Element, next: Element): void {
    const wanted = [...next.childNodes].filter((child) => !isLive(child));
    const keys = new Set(wanted.map(keyOf).filter((key) => key !== undefined));
    const known = new Map<string, Node>();
    for (const child of [...live.childNodes]) {
      const key = keyOf(child);
      if (key === undefined || isLive(child)) continue;
      if (keys.has(key) && !known.has(key)) known.set(key, child);
      else child.remove();
    }
    let at = skipLive(live.firstChild);
    for (const child of wanted) {
      const key = keyOf(child);
      const own = key === undefined ? at : known.get(key);
      const isFit = own !== undefined && own !== null && sameKind(own, child) && keyOf(own) === key;
      if (!isFit) {
        live.insertBefore(document.importNode(child, true), at);
        continue;
      }
      if (own === at) at = skipLive(at.nextSibling);
      else live.insertBefore(own, at);
      this.#node(own, child);
    }
    while (at !== null) {
      const gone = at;
      at = skipLive(at.nextSibling);
      live.removeChild(gone);
    }
  }
}

function skipLive(node: Node | null): Node | null {
  let at = node;
  while (at !== null && isLive(at)) at = at.nextSibling;
  return at;
}

/** `true`: a part of the change has to wait until the reader releases the table. */
export function morph(live: Element, next: Element, options: MorphOptions): boolean {
  const work = new Morph(options);
  work.element(live, next);
  return work.isPending;
}
