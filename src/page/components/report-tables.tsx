/** Parts of one report as tables: its processes, who is logged in, its messages. */

import type { ProcessLine, ReportParts, UserLine } from "./report-parts.ts";
import { UserLink } from "./user-link.tsx";

export function ProcessTable({
  lines,
  isFull,
}: {
  lines: readonly ProcessLine[];
  isFull: boolean;
}) {
  if (lines.length === 0) return null;
  return (
    <table class="list pl">
      <thead>
        <tr>
          <th scope="col">who</th>
          <th scope="col">process</th>
          <th scope="col" class="n">
            cores
          </th>
          <th scope="col" class="n">
            memory
          </th>
          {isFull && (
            <th scope="col" class="n">
              %
            </th>
          )}
          <th scope="col">state</th>
          <th scope="col" class="n">
            CPU time
          </th>
          {isFull && (
            <th scope="col" class="n">
              pid
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr>
            <td>
              <UserLink user={line.user} />
            </td>
            <td class="cmd">{line.command}</td>
            <td class="n">{line.isLarge ? <b>{line.cores}</b> : line.cores}</td>
            <td class="n">{line.memory}</td>
            {isFull && <td class="n">{line.memoryPercent}</td>}
            <td>{line.state}</td>
            <td class="n">{line.cpuTime}</td>
            {isFull && <td class="n">{line.pid}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function UserTable({ lines }: { lines: readonly UserLine[] }) {
  if (lines.length === 0) return null;
  return (
    <table class="list">
      <thead>
        <tr>
          <th scope="col">who</th>
          <th scope="col">terminal</th>
          <th scope="col">from</th>
          <th scope="col" class="n">
            for
          </th>
          <th scope="col">runs</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr>
            <th scope="row">
              <UserLink user={line.user} />
            </th>
            <td>{line.terminal}</td>
            <td>{line.from}</td>
            <td class="n">{line.loggedInFor}</td>
            <td class="cmd">{line.command}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Messages({ parts }: { parts: ReportParts }) {
  if (parts.messages.length === 0) return null;
  return (
    <ul class="msg">
      {parts.messages.map((message) => (
        <li>{message}</li>
      ))}
    </ul>
  );
}
