/** The frame of every page: head, masthead with the counts, foot; and the document around it. */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";
import type { StateCount } from "../../view/cluster-summary.ts";
import type { Masthead } from "./masthead.ts";
import { hrefWith, type PageQuery } from "./page-query.ts";
import { PageLinks } from "./parts.tsx";

/** Where the style and icons are served from; a new version has a new address. */
export interface AssetLinks {
  readonly style: string;
  readonly icon: string;
  readonly iconDown: string;
  /** What keeps an open page up to date, and the keyboard. */
  readonly client: string;
}

/** What the client script has to know of a page beside what it shows. */
export interface LiveFacts {
  /** Of the state that the page shows, as the stream of events counts it. */
  readonly version: number;
  /** As Intl names it, so that the script writes times as the server does. */
  readonly timeZone: string;
}

/** What all pages of one moment share. */
export interface Frame {
  readonly assets: AssetLinks;
  readonly live: LiveFacts;
}

interface PageProps extends Frame {
  readonly title: string;
  readonly masthead: Masthead;
  /** Absent: the page does not renew itself. */
  readonly refreshSeconds?: number | undefined;
  readonly raw?: PageQuery["raw"] | undefined;
  readonly children: ComponentChildren;
}

function Count({ state, count }: StateCount) {
  return (
    <li>
      <a
        class={`mark is-${state}${count === 0 ? " is-zero" : ""}`}
        href={`/?filter=state:${state}`}
      >
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
          <label for="filter">filter</label>{" "}
          <input
            id="filter"
            name="filter"
            type="search"
            placeholder="name, user, process, state"
            value={masthead.filter}
            autocomplete="off"
          />
          <span class="needs-script key" aria-hidden="true" />
          {KEPT.map((name) => raw[name] && <input type="hidden" name={name} value={raw[name]} />)}
        </form>
      </search>
      <p class="served-by">
        <a href={masthead.self.href}>{masthead.self.name}</a> serves this page
        <br />
        <time dateTime={masthead.nowStamp}>{masthead.now}</time>
        {masthead.ages === "" ? "" : ` · ${masthead.ages}`} <span id="connection" data-script />
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
      {masthead.elsewhere.length > 0 && (
        <p id="elsewhere">
          The same page on <PageLinks links={masthead.elsewhere} />.
        </p>
      )}
      <p>Each machine reports every {masthead.intervalWords}.</p>
    </footer>
  );
}

function Head({ title, masthead, assets, refreshSeconds }: PageProps) {
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      {refreshSeconds !== undefined && (
        <noscript>
          <meta http-equiv="refresh" content={String(refreshSeconds)} />
        </noscript>
      )}
      <title>{title}</title>
      <link rel="stylesheet" href={assets.style} />
      <link rel="icon" href={masthead.isAnyDown ? assets.iconDown : assets.icon} />
      <script type="module" src={assets.client} />
    </head>
  );
}

function Page(props: PageProps) {
  const { masthead, live, refreshSeconds, raw = {}, children } = props;
  return (
    <html lang="en">
      <Head {...props} />
      <body
        data-version={live.version}
        data-zone={live.timeZone}
        data-refresh={refreshSeconds}
        data-self={masthead.self.name}
      >
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
