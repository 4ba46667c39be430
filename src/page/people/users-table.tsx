/** The report by user: one block each, the largest first. */

import { counted } from "../../base/shown-text.ts";
import { Mark, Meter } from "../components/parts.tsx";
import type { UserBlock, UserProcess, UsersTable } from "./users-view-model.ts";

function Count({ count, one, many }: { count: number; one: string; many?: string }) {
  const [figure, word] = counted(count, one, many).split(" ");
  return (
    <td>
      {figure} <small>{word}</small>
    </td>
  );
}

function Process({ line }: { line: UserProcess }) {
  return (
    <tr>
      <td />
      <td>
        <a href={line.href}>{line.name}</a>
        {line.isSilent && (
          <>
            {" "}
            <Mark kind="silent">silent</Mark>
          </>
        )}
      </td>
      <td class="cmd">{line.command}</td>
      <td class="n">{line.cores}</td>
      <td />
      <td class="n">{line.memory}</td>
      <td>{line.state}</td>
      <td class="n">{line.cpuTime}</td>
      <td />
    </tr>
  );
}

function Block({ user }: { user: UserBlock }) {
  return (
    <tbody id={user.anchor}>
      <tr>
        <th scope="rowgroup">
          {user.name} {user.isSystem && <small>root and services</small>}
        </th>
        <Count count={user.machines} one="machine" />
        <Count count={user.processes} one="process" many="processes" />
        <td class="n">{user.cores}</td>
        <td class="n">
          {user.share} <small>%</small>
          <Meter parts={[["u", user.shareWidth]]} />
        </td>
        <td class="n">{user.memory}</td>
        <td />
        <td />
        <td class="wide">
          {user.loggedInOn.length === 0
            ? "nowhere"
            : user.loggedInOn.map(({ name, href }, index) => (
                <>
                  {index > 0 && ", "}
                  <a href={href}>{name}</a>
                </>
              ))}
        </td>
      </tr>
      {user.lines.map((line) => (
        <Process line={line} />
      ))}
      {user.more !== "" && (
        <tr>
          <td />
          <td colSpan={8}>{user.more}</td>
        </tr>
      )}
    </tbody>
  );
}

export function UsersPage({ users }: { users: UsersTable }) {
  return (
    <>
      <table class="ut" id="machines">
        <caption class="vh">Processes by user</caption>
        <thead>
          <tr>
            <th scope="col">user</th>
            <th scope="col">machine</th>
            <th scope="col">process</th>
            <th scope="col" class="n" aria-sort="descending">
              cores
            </th>
            <th scope="col" class="n">
              share of {users.allCores} cores
            </th>
            <th scope="col" class="n">
              memory
            </th>
            <th scope="col">state</th>
            <th scope="col" class="n">
              CPU time
            </th>
            <th scope="col" class="wide">
              logged in on
            </th>
          </tr>
        </thead>
        {users.users.map((user) => (
          <Block user={user} />
        ))}
      </table>
      <p class="legend">{users.foot}</p>
    </>
  );
}
