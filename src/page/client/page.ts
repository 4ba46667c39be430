/**
 * The shown page, and how it becomes another: fetched from the server and put in place of the old
 * one, with the address in step. The server renders; nothing is rendered here.
 */
import { sayChanges, statesShown } from "./announce.ts";
import { morph } from "./morph.ts";

/** A server that has not answered within this time counts as lost. */
const PATIENCE_MS = 5000;
/** The parts of a document that change; the rest is the same on every page. */
const PARTS = ["header", "main", "footer"] as const;
const FADE_MS = 1200;
/** The colour fades in steps: sixty paints a second of a page full of figures would cost most of all. */
const FADE_EASING = "steps(6, jump-none)";
/** When more cells and tiles than this change at once, none is highlighted. */
const MOST_FADES = 60;

export type Page = ReturnType<typeof createPage>;

function held(table: Element): boolean {
  const { activeElement } = document;
  return table.matches(":hover") || (table.contains(activeElement) && table !== activeElement);
}

function fade(cell: Element): void {
  cell.animate([{ backgroundColor: "var(--l1)" }, {}], { duration: FADE_MS, easing: FADE_EASING });
}

/** Path and query: what the server is asked for. */
function addressOf(url: URL | Location): string {
  return url.pathname + url.search;
}

export function createPage() {
  const listeners: (() => void)[] = [];
  const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
  let shown = addressOf(location);
  /** The newest answer, as long as a part of it is not shown. */
  let pending: string | undefined;
  let states = statesShown();
  let current: AbortController | undefined;

  function show(html: string, isUpdate: boolean): void {
    const next = new DOMParser().parseFromString(html, "text/html");
    const changed = new Set<Element>();
    const options = {
      isHeld: (table: Element) => isUpdate && held(table),
      onChange: (place: Element) => void changed.add(place),
    };
    let isPending = false;
    for (const part of PARTS) {
      const [live, wanted] = [document.querySelector(part), next.querySelector(part)];
      if (live && wanted) isPending = morph(live, wanted, options) || isPending;
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
    // A machine that has been removed has a page too, which says so.
    const html = await answer.text();
    if (current === own) current = undefined;
    return own.signal.aborted ? undefined : html;
  }

  return {
    /** Fetches the same page again; `false` if the server did not answer. */
    async refresh() {
      const address = shown;
      if (current !== undefined) return true;
      try {
        const html = await load(address);
        if (html !== undefined && address === shown) show(html, true);
        return true;
      } catch (cause) {
        // Given up for another page, which reports its own failure.
        return cause instanceof DOMException && cause.name === "AbortError";
      }
    },
    /** Shows another address in place. */
    async visit(href: string, history: "push" | "replace" | "keep" = "replace") {
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
        // The old page stays: the browser's own error page would show nothing at all, and the
        // stream of events reports the lost server.
        if (!(cause instanceof DOMException)) console.warn(`${address}: ${String(cause)}`);
      }
    },
    /** Shows the changes that were put off while the reader pointed at the table. */
    release() {
      if (pending !== undefined) show(pending, true);
    },
    /** Called after each change of what is shown. */
    onShown(listener: () => void) {
      listeners.push(listener);
    },
  };
}
