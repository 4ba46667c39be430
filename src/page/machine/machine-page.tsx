/** The page of one machine: facts, problems, now, history, file systems, users, entries. */

import { type Frame, renderDocument } from "../components/page.tsx";
import { Mark, Meter, Paths } from "../components/parts.tsx";
import { Charts } from "../history/charts.tsx";
import { Messages, ProcessTable, UserTable } from "../history/entry-details.tsx";
import type { EntryGrid } from "../history/entry-grid.ts";
import type { FilesystemLine, MachinePage } from "./machine-view-model.ts";
import type { CoreBars, NowLine } from "./now-lines.ts";

function Title({ page }: { page: MachinePage }) {
  return (
    <>
      <div class="mh">
        <h2>{page.name}</h2> <Mark kind={page.state}>{page.state}</Mark>{" "}
        <small>{page.stateWords}</small> <small>{page.reportWords}</small>{" "}
        {page.ownPage && (
          <a class="go" href={page.ownPage}>
            its own page ↗
          </a>
        )}
      </div>
      <p class="facts">
        {page.facts.map((fact) => (
          <>
            <span>{fact}</span>{" "}
          </>
        ))}
      </p>
    </>
  );
}

function Problems({ problems }: { problems: MachinePage["problems"] }) {
  if (problems.length === 0) return null;
  return (
    <section class="problems" aria-label="Problems">
      <ul>
        {problems.map(({ subject, text }) => (
          <li>
            <Mark kind="warn">{subject}</Mark> {text}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Cores({ cores }: { cores: CoreBars }) {
  return (
    <svg
      class="cores"
      viewBox={`0 0 ${cores.count} 100`}
      preserveAspectRatio="none"
      role="img"
      aria-label={cores.words}
    >
      <path class="u" d={cores.path} />
    </svg>
  );
}

function NowRow({ line }: { line: NowLine }) {
  if (line.cores) {
    return (
      <tr>
        <th scope="row">{line.what}</th>
        <td colSpan={2}>
          <Cores cores={line.cores} />
          <span class="vh" aria-hidden="true">
            {line.cores.figures}
          </span>
        </td>
      </tr>
    );
  }
  return (
    <tr>
      <th scope="row">{line.what}</th>
      <td class="big">{line.big}</td>
      <td>
        {line.details.map((detail) => (
          <>
            <span>{detail}</span>{" "}
          </>
        ))}
        {line.bar && (
          <svg
            class="mb"
            viewBox={`0 0 ${line.bar.width} 6`}
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <Paths paths={line.bar.paths} />
          </svg>
        )}
      </td>
    </tr>
  );
}

function Now({ page }: { page: MachinePage }) {
  const { parts } = page;
  return (
    <div class="two">
      <section aria-labelledby="now">
        <h2 id="now">{page.nowTitle}</h2>
        {page.now.length === 0 ? (
          <p class="note">no report yet</p>
        ) : (
          <table class="nowt">
            <tbody>
              {page.now.map((line) => (
                <NowRow line={line} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      <section aria-labelledby="pr">
        <h2 id="pr">
          Processes <small>{parts?.processWords ?? "no report yet"}</small>
        </h2>
        <ProcessTable lines={parts?.processes ?? []} isFull={true} />
      </section>
    </div>
  );
}

function Filesystem({ line }: { line: FilesystemLine }) {
  return (
    <tr>
      <th scope="row">{line.mount}</th>
      <td>{line.type}</td>
      {line.isUnknown ? (
        <td colSpan={3}>
          <Mark kind="warn">no answer</Mark>
        </td>
      ) : (
        <>
          <td class="n">{line.size}</td>
          <td class="n">{line.free}</td>
          <td class={line.isFull ? "n warn" : "n"}>
            {line.used}
            <Meter parts={[["u", line.width]]} />
          </td>
        </>
      )}
    </tr>
  );
}

function Filesystems({ page }: { page: MachinePage }) {
  const { filesystems } = page;
  return (
    <section aria-labelledby="fs">
      <h2 id="fs">File systems</h2>
      {filesystems === undefined || filesystems.length === 0 ? (
        <p class="note">{filesystems === undefined ? page.filesystemsReason : "none"}</p>
      ) : (
        <table class="list">
          <thead>
            <tr>
              <th scope="col">mount</th>
              <th scope="col">type</th>
              <th scope="col" class="n">
                size
              </th>
              <th scope="col" class="n">
                free
              </th>
              <th scope="col" class="n">
                used %
              </th>
            </tr>
          </thead>
          <tbody>
            {filesystems.map((line) => (
              <Filesystem line={line} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function People({ page }: { page: MachinePage }) {
  const { parts } = page;
  return (
    <section aria-labelledby="us">
      <h2 id="us">
        Logged in <small>{parts?.userWords ?? "no report yet"}</small>
      </h2>
      <UserTable lines={parts?.users ?? []} />
      <h2>
        Messages <small>{page.messageWords}</small>
      </h2>
      {parts && <Messages parts={parts} />}
    </section>
  );
}

const CELL_CLASS = { quiet: "q", usual: undefined, high: "hi", absent: "no" } as const;

/** Half a day and less would lie scattered over the whole width. */
const FEW_COLUMNS = 12;

function gridClass({ columns }: EntryGrid): string {
  if (columns.length === 0) return "et rows";
  return columns.length <= FEW_COLUMNS ? "et few" : "et";
}

function Entries({ grid }: { grid: EntryGrid | undefined }) {
  return (
    <section class="entries" id="entries" aria-labelledby="en">
      <h2 id="en">
        Entries{" "}
        <small>
          {grid === undefined
            ? "none yet"
            : `${grid.words}; each opens with its processes, users and messages; the figure is CPU %`}
        </small>
      </h2>
      {grid && (
        <div class="scroll">
          <table class={gridClass(grid)}>
            {grid.columns.length > 0 && (
              <thead>
                <tr>
                  <td />
                  {grid.columns.map((label) => (
                    <th scope="col">{label}</th>
                  ))}
                </tr>
              </thead>
            )}
            <tbody>
              {grid.rows.map((row) => (
                <tr>
                  <th scope="row">{row.label}</th>
                  {row.cells.map((cell) => (
                    <td>
                      {cell && (
                        <a class={CELL_CLASS[cell.kind]} href={cell.href} title={cell.time}>
                          {cell.text}
                        </a>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function renderMachinePage(page: MachinePage, frame: Frame): string {
  return renderDocument({
    title: page.title,
    masthead: page.masthead,
    ...frame,
    refreshSeconds: page.refreshSeconds,
    children: (
      <div id="machines">
        <Title page={page} />
        <Problems problems={page.problems} />
        <Now page={page} />
        <Charts name={page.name} history={page.history} />
        <div class="two">
          <Filesystems page={page} />
          <People page={page} />
        </div>
        <Entries grid={page.history.entries} />
      </div>
    ),
  });
}
