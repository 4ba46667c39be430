/** The processes, users and messages of one report as tables. */

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
    <table class="list process-table">
      <thead>
        <tr>
          <th scope="col">who</th>
          <th scope="col">process</th>
          <th scope="col" class="figure">
            cores
          </th>
          <th scope="col" class="figure">
            memory
          </th>
          {isFull && (
            <th scope="col" class="figure">
              %
            </th>
          )}
          <th scope="col">state</th>
          <th scope="col" class="figure">
            CPU time
          </th>
          {isFull && (
            <th scope="col" class="figure">
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
            <td class="command">{line.command}</td>
            <td class="figure">{line.isLarge ? <b>{line.cores}</b> : line.cores}</td>
            <td class="figure">{line.memory}</td>
            {isFull && <td class="figure">{line.memoryPercent}</td>}
            <td>{line.state}</td>
            <td class="figure">{line.cpuTime}</td>
            {isFull && <td class="figure">{line.pid}</td>}
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
          <th scope="col" class="figure">
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
            <td class="figure">{line.loggedInFor}</td>
            <td class="command">{line.command}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Messages({ parts }: { parts: ReportParts }) {
  if (parts.messages.length === 0) return null;
  return (
    <ul class="messages">
      {parts.messages.map((message) => (
        <li>{message}</li>
      ))}
    </ul>
  );
}
