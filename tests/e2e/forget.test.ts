/** `unagi forget` as a user runs it: one of three executables is removed for good. */
import { describe, expect, test } from "bun:test";
import { type Daemon, freePort, runProgram, startDaemon, until } from "./daemon.ts";

const TEST_MS = 60_000;
/** 11 s of silence, 10 s of questions, and time for a busy machine. */
const ALL_FORGET_MS = 45_000;

interface Shown {
  readonly name: string;
  readonly id: string;
  readonly state: string;
}

async function shown(daemon: Daemon): Promise<readonly Shown[]> {
  return (await daemon.json<{ machines: Shown[] }>("/api/v1/cluster?report=summary")).machines;
}

describe("unagi forget", () => {
  test(
    "removes a killed machine from the pages of both others, but no machine that is up",
    async () => {
      const [p2pPort, httpPort] = [await freePort(), await freePort()];
      const start = (index: number) =>
        startDaemon({
          ...{ address: `127.0.44.${index}`, p2pPort, httpPort },
          options: [
            ...["-S", "forget", "-n", "127.0.44.", "-s", "127.0.44.1-3"],
            ...["-u", "1", "--name", `f${index}`],
          ],
        });
      const daemons = await Promise.all([start(1), start(2), start(3)]);
      const [first, second, third] = daemons;
      const options = (daemon: Daemon) => [
        ...["-c", "/dev/null", "--bind", daemon.address, "-h", String(httpPort)],
      ];
      const forget = async (machine: string) => {
        const run = runProgram(["forget", machine, ...options(first)]);
        const code = await run.exited;
        return { code, out: run.stdout(), error: run.stderr() };
      };
      try {
        await until(async () => {
          const all = await Promise.all(daemons.map(shown));
          return all.every((list) => list.filter(({ state }) => state === "up").length === 3);
        });
        expect(await forget("f3")).toEqual({
          ...{ code: 1, out: "" },
          error: "unagi: f3 is up: stop it first, or it would come back at once\n",
        });
        await third.stop("SIGKILL");
        const stateAtFirst = async () =>
          (await shown(first)).find(({ name }) => name === "f3")?.state;
        await until(async () => ["silent", "down"].includes((await stateAtFirst()) ?? ""));
        expect(await forget("f3")).toEqual({
          ...{ code: 0, error: "" },
          out:
            "f3 at 127.0.44.3 is removed here; the other machines remove it within a minute\n" +
            "if it is down or stopped for them too\n",
        });
        const names = async (daemon: Daemon) =>
          (await shown(daemon)).map(({ name }) => name).sort();
        expect(await names(first)).toEqual(["f1", "f2"]);
        await until(async () => (await names(second)).length === 2, ALL_FORGET_MS);
        expect(await names(second)).toEqual(["f1", "f2"]);
        const again = await forget("f3");
        expect([again.code, again.out]).toEqual([1, ""]);
        expect(again.error).toContain("'f3': no machine has this id, address or name");
        expect(first.stderr()).toMatch(/user \S+ removed machine 'f3' at 127\.0\.44\.3/);
        expect(second.stderr()).toMatch(/removed machine .* as requested/);
      } finally {
        await Promise.all(daemons.map((daemon) => daemon.stop("SIGKILL")));
      }
    },
    TEST_MS,
  );

  test("exits with 1 and the remedy if no unagi runs here", async () => {
    const port = String(await freePort());
    const run = runProgram(["forget", "f3", "-c", "/dev/null", "-h", port]);
    expect([await run.exited, run.stdout()]).toEqual([1, ""]);
    expect(run.stderr()).toStartWith(`unagi: no unagi runs here on TCP port ${port}: start it`);
  });

  test("exits with 2 for wrong usage", async () => {
    const run = runProgram(["forget"]);
    expect([await run.exited, run.stdout()]).toEqual([2, ""]);
    expect(run.stderr()).toContain("unagi forget MACHINE");
  });
});
