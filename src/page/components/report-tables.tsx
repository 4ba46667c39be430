/** The processes, users and messages of one report as tables, and the words above them. */
import { counted, SENTENCE_LENGTH, shownText } from "../../base/shown-text.ts";
import type { Report } from "../../protocol/report.ts";
import { processFacts } from "../../view/facts.ts";
import { bytes, duration, known, percent } from "../../view/format.ts";
import { NOT_REPORTED } from "../../view/missing-parts.ts";
import { coresText } from "../../view/subject-words.ts";
import { THRESHOLDS } from "../../view/thresholds.ts";
import { TableHead } from "./parts.tsx";
import { UserLink } from "./user-link.tsx";

/** `top 10 of 209`. */
export function processWords({ processes, processCount }: Report): string {
  if (processes === undefined) return NOT_REPORTED;
  return processCount === undefined
    ? counted(processes.length, "process", "processes")
    : `top ${processes.length} of ${processCount}`;
}

export function userWords({ users, userCount = users?.length ?? 0 }: Report): string {
  if (users === undefined) return NOT_REPORTED;
  return userCount === 0 ? "nobody" : counted(userCount, "user");
}

/** `3 of 7`; `no new messages`. */
export function messageWords({ messages, messageCount = messages?.length }: Report): string {
  if (messages === undefined) return NOT_REPORTED;
  return messages.length === 0 ? "no new messages" : `${messages.length} of ${messageCount}`;
}

const FIGURES = ["cores", "memory", "%", "CPU time", "pid"];

/** `isFull`: with the share of the memory and the process ID. */
export function ProcessTable({ report, isFull }: { report: Report; isFull: boolean }) {
  const { processes = [] } = report;
  if (processes.length === 0) return null;
  const columns = isFull
    ? ["who", "process", "cores", "memory", "%", "state", "CPU time", "pid"]
    : ["who", "process", "cores", "memory", "state", "CPU time"];
  return (
    <table class="list process-table">
      <TableHead columns={columns} figures={FIGURES} />
      <tbody>
        {processes.map((one) => {
          const process = processFacts(one, report);
          const cores = coresText(process);
          const isLarge = 100 * (process.coresShare ?? 0) >= THRESHOLDS.largeProcessPercent;
          return (
            <tr>
              <td>
                <UserLink user={process.user} />
              </td>
              <td class="command">{shownText(process.command)}</td>
              <td class="figure">{isLarge ? <b>{cores}</b> : cores}</td>
              <td class="figure">{known(process.memoryBytes, bytes)}</td>
              {isFull && <td class="figure">{known(process.memoryPercent, percent)}</td>}
              <td>{shownText(process.state ?? "", 2)}</td>
              <td class="figure">{known(process.cpuSeconds, duration)}</td>
              {isFull && <td class="figure">{known(process.pid, String)}</td>}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}

export function UserTable({ users = [] }: { users: Report["users"] | undefined }) {
  if (users.length === 0) return null;
  return (
    <table class="list">
      <TableHead columns={["who", "terminal", "from", "for", "runs"]} figures={["for"]} />
      <tbody>
        {users.map(({ name, terminal = "", from = "", loginAgeSeconds, command = "" }) => (
          <tr>
            <th scope="row">
              <UserLink user={name} />
            </th>
            <td>{shownText(terminal, 24)}</td>
            <td>{shownText(from)}</td>
            <td class="figure">{known(loginAgeSeconds, duration)}</td>
            <td class="command">{shownText(command)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Messages({ messages = [] }: { messages: Report["messages"] | undefined }) {
  if (messages.length === 0) return null;
  return (
    <ul class="messages">
      {messages.map((message) => (
        <li>{shownText(message, SENTENCE_LENGTH)}</li>
      ))}
    </ul>
  );
}
