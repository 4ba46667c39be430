/** The frame of every page: the document, its head, the masthead with the counts, and the foot. */
import type { ComponentChildren } from "preact";
import { render } from "preact-render-to-string";
import type { StateCount } from "../../view/cluster-summary.ts";
import type { Masthead } from "./masthead.ts";
import { hrefWith, type PageQuery } from "./page-query.ts";
import { PageLinks } from "./parts.tsx";

/** Addresses of style sheet, icons and script. They change with the content. */
export interface AssetLinks {
  readonly style: string;
  readonly icon: string;
  readonly iconDown: string;
  /** The script that keeps an open page up to date and listens to the keyboard. */
  readonly client: string;
}

/** What all pages of one moment share. */
export interface Frame {
  readonly assets: AssetLinks;
  /** Version of the state that the page shows; the event stream continues from it. */
  readonly version: number;
  /** The time zone as Intl names it, so that the script writes times as the server does. */
  readonly timeZone: string;
}

interface PageProps extends Frame {
  readonly title: string;
  readonly masthead: Masthead;
  /** Absent when the page does not renew itself. */
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

/** Parameters that a new filter keeps; a page number or an opened entry would mislead. */
const KEPT = ["by", "tag", "sort", "at"] as const;

function Top({ masthead, raw }: { masthead: Masthead; raw: PageQuery["raw"] }) {
  const current = (name: Masthead["page"]) => (masthead.page === name ? "page" : undefined);
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
        <a href={hrefWith({ by: "user" }, kept)} aria-current={current("people")}>
          people
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
        Served by <a href={masthead.self.href}>{masthead.self.name}</a>
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
        Times: {masthead.self.name} ({masthead.zone}). Also available as{" "}
        <a href="/status.txt">status.txt</a>, <a href="/api/v1/cluster">JSON</a>.
      </p>
      {masthead.elsewhere.length > 0 && (
        <p id="elsewhere">
          Also served by <PageLinks links={masthead.elsewhere} />.
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
  const { masthead, refreshSeconds, raw = {}, children } = props;
  return (
    <html lang="en">
      <Head {...props} />
      <body
        data-version={props.version}
        data-zone={props.timeZone}
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

/** The whole document as text. The renderer escapes every text in it. */
export function renderDocument(props: PageProps): string {
  return `<!doctype html>\n${render(<Page {...props} />)}\n`;
}
