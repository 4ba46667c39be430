/** An entry opened below its machine: figures, processes, users, messages, and the others then. */

import { hrefWith, type PageQuery } from "../components/page-query.ts";
import { UserLink } from "../components/user-link.tsx";
import type { EntryPanel, ProcessLine, ReportParts, UserLine } from "./entry-view-model.ts";

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

function Report({ body }: { body: Extract<EntryPanel["body"], { kind: "report" }> }) {
  const { figures, parts } = body;
  return (
    <>
      <section>
        <h3>figures</h3>
        <table class="kv">
          <tbody>
            {figures.map(({ what, value, detail }) => (
              <tr>
                <th scope="row">{what}</th>
                <td class="n">{what === "CPU" ? <b>{value}</b> : value}</td>
                <td>
                  <small>{detail}</small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h3>processes: {parts.processWords}</h3>
        <ProcessTable lines={parts.processes} isFull={false} />
      </section>
      <section>
        <h3>logged in: {parts.userWords}</h3>
        <UserTable lines={parts.users} />
        <h3>messages: {parts.messagesReason ?? parts.messageWords}</h3>
        <Messages parts={parts} />
      </section>
    </>
  );
}

export function EntryDetails({ panel, raw }: { panel: EntryPanel; raw: PageQuery["raw"] }) {
  const open = (value: string) => `${hrefWith(raw, { open: value })}#entry`;
  const { previous, next, body } = panel;
  return (
    <div class="entry">
      <div class="eh">
        <h2 id="entry">
          {panel.machineName} at {panel.time} <small>{panel.period}</small>
        </h2>
        <nav aria-label="Entries">
          {previous && (
            <a href={open(previous.open)} rel="prev">
              ‹ {previous.label}
            </a>
          )}{" "}
          {next && (
            <a href={open(next.open)} rel="next">
              {next.label} ›
            </a>
          )}{" "}
          <a href={hrefWith(raw, { at: panel.atStamp, open: undefined })}>
            all machines at {panel.time}
          </a>{" "}
          <a href={panel.machineHref}>{panel.machineName}</a>{" "}
          <a href={hrefWith(raw, { open: undefined })}>close</a>
        </nav>
      </div>
      {body.kind === "report" ? <Report body={body} /> : <p class="wide">{body.text}</p>}
      {(panel.others.length > 0 || panel.rest !== "") && (
        <p class="elsewhere">
          The others at {panel.time}:{" "}
          {panel.others.map(({ name, what, cores }) => (
            <>
              <span>
                <b>{name}</b> {what} <b>{cores}</b>
              </span>{" "}
            </>
          ))}
          <span>{panel.rest}</span>
        </p>
      )}
    </div>
  );
}
