/**
 * The page as it is shown, and how it becomes another: fetched from the server and put in place
 * of what was there, with the address kept in step. The server renders; nothing is rendered here.
 */
import { sayChanges, statesShown } from "./announce.ts";
import { morph } from "./morph.ts";

/** A server that has not answered by then is as good as gone. */
const PATIENCE_MS = 5000;
/** What changes of a document; the rest is the same on every page. */
const PARTS = ["header", "main", "footer"] as const;
const FADE_MS = 1200;
/** In steps: sixty paints a second of a page full of figures would cost more than all else. */
const FADE_EASING = "steps(6, jump-none)";
/** When more than this change at once, tiles among them, none stands out. */
const MOST_FADES = 60;

export interface Page {
  /** The same page as it is now; `false`: the server did not answer. */
  refresh(): Promise<boolean>;
  /** Another view of the cluster. */
  visit(href: string, history?: "push" | "replace" | "keep"): Promise<void>;
  /** Does what was put off while the table was held. */
  release(): void;
  /** Called after each change of what is shown. */
  onShown(listener: () => void): void;
}

function held(table: Element): boolean {
  return (
    table.matches(":hover") ||
    (table.contains(document.activeElement) && table !== document.activeElement)
  );
}

function fade(cell: Element): void {
  cell.animate([{ backgroundColor: "var(--l1)" }, {}], {
    duration: FADE_MS,
    easing: FADE_EASING,
  });
}

/** Path and query: what the server is asked for. */
function addressOf(url: URL | Location): string {
  return url.pathname + url.search;
}

export function createPage(): Page {
  const listeners: (() => void)[] = [];
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
  let shown = addressOf(location);
  /** The newest answer, while not all of it is shown. */
  let pending: string | undefined;
  let states = statesShown();
  let current: AbortController | undefined;

  function show(html: string, isUpdate: boolean): void {
    const next = new DOMParser().parseFromString(html, "text/html");
    const changed = new Set<Element>();
    let isPending = false;
    for (const part of PARTS) {
      const [live, wanted] = [document.querySelector(part), next.querySelector(part)];
      if (live === null || wanted === null) continue;
      const options = {
        isHeld: (table: Element) => isUpdate && held(table),
        onChange: (place: Element) => void changed.add(place),
      };
      isPending = morph(live, wanted, options).isPending || isPending;
    }
    pending = isPending ? html : undefined;
    document.title = next.title;
    const icon = next.querySelector("link[rel=icon]")?.getAttribute("href");
    const own = document.querySelector("link[rel=icon]");
    if (icon && own?.getAttribute("href") !== icon) own?.setAttribute("href", icon);
    Object.assign(document.body.dataset, next.body.dataset);
    if (next.body.dataset["refresh"] === undefined) delete document.body.dataset["refresh"];
    const before = states;
    states = statesShown();
    if (isUpdate) {
      sayChanges(before, states);
      const isSaid = !isCalm.matches && changed.size <= MOST_FADES;
      if (isSaid) for (const place of changed) if (place.localName === "td") fade(place);
    }
    for (const listener of listeners) listener();
  }

  async function load(address: string): Promise<string | undefined> {
    current?.abort();
    const own = new AbortController();
    current = own;
    const signal = AbortSignal.any([own.signal, AbortSignal.timeout(PATIENCE_MS)]);
    const answer = await fetch(address, { signal });
    // A machine that has been forgotten has a page too: it says so.
    const html = await answer.text();
    if (current === own) current = undefined;
    return own.signal.aborted ? undefined : html;
  }

  return {
    async refresh() {
      const address = shown;
      if (current !== undefined) return true;
      try {
        const html = await load(address);
        if (html !== undefined && address === shown) show(html, true);
        return true;
      } catch (cause) {
        // Given up for another page, which says by itself whether it came.
        return cause instanceof DOMException && cause.name === "AbortError";
      }
    },
    async visit(href, history = "replace") {
      const url = new URL(href, location.href);
      const address = addressOf(url);
      try {
        const html = await load(address);
        if (html === undefined) return;
        shown = address;
        const full = address + url.hash;
        if (history === "push") window.history.pushState(null, "", full);
        if (history === "replace") window.history.replaceState(null, "", full);
        show(html, false);
        if (url.hash !== "") {
          const target = document.getElementById(decodeURIComponent(url.hash.slice(1)));
          target?.scrollIntoView({ block: "nearest" });
        }
      } catch (cause) {
        // The stream of events says that the server is gone; a page of the browser's own, with
        // nothing on it, would only take away what is still shown.
        if (!(cause instanceof DOMException)) console.warn(`${address}: ${String(cause)}`);
      }
    },
    release() {
      if (pending !== undefined) show(pending, true);
    },
    onShown(listener) {
      listeners.push(listener);
    },
  };
}
