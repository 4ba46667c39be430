/** An entry opened below its machine: its figures, processes, users and messages. */
import { givenReason } from "../../view/missing-parts.ts";
import { hrefWith, type PageQuery } from "../components/page-query.ts";
import {
  Messages,
  messageWords,
  ProcessTable,
  processWords,
  UserTable,
  userWords,
} from "../components/report-tables.tsx";
import type { EntryPanel } from "./entry-view-model.ts";

function ReportBody({ figures, report }: Exclude<EntryPanel["body"], string>) {
  const reason = report.messages === undefined ? givenReason(report, ["messages"]) : undefined;
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
        <h3>processes: {processWords(report)}</h3>
        <ProcessTable report={report} isFull={false} />
      </section>
      <section>
        <h3>logged in: {userWords(report)}</h3>
        <UserTable users={report.users} />
        <h3>messages: {reason ?? messageWords(report)}</h3>
        <Messages messages={report.messages} />
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
      {typeof body === "string" ? <p class="wide">{body}</p> : <ReportBody {...body} />}
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
