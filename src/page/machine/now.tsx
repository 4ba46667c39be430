/** The newest report of one machine: its rows of figures, and its processes. */
import { Paths } from "../components/parts.tsx";
import { ProcessTable, processWords } from "../components/report-tables.tsx";
import type { MachinePage } from "./machine-view-model.ts";
import type { CoreBars, NowLine } from "./now-lines.ts";

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

export function Now({ page }: { page: MachinePage }) {
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
