/** An entry opened below its machine: its figures, processes, users and messages. */

import { hrefWith, type PageQuery } from "../components/page-query.ts";
import { Messages, ProcessTable, UserTable } from "../components/report-tables.tsx";
import type { EntryPanel } from "./entry-view-model.ts";

function Report({ figures, parts }: Exclude<EntryPanel["body"], string>) {
  return (
    <>
      <section>
        <h3>figures</h3>
        <table class="figure-list">
          <tbody>
            {figures.map(({ what, value, detail }) => (
              <tr>
                <th scope="row">{what}</th>
                <td class="figure">{what === "CPU" ? <b>{value}</b> : value}</td>
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
      <div class="entry-head">
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
      {typeof body === "string" ? <p class="wide">{body}</p> : <Report {...body} />}
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
