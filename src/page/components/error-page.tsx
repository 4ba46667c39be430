/** The page for an address that leads to no machine, or to several. */
import type { Masthead } from "./masthead.ts";
import { type Frame, renderDocument } from "./page.tsx";

export interface ErrorPage {
  readonly title: string;
  readonly text: string;
  /** Machines to choose from. */
  readonly choices?: readonly {
    readonly name: string;
    readonly detail: string;
    readonly href: string;
  }[];
}

export function renderErrorPage(page: ErrorPage, masthead: Masthead, frame: Frame): string {
  return renderDocument({
    title: `${page.title} – unagi`,
    masthead,
    ...frame,
    children: (
      <section class="notice" id="machines" aria-labelledby="what">
        <h2 id="what">{page.title}</h2>
        <p>{page.text}</p>
        {page.choices && (
          <ul>
            {page.choices.map(({ name, detail, href }) => (
              <li>
                <a href={href}>{name}</a> {detail}
              </li>
            ))}
          </ul>
        )}
        <p>
          <a href="/">all machines</a>
        </p>
      </section>
    ),
  });
}
