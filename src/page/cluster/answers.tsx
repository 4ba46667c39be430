/** The three answers: free now, who is using what, down and not well. */
import { hrefWith, type PageQuery } from "../components/page-query.ts";
import { Mark } from "../components/parts.tsx";
import { UserLink } from "../components/user-link.tsx";
import type { Answers } from "./answers-view-model.ts";

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
          <th scope="col" class="n">
            cores free
          </th>
          <th scope="col" class="n">
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
            <td class="n">
              <b>{line.cores}</b> <small>{line.ofCores}</small>
            </td>
            <td class="n">
              <b>{line.memory}</b> <small>{line.ofMemory}</small>
            </td>
            <td class="wh">
              {line.users}
              {line.isDiskFull && (
                <>
                  {" "}
                  <Mark kind="warn">disk full</Mark>
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
    const where =
      answers.chosenCount < answers.machineCount ? "of those that match" : "of a machine";
    return <p class="note">{`nobody uses 45 % or more ${where}`}</p>;
  }
  return (
    <>
      <table class="using">
        <thead>
          <tr>
            <th scope="col">machine</th>
            <th scope="col">who</th>
            <th scope="col">process</th>
            <th scope="col" class="n">
              cores
            </th>
            <th scope="col" class="n">
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
              <td class="cmd">{line.command}</td>
              <td class="n">
                <b>{line.cores}</b> <small>{line.ofCores}</small>
              </td>
              <td class="n">{line.memory}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p class="note">
        {usingMore === 0 ? (
          "processes with 45 % or more of a machine"
        ) : (
          <a href={hrefWith(raw, { sort: "-top", page: undefined })}>
            all {using.length + usingMore} with 45 % or more of a machine
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
            <th scope="col" class="n">
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
              <td class="n">{line.lasts}</td>
              <td class="wh">{line.detail}</td>
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
    <div class="top">
      <section aria-labelledby="q1">
        <h2 id="q1">Free now{isNarrowed && <small>of those that match</small>}</h2>
        <Free answers={answers} />
      </section>
      <section aria-labelledby="q2">
        <h2 id="q2">Who is using what{isNarrowed && <small>on those that match</small>}</h2>
        <Using answers={answers} raw={raw} />
      </section>
      <section aria-labelledby="q3">
        <h2 id="q3">Down and not well{isNarrowed && <small>on all machines</small>}</h2>
        <Troubles answers={answers} />
      </section>
    </div>
  );
}
