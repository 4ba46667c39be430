/** The entries of one machine as a grid of links. */
import type { EntryGrid } from "./entry-grid-view-model.ts";

/** Half a day: fewer columns would lie scattered over the whole width. */
const FEW_COLUMNS = 12;

function gridClass({ columns }: EntryGrid): string {
  if (columns.length === 0) return "entry-grid rows";
  return columns.length <= FEW_COLUMNS ? "entry-grid few" : "entry-grid";
}

export function Entries({ grid }: { grid: EntryGrid | undefined }) {
  return (
    <section class="entries" id="entries" aria-labelledby="entries-title">
      <h2 id="entries-title">
        History{" "}
        <small>
          {grid === undefined
            ? "no entry yet"
            : `${grid.words}, CPU %; open one for its processes, users and messages`}
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
                        <a class={cell.look} href={cell.href} title={cell.time}>
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
