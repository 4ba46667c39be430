/** The three answers: which machines are free, who is using what, what is down or in trouble. */

import { THRESHOLDS } from "../../view/thresholds.ts";
import { hrefWith, type PageQuery } from "../components/page-query.ts";
import { Mark } from "../components/parts.tsx";
import { UserLink } from "../components/user-link.tsx";
import type { Answers } from "./answers-view-model.ts";

const LARGE = `${THRESHOLDS.largeProcessPercent} %`;

function Free({ answers }: { answers: Answers }) {
  const { free: lines, chosenCount, machineCount } = answers;
  if (lines.length === 0) {
    const none = chosenCount < machineCount ? "none" : "no machine is free";
    return <p class="note">{none}</p>;
  }
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">machine</th>
          <th scope="col" class="figure">
            cores free
          </th>
          <th scope="col" class="figure">
            memory free
          </th>
          <th scope="col">logged in</th>
        </tr>
      </thead>
      <tbody>
        {lines.map((line) => (
          <tr>
            <th scope="row">
              <a href={line.href}>{line.name}</a>
            </th>
            <td class="figure">
              <b>{line.cores}</b> <small>{line.ofCores}</small>
            </td>
            <td class="figure">
              <b>{line.memory}</b> <small>{line.ofMemory}</small>
            </td>
            <td class="who">
              {line.users}
              {line.isDiskFull && (
                <>
                  {" "}
                  <Mark kind="warning">disk full</Mark>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Using({ answers, raw }: { answers: Answers; raw: PageQuery["raw"] }) {
  const { using, usingMore } = answers;
  if (using.length === 0) {
    const which = answers.chosenCount < answers.machineCount ? "a matching" : "a";
    return <p class="note">{`no single process uses ${LARGE} of ${which} machine`}</p>;
  }
  return (
    <>
      <table class="using">
        <thead>
          <tr>
            <th scope="col">machine</th>
            <th scope="col">who</th>
            <th scope="col">process</th>
            <th scope="col" class="figure">
              cores
            </th>
            <th scope="col" class="figure">
              memory
            </th>
          </tr>
        </thead>
        <tbody>
          {using.map((line) => (
            <tr>
              <th scope="row">
                <a href={line.href}>{line.name}</a>
              </th>
              <td>
                <UserLink user={line.user} />
              </td>
              <td class="command">{line.command}</td>
              <td class="figure">
                <b>{line.cores}</b> <small>{line.ofCores}</small>
              </td>
              <td class="figure">{line.memory}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="note">
        {usingMore === 0 ? (
          `processes using at least ${LARGE} of a machine`
        ) : (
          <a href={hrefWith(raw, { sort: "-top", page: undefined })}>
            all {using.length + usingMore} using at least {LARGE} of a machine
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
        <thead>
          <tr>
            <th scope="col">state</th>
            <th scope="col">machine</th>
            <th scope="col" class="figure">
              for
            </th>
            <th scope="col">since, detail</th>
          </tr>
        </thead>
        <tbody>
          {troubles.map((line) => (
            <tr>
              <td>
                <Mark kind={line.mark}>{line.word}</Mark>
              </td>
              <th scope="row">
                <a href={line.href}>{line.name}</a>
              </th>
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
