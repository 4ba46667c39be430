/** The frame of every page: head, masthead with the counts, foot; and the document around it. */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";
import type { Masthead, StateCount } from "../masthead.ts";
import { hrefWith, type PageQuery } from "../page-query.ts";

/** Where the style and icons are served from; a new version has a new address. */
export interface AssetLinks {
  readonly style: string;
  readonly icon: string;
  readonly iconDown: string;
}

interface PageProps {
  readonly title: string;
  readonly masthead: Masthead;
  readonly assets: AssetLinks;
  /** Absent: the page does not renew itself. */
  readonly refreshSeconds?: number | undefined;
  readonly raw?: PageQuery["raw"] | undefined;
  readonly children: ComponentChildren;
}

function Count({ state, count }: StateCount) {
  return (
    <li>
      <a class={`st ${state}${count === 0 ? " zero" : ""}`} href={`/?filter=state:${state}`}>
        <b>{count}</b> {state}
      </a>
    </li>
  );
}

/** What the filter keeps of the query; a page number or an opened entry would mislead. */
const KEPT = ["by", "tag", "sort", "at"] as const;

function Top({ masthead, raw }: { masthead: Masthead; raw: PageQuery["raw"] }) {
  const { view } = masthead;
  const current = (name: Masthead["view"]) => (view === name ? ("page" as const) : undefined);
  const kept = { filter: raw.filter, tag: raw.tag };
  return (
    <header>
      <h1>
        <a href="/">unagi</a>
      </h1>
      <ul class="counts" aria-label={`${masthead.machineWords} by state`}>
        {masthead.counts.map((count) => (
          <Count {...count} />
        ))}
      </ul>
      <nav aria-label="Views">
        <a href={hrefWith({}, kept)} aria-current={current("machines")}>
          machines
        </a>{" "}
        <a href={hrefWith({ by: "user" }, kept)} aria-current={current("users")}>
          users
        </a>
      </nav>
      <search>
        <form action="/">
          <label for="q">filter</label>{" "}
          <input
            id="q"
            name="filter"
            type="search"
            placeholder="name, user, process, state"
            value={masthead.filter}
          />
          {KEPT.map((name) => raw[name] && <input type="hidden" name={name} value={raw[name]} />)}
        </form>
      </search>
      <p class="here">
        <a href={masthead.self.href}>{masthead.self.name}</a> serves this page
        <br />
        <time dateTime={masthead.nowStamp}>{masthead.now}</time>
        {masthead.ages === "" ? "" : ` · ${masthead.ages}`}
      </p>
    </header>
  );
}

function Foot({ masthead }: { masthead: Masthead }) {
  return (
    <footer>
      <p>
        Times are those of {masthead.self.name} ({masthead.zone}). Also as{" "}
        <a href="/status.txt">status.txt</a>, <a href="/api/v1/cluster">JSON</a>.
      </p>
      <p>
        Each machine reports every {masthead.intervalWords}; last update {masthead.now}.
      </p>
    </footer>
  );
}

function Page({ title, masthead, assets, refreshSeconds, raw = {}, children }: PageProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        {refreshSeconds !== undefined && (
          <meta http-equiv="refresh" content={String(refreshSeconds)} />
        )}
        <title>{title}</title>
        <link rel="stylesheet" href={assets.style} />
        <link rel="icon" href={masthead.isAnyDown ? assets.iconDown : assets.icon} />
      </head>
      <body>
        <a class="skip" href="#machines">
          Skip to the machines
        </a>
        <Top masthead={masthead} raw={raw} />
        <main>{children}</main>
        <Foot masthead={masthead} />
      </body>
    </html>
  );
}

/** The whole document as text. All text in it has been escaped by the renderer. */
export function renderDocument(props: PageProps): string {
  return `<!doctype html>\n${render(<Page {...props} />)}\n`;
}
