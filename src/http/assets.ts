/**
 * Style, icons and scripts. They are bundled into the executable, and their addresses change with
 * their content.
 */
import type { AssetLinks } from "../page/components/page.tsx";
import icon from "../page/style/favicon.svg" with { type: "text" };
import iconDown from "../page/style/favicon-down.svg" with { type: "text" };
import { STYLE } from "../page/style/style.ts";
import { type Body, bodyOf } from "./answer.ts";
import { bundleClient } from "./client-bundle.ts" with { type: "macro" };

const SVG = "image/svg+xml";
const CSS = "text/css; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";

const FILES = [
  { path: "/page.css", text: STYLE, contentType: CSS },
  { path: "/favicon.svg", text: icon, contentType: SVG },
  { path: "/favicon-down.svg", text: iconDown, contentType: SVG },
  { path: "/client.js", text: bundleClient(), contentType: SCRIPT },
];

export const ASSET_PATHS: readonly string[] = FILES.map(({ path }) => path);

export type Assets = ReturnType<typeof createAssets>;

/** The bodies by path, without the query, and the links to them. */
export function createAssets() {
  const bodies: ReadonlyMap<string, Body> = new Map(
    FILES.map(({ path, ...file }) => [path, bodyOf(file)]),
  );
  const link = (path: string) => `${path}?v=${bodies.get(path)?.etag.replaceAll('"', "") ?? ""}`;
  const links: AssetLinks = {
    style: link("/page.css"),
    icon: link("/favicon.svg"),
    iconDown: link("/favicon-down.svg"),
    client: link("/client.js"),
  };
  return { bodies, links };
}
