/** Starts `serve-page.ts` in a process of its own. */
import { join } from "node:path";

const SERVE_PAGE = join(import.meta.dir, "serve-page.ts");

export interface OwnServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startServer(kind: "hundred" | "bare"): Promise<OwnServer> {
  const child = Bun.spawn([process.execPath, SERVE_PAGE, kind], {
    stdin: "ignore",
    stdout: "pipe",
    stderr: "inherit",
  });
  const { value } = await child.stdout.getReader().read();
  return {
    url: `http://127.0.0.1:${Number(new TextDecoder().decode(value))}/`,
    stop: async () => {
      child.kill();
      await child.exited;
    },
  };
}
