/**
 * Makes links of small tiles: a click opens the machine. Each row of tiles is one stop of the Tab
 * key, and the arrow keys move within it.
 */
import { machineHref } from "../../view/machine-href.ts";
import { ownElement } from "./own-element.ts";
import type { Page } from "./page.ts";

function hrefOf(tile: HTMLElement): string {
  return machineHref(tile.dataset["machine"] ?? tile.textContent?.split(/[ ,]/)[0] ?? "");
}

/** Only a tile whose ground is a load has a CPU figure: in others a number is part of the name. */
export function tileWords(className: string, text: string): string {
  return className.startsWith("cpu-") ? text.replace(/ (\d+)(?=,|$)/, ", CPU $1 %") : text;
}

/** The tile under the pointer or with the focus. */
let told: HTMLElement | undefined;

/** Shows a tile's text beside it. The readout lies outside the tiles, so that none is laid out anew. */
function say(tile: HTMLElement): void {
  told = tile;
  const tip = ownElement("tip", document.body);
  tip.textContent = tileWords(tile.className, tile.textContent ?? "");
  const box = tile.getBoundingClientRect();
  const width = tip.getBoundingClientRect().width;
  const left = Math.min(box.left, document.documentElement.clientWidth - width - 8);
  tip.style.setProperty("left", `${left + window.scrollX}px`);
  tip.style.setProperty("top", `${box.bottom + window.scrollY + 3}px`);
  tip.style.setProperty("right", "auto");
}

function hush(): void {
  told = undefined;
  document.querySelector("body > .tip")?.remove();
}

/** A tile that disappears under a resting pointer sends no event. */
function follow(): void {
  if (told?.isConnected === false) hush();
  else if (told !== undefined) say(told);
}

function enhance(): void {
  for (const list of document.querySelectorAll(".small-tiles")) {
    const hasStop = list.querySelector("[tabindex='0']") !== null;
    for (let tile = list.firstElementChild; tile !== null; tile = tile.nextElementSibling) {
      if (!tile.hasAttribute("role")) {
        const isFirst = tile === list.firstElementChild;
        tile.setAttribute("role", "link");
        tile.setAttribute("tabindex", !hasStop && isFirst ? "0" : "-1");
      }
      // The label stands in for the text, which is no longer laid out: a thousand change at once.
      const text = tile.textContent ?? "";
      if (tile.getAttribute("aria-label") !== text) tile.setAttribute("aria-label", text);
    }
  }
}

function tileOf({ target }: Event): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(".small-tiles > span") : null;
}

function focusTile(from: HTMLElement, to: Element | null | undefined): void {
  if (!(to instanceof HTMLElement)) return;
  from.tabIndex = -1;
  to.tabIndex = 0;
  to.focus();
}

function onKey(event: KeyboardEvent): void {
  const tile = tileOf(event);
  if (tile === null) return;
  const goals: Readonly<Record<string, Element | null | undefined>> = {
    ArrowRight: tile.nextElementSibling,
    ArrowLeft: tile.previousElementSibling,
    Home: tile.parentElement?.firstElementChild,
    End: tile.parentElement?.lastElementChild,
  };
  if (event.key === "Enter") location.assign(hrefOf(tile));
  else if (event.key in goals) focusTile(tile, goals[event.key]);
  else return;
  event.preventDefault();
}

export function startTiles(page: Page): void {
  enhance();
  page.onShown(enhance);
  page.onShown(follow);
  document.addEventListener("keydown", onKey);
  const onTile = (name: string, act: (tile: HTMLElement) => void) =>
    document.addEventListener(name, (event) => {
      const tile = tileOf(event);
      if (tile !== null) act(tile);
    });
  onTile("click", (tile) => location.assign(hrefOf(tile)));
  for (const name of ["pointerover", "focusin"]) onTile(name, say);
  for (const name of ["pointerout", "focusout"]) onTile(name, hush);
}
