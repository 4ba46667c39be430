/**
 * What the browser runs on every page. The page is complete without it; with it the page stays
 * up to date, is filtered while one types, and is moved about in by keyboard.
 */
import { prepareRegion } from "./announce.ts";
import { startFilter } from "./filter.ts";
import { startKeys } from "./keys.ts";
import { startLinks } from "./links.ts";
import { startLive } from "./live.ts";
import { createPage } from "./page.ts";
import { startStrips } from "./strips.ts";
import { startTiles } from "./tiles.ts";

document.documentElement.classList.add("live");
prepareRegion();
const page = createPage();
startLinks(page);
startFilter(page);
startStrips(page);
startTiles(page);
startKeys(page);
startLive(page);
