/** The page of one machine: its facts, problems, figures, history, file systems and users. */
import { type Frame, renderDocument } from "../components/page.tsx";
import { Mark, Meter, Paths, TableHead } from "../components/parts.tsx";
import {
  Messages,
  ProcessTable,
  processWords,
  UserTable,
  userWords,
} from "../components/report-tables.tsx";
import { Charts } from "../history/charts.tsx";
import { Entries } from "../history/entry-grid.tsx";
import type { FilesystemLine, MachinePage } from "./machine-view-model.ts";
import type { CoreBars, NowLine } from "./now-lines.ts";

function Title({ page }: { page: MachinePage }) {
  return (
    <>
      <div class="machine-head">
        <h2>{page.name}</h2> <Mark kind={page.state}>{page.state}</Mark>{" "}
        <small>{page.stateWords}</small> <small>{page.reportWords}</small>{" "}
        {page.ownPage && (
          <a class="own-page" href={page.ownPage}>
            open on {page.name} ↗
          </a>
        )}
        {page.sameHost && <a href={page.sameHost.href}>{page.sameHost.words}</a>}
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
            <Mark kind="warning">{subject}</Mark> {text}
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
      <path class="used" d={cores.path} />
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
          <span class="visually-hidden" aria-hidden="true">
            {line.cores.figures}
          </span>
        </td>
      </tr>
    );
  }
  return (
    <tr>
      <th scope="row">{line.what}</th>
      <td class="large-figure">{line.big}</td>
      <td>
        {line.details.map((detail) => (
          <>
            <span>{detail}</span>{" "}
          </>
        ))}
        {line.bar && (
          <svg class="memory-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
            <Paths paths={line.bar} />
          </svg>
        )}
      </td>
    </tr>
  );
}

function Now({ page }: { page: MachinePage }) {
  const { report } = page;
  return (
    <div class="two-columns">
      <section aria-labelledby="now">
        <h2 id="now">{page.nowTitle}</h2>
        {page.now.length === 0 ? (
          <p class="note">no report yet</p>
        ) : (
          <table class="now-table">
            <tbody>
              {page.now.map((line) => (
                <NowRow line={line} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      <section aria-labelledby="processes">
        <h2 id="processes">
          Processes <small>{report === undefined ? "no report yet" : processWords(report)}</small>
        </h2>
        {report && <ProcessTable report={report} isFull={true} />}
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
          <Mark kind="warning">no answer</Mark>
        </td>
      ) : (
        <>
          <td class="figure">{line.size}</td>
          <td class="figure">{line.free}</td>
          <td class={line.isFull ? "figure is-warning" : "figure"}>
            {line.used}
            <Meter parts={[["used", line.width]]} />
          </td>
        </>
      )}
    </tr>
  );
}

function Filesystems({ page }: { page: MachinePage }) {
  const { filesystems } = page;
  return (
    <section aria-labelledby="file-systems">
      <h2 id="file-systems">File systems</h2>
      {filesystems === undefined || filesystems.length === 0 ? (
        <p class="note">{filesystems === undefined ? page.filesystemsReason : "none"}</p>
      ) : (
        <table class="list">
          <TableHead
            columns={["mount", "type", "size", "free", "used %"]}
            figures={["size", "free", "used %"]}
          />
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
  const { report } = page;
  return (
    <section aria-labelledby="logged-in">
      <h2 id="logged-in">
        Logged in <small>{report === undefined ? "no report yet" : userWords(report)}</small>
      </h2>
      <UserTable users={report?.users} />
      <h2>
        Messages <small>{page.messageWords}</small>
      </h2>
      <Messages messages={report?.messages} />
    </section>
  );
}

export function renderMachinePage(page: MachinePage, frame: Frame): string {
  return renderDocument({
    ...page,
    ...frame,
    children: (
      <div id="machines">
        <Title page={page} />
        <Problems problems={page.problems} />
        <Now page={page} />
        <Charts name={page.name} history={page.history} />
        <div class="two-columns">
          <Filesystems page={page} />
          <People page={page} />
        </div>
        <Entries grid={page.history.entries} />
      </div>
    ),
  });
}
