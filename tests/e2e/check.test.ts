/** `unagi check` as a user runs it: before, beside and without a daemon. */
import { describe, expect, test } from "bun:test";
import { freePort, runProgram, startDaemon, until } from "./daemon.ts";

interface Checked {
  readonly code: number;
  readonly out: string;
  readonly error: string;
  /** The line about a subject, joined with the lines that continue it. */
  about(subject: string): string;
}

async function check(...args: readonly string[]): Promise<Checked> {
  const run = runProgram(["check", ...args]);
  const code = await run.exited;
  const out = run.stdout();
  for (const line of out.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  const about = (subject: string) => {
    const lines = out.split("\n");
    const start = lines.findIndex((line) => line.slice(7).startsWith(subject));
    const rest = lines.slice(start + 1);
    const end = rest.findIndex((line) => !line.startsWith("       "));
    return [lines[start] ?? "", ...rest.slice(0, Math.max(0, end))]
      .map((line) => line.trim())
      .join(" ")
      .replace(/ +/g, " ");
  };
  return { code, out, error: run.stderr(), about };
}

describe("unagi check", () => {
  test("finds the ports free, asks the range itself, and names the machines that answer", async () => {
    const [p2pPort, httpPort] = [await freePort(), await freePort()];
    const common = ["-S", "check", "-n", "127.0.40."];
    const other = await startDaemon({
      ...{ address: "127.0.40.2", p2pPort, httpPort },
      options: [...common, "-s", "127.0.40.2"],
    });
    const ports = ["-p", String(p2pPort), "-h", String(httpPort)];
    const checked = await check(
      ...["-c", "/dev/null", "--bind", "127.0.40.1", ...ports],
      ...[...common, "-s", "127.0.40.1-5"],
    );
    expect(checked.about("UDP port")).toBe(`ok UDP port ${p2pPort} is free; no unagi holds it`);
    expect(checked.about("TCP port")).toBe(`ok TCP port ${httpPort} is free; no unagi holds it`);
    expect(checked.about("others")).toBe(
      "ok others no unagi answers here; asked 4 addresses: 127.0.40.2 answered",
    );
    expect([checked.code, checked.error]).toEqual([0, ""]);
    await other.stop();
  });

  test("finds the unagi that runs here, and learns of the others from it", async () => {
    const [p2pPort, httpPort] = [await freePort(), await freePort()];
    const options = ["-S", "check2", "-n", "127.0.41.", "-s", "127.0.41.1-2"];
    const first = await startDaemon({ address: "127.0.41.1", p2pPort, httpPort, options });
    const second = await startDaemon({ address: "127.0.41.2", p2pPort, httpPort, options });
    const count = async () =>
      (await first.json<{ machines: unknown[] }>("/api/v1/cluster")).machines.length;
    await until(async () => (await count()) === 2);
    const ports = ["-p", String(p2pPort), "-h", String(httpPort)];
    const checked = await check("-c", "/dev/null", "--bind", "127.0.41.1", ...ports, ...options);
    expect(checked.about("UDP port")).toContain(`held by the unagi that runs here (process`);
    expect(checked.about("TCP port")).toContain(`held by the unagi that runs here (process`);
    expect(checked.about("others")).toBe("ok others 1 of 1 other machine up");
    expect(checked.about("clock")).toContain("ok clock at most 2 s apart");
    expect(checked.code).toBe(0);
    await Promise.all([first.stop(), second.stop()]);
  });

  test("exits with 1 and the remedy if another program holds the page's port", async () => {
    const server = Bun.serve({
      hostname: "127.0.0.1",
      port: 0,
      fetch: () => new Response("hello", { status: 404 }),
    });
    const port = String(server.port);
    const checked = await check("-c", "/dev/null", "-p", String(await freePort()), "-h", port);
    expect(checked.about("page")).toMatch(/^wrong page .*not as by a unagi.* remedy: .*-h/);
    expect(checked.about("TCP port")).toMatch(/^wrong TCP port .*\(process \d+\) remedy: stop/);
    expect(checked.code).toBe(1);
    await server.stop(true);
  });

  test("reports a bad configuration file with exit 1, and wrong usage with exit 2", async () => {
    const missing = await check("-c", "/nonexistent.toml");
    expect([missing.code, missing.error]).toEqual([1, ""]);
    expect(missing.about("configuration")).toContain("/nonexistent.toml: there is no such file");
    const usage = await check("--updte", "5");
    expect([usage.code, usage.out]).toEqual([2, ""]);
    expect(usage.error).toContain("did you mean --update?");
  });

  test("writes no colours into a pipe", async () => {
    expect((await check("-c", "/dev/null")).out).not.toContain("\x1b");
  });
});
