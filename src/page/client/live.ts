/**
 * Keeps the page up to date: listens to the daemon's stream of events, fetches the page when
 * something has changed, closes the stream while the page is hidden, and reports a lost connection.
 */
import { duration } from "../../view/format.ts";
import type { Page } from "./page.ts";

/** The daemon gathers changes for a second, so a page is fetched no more often. */
const LEAST_PAUSE_MS = 1000;
/** Without an event for this long, the ages on the page are no longer right. */
const MOST_PAUSE_MS = 10_000;
/** A page that has been hidden for this long stops watching. */
const HIDDEN_MS = 60_000;
/** Pauses between attempts to reach a lost server; the last one repeats. */
const RETRY_MS = [1000, 2000, 3000, 5000];
/** Other machines that are named while the connection is lost: as many as fit beside the filter. */
const MOST_OTHERS = 3;
/** Pause before the stream is asked for again where the server gave none. */
const NO_EVENTS_MS = 60_000;

/** A page about something that does not exist: nothing on it changes, so it is not fetched again. */
function isStill(): boolean {
  return document.body.dataset["refresh"] === undefined;
}

class Live {
  readonly #page: Page;
  #events: EventSource | undefined;
  #lostSinceMs: number | undefined;
  #attempts = 0;
  #shownMs = performance.now();
  #isFetching = false;
  #isDue = false;
  #isAsleep = false;
  #isStill = isStill();
  #timers = new Set<number>();
  #hiddenTimer: number | undefined;

  constructor(page: Page) {
    this.#page = page;
  }

  start(): void {
    if (!this.#isStill) this.#listen();
    this.#page.onShown(() => this.#onShown());
    setInterval(() => this.#everySecond(), 1000);
    document.addEventListener("visibilitychange", () => this.#onVisibility());
    // A page from the browser's back/forward cache has lost its stream.
    window.addEventListener("pageshow", (event) => {
      if (event.persisted) this.#wake();
    });
  }

  /** The page may have become a still one, or ceased to be one. */
  #onShown(): void {
    if (this.#isStill === isStill()) return;
    this.#isStill = isStill();
    if (this.#isStill) this.#letGo();
    else if (!this.#isAsleep) this.#listen();
  }

  #after(ms: number, act: () => void): void {
    const timer = window.setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #listen(): void {
    this.#events?.close();
    // Events without reports: they only say that the page has to be fetched.
    const version = document.body.dataset["version"] ?? "0";
    const events = new EventSource(`/api/v1/events?report=none&since=${version}`);
    this.#events = events;
    events.addEventListener("open", () => this.#found());
    events.addEventListener("machine", () => this.#due());
    events.addEventListener("error", () => {
      const isRefused = events.readyState === EventSource.CLOSED;
      events.close();
      if (this.#events !== events) return;
      this.#events = undefined;
      if (!isRefused) return this.#lost();
      // The server answers but gives no stream: the page is fetched every now and then.
      this.#say("");
      this.#after(NO_EVENTS_MS, () => this.#listen());
    });
  }

  #found(): void {
    this.#attempts = 0;
    const wasLost = this.#lostSinceMs !== undefined;
    this.#lostSinceMs = undefined;
    this.#say("live");
    if (wasLost) this.#due();
  }

  #lost(): void {
    if (this.#isAsleep) return;
    this.#lostSinceMs ??= performance.now();
    this.#sayLost();
    const wait = RETRY_MS[Math.min(this.#attempts, RETRY_MS.length - 1)] ?? 0;
    this.#attempts += 1;
    this.#after(wait, () => this.#listen());
  }

  #due(): void {
    if (this.#isAsleep || this.#isStill || this.#isDue) return;
    this.#isDue = true;
    const wait = Math.max(0, this.#shownMs + LEAST_PAUSE_MS - performance.now());
    this.#after(wait, () => void this.#fetch());
  }

  async #fetch(): Promise<void> {
    this.#isDue = false;
    if (this.#isFetching || this.#isAsleep) return;
    this.#isFetching = true;
    this.#shownMs = performance.now();
    const isThere = await this.#page.refresh();
    this.#isFetching = false;
    if (isThere || this.#isAsleep || this.#isStill) {
      // Without a stream, only an answer shows that the server is back.
      if (this.#events === undefined) this.#lostSinceMs = undefined;
      return;
    }
    this.#events?.close();
    this.#events = undefined;
    this.#lost();
  }

  #everySecond(): void {
    if (this.#lostSinceMs !== undefined) this.#sayLost();
    else if (performance.now() - this.#shownMs > MOST_PAUSE_MS) this.#due();
  }

  #onVisibility(): void {
    window.clearTimeout(this.#hiddenTimer);
    if (document.visibilityState === "hidden") {
      this.#hiddenTimer = window.setTimeout(() => {
        this.#isAsleep = true;
        this.#letGo();
      }, HIDDEN_MS);
    } else if (this.#isAsleep) this.#wake();
  }

  #letGo(): void {
    this.#isDue = false;
    this.#attempts = 0;
    this.#events?.close();
    this.#events = undefined;
    for (const timer of this.#timers) window.clearTimeout(timer);
    this.#timers.clear();
    this.#lostSinceMs = undefined;
    this.#say("");
  }

  #wake(): void {
    this.#isAsleep = false;
    if (this.#isStill) return;
    this.#isDue = false;
    this.#attempts = 0;
    this.#listen();
    this.#due();
  }

  #say(word: string): void {
    const place = document.getElementById("connection");
    document.querySelector(".served-by")?.classList.remove("is-lost");
    if (place === null) return;
    const mark = Object.assign(document.createElement("span"), { className: "connected" });
    mark.textContent = word;
    place.replaceChildren(...(word === "" ? [] : [mark]));
  }

  #sayLost(): void {
    const place = document.getElementById("connection");
    if (place === null || this.#lostSinceMs === undefined) return;
    document.querySelector(".served-by")?.classList.add("is-lost");
    const ago = duration((performance.now() - this.#lostSinceMs) / 1000);
    const self = document.body.dataset["self"] ?? "the server";
    const text = `connection to ${self} lost ${ago} ago, trying again`;
    const others = [...document.querySelectorAll("#elsewhere a")].slice(0, MOST_OTHERS);
    // Links stay as they are: one of them may have the focus.
    if (place.querySelector("a") !== null) {
      if (place.firstChild !== null) place.firstChild.nodeValue = text;
      return;
    }
    const links = others.flatMap((link, index) => [
      index === 0 ? "; also served by " : ", ",
      link.cloneNode(true),
    ]);
    place.replaceChildren(text, ...links);
  }
}

export function startLive(page: Page): void {
  new Live(page).start();
}
