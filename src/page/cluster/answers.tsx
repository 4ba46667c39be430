/** The three answers: which machines are free, who is using what, what is down or in trouble. */
import { shownText } from "../../base/shown-text.ts";
import { isDiskFull } from "../../view/answers/free-machines.ts";
import { bytes, known, percent } from "../../view/format.ts";
import type { Subject } from "../../view/subject.ts";
import { coresFreeText, coresText, memoryFreeText, usersText } from "../../view/subject-words.ts";
import { THRESHOLDS } from "../../view/thresholds.ts";
import { hrefWith, type PageQuery } from "../components/page-query.ts";
import { Mark, TableHead } from "../components/parts.tsx";
import { UserLink } from "../components/user-link.tsx";
import { type Answers, machineLink } from "./answers-view-model.ts";

const LARGE = `${THRESHOLDS.largeProcessPercent} %`;

function Machine({ name, href }: { name: string; href: string }) {
  return (
    <th scope="row">
      <a href={href}>{name}</a>
    </th>
  );
}

/** `15 of 16`. */
function Cores({ cores, subject }: { cores: string; subject: Subject }) {
  return (
    <td class="figure">
      <b>{cores}</b> <small>{known(subject.facts.cores, (all) => `of ${all}`)}</small>
    </td>
  );
}

function Free({ answers }: { answers: Answers }) {
  if (answers.free.length === 0) {
    return <p class="note">{answers.isNarrowed ? "none" : "no machine is free"}</p>;
  }
  const figures = ["cores free", "memory free"];
  return (
    <table>
      <TableHead columns={["machine", ...figures, "logged in"]} figures={figures} />
      <tbody>
        {answers.free.map((subject) => (
          <tr>
            <Machine {...machineLink(subject)} />
            <Cores cores={coresFreeText(subject.facts)} subject={subject} />
            <td class="figure">
              <b>{memoryFreeText(subject.facts)}</b>{" "}
              <small>
                {known(subject.facts.memoryTotalBytes, (all) => `of ${bytes(all).split(" ")[0]}`)}
              </small>
            </td>
            <td class="who">
              {subject.facts.users?.length === 0 ? "nobody" : usersText(subject.facts)}
              {isDiskFull(subject) && " "}
              {isDiskFull(subject) && <Mark kind="warning">disk full</Mark>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Using({ answers, raw }: { answers: Answers; raw: PageQuery["raw"] }) {
  const { shown, more } = answers.using;
  if (shown.length === 0) {
    const which = answers.isNarrowed ? "a matching" : "a";
    return <p class="note">{`no single process uses ${LARGE} of ${which} machine`}</p>;
  }
  const figures = ["cores", "memory"];
  return (
    <>
      <table class="using">
        <TableHead columns={["machine", "who", "process", ...figures]} figures={figures} />
        <tbody>
          {shown.map(({ subject, process }) => (
            <tr>
              <Machine {...machineLink(subject)} />
              <td>
                <UserLink user={process.user} />
              </td>
              <td class="command">{shownText(process.command, 32)}</td>
              <Cores cores={coresText(process)} subject={subject} />
              <td class="figure">
                {process.memoryBytes === undefined
                  ? known(process.memoryPercent, (share) => `${percent(share)} %`)
                  : bytes(process.memoryBytes)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="note">
        {more === 0 ? (
          `processes using at least ${LARGE} of a machine`
        ) : (
          <a href={hrefWith(raw, { sort: "-top", page: undefined })}>
            all {shown.length + more} using at least {LARGE} of a machine
          </a>
        )}
      </p>
    </>
  );
}

function Troubles({ answers }: { answers: Answers }) {
  const { troubles, troublesMore, machineCount } = answers;
  if (troubles.length === 0) {
    return (
      <p class="note">
        {machineCount === 1 ? "the machine is up" : `all ${machineCount} machines are up`}
      </p>
    );
  }
  return (
    <>
      <table>
        <TableHead columns={["state", "machine", "for", "since, detail"]} figures={["for"]} />
        <tbody>
          {troubles.map((line) => (
            <tr>
              <td>
                <Mark kind={line.mark}>{line.word}</Mark>
              </td>
              <Machine name={line.name} href={line.href} />
              <td class="figure">{line.lasts}</td>
              <td class="who">{line.detail}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {troublesMore > 0 && (
        <p class="note">
          <a href="/?filter=problem">{troublesMore} more</a>
        </p>
      )}
    </>
  );
}

export function ThreeAnswers({ answers, raw }: { answers: Answers; raw: PageQuery["raw"] }) {
  const isNarrowed = Boolean(raw.filter) || raw.tag !== undefined;
  return (
    <div class="answers">
      <section aria-labelledby="answer-free">
        <h2 id="answer-free">Free now{isNarrowed && <small> of the matching machines</small>}</h2>
        <Free answers={answers} />
      </section>
      <section aria-labelledby="answer-using">
        <h2 id="answer-using">
          Who is using what{isNarrowed && <small> on the matching machines</small>}
        </h2>
        <Using answers={answers} raw={raw} />
      </section>
      <section aria-labelledby="answer-trouble">
        <h2 id="answer-trouble">
          Down or in trouble{isNarrowed && <small> of all machines</small>}
        </h2>
        <Troubles answers={answers} />
      </section>
    </div>
  );
}
