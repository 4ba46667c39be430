/**
 * What the browser runs on every page. The page is complete without it; with it the page stays
 * up to date, is filtered while one types, and is moved about in by keyboard.
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

/** A page in a hidden tab draws no frame; it starts all the same. */
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
  // For `npm run bench`, and for whoever looks at their browser's own.
  performance.mark("live");
}

/** Once, after the first frame: what is to be read comes before what it can do. */
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
