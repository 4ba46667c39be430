/**
 * The script of every page. A page is complete without it; with it the page stays up to date, is
 * filtered while the reader types, and can be used by keyboard.
 */
import { say } from "./announce.ts";
import { startCharts } from "./charts.ts";
import { startFilter } from "./filter.ts";
import { startKeys } from "./keys.ts";
import { startLinks } from "./links.ts";
import { startLive } from "./live.ts";
import { createPage } from "./page.ts";
import { startStrips } from "./strips.ts";
import { startTiles } from "./tiles.ts";

/** A page in a hidden tab draws no frame; the script starts after this long. */
const NO_FRAME_MS = 300;

let isStarted = false;

function start(): void {
  if (isStarted) return;
  isStarted = true;
  document.documentElement.classList.add("has-script");
  // A screen reader listens only to regions that it knows.
  say("");
  const page = createPage();
  startLinks(page);
  startFilter(page);
  startStrips(page);
  startTiles(page);
  startCharts(page);
  startKeys(page);
  startLive(page);
  // Measured by `npm run bench`, and shown by the browser's own tools.
  performance.mark("live");
}

// After the first frame: the reader sees the page before it becomes interactive.
requestAnimationFrame(() => setTimeout(start, 0));
setTimeout(start, NO_FRAME_MS);
