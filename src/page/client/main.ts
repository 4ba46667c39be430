/**
 * The script of every page. A page is complete without it; with it the page stays up to date, is
 * filtered while the reader types, and can be used by keyboard.
 */
import { prepareRegion } from "./announce.ts";
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

function start(): void {
  document.documentElement.classList.add("has-script");
  prepareRegion();
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

/** Runs after the first frame: the reader sees the page before it becomes interactive. */
function afterFirstFrame(run: () => void): void {
  const timer = window.setTimeout(run, NO_FRAME_MS);
  requestAnimationFrame(() =>
    setTimeout(() => {
      window.clearTimeout(timer);
      run();
    }, 0),
  );
}

let isStarted = false;
afterFirstFrame(() => {
  if (!isStarted) start();
  isStarted = true;
});
