/** Paths of the fixture trees, and a folder of a test's own that is removed afterwards. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export function fixture(name: string): string {
  return join(import.meta.dir, "..", "fixtures", name);
}

/** Calls `use` with a new, empty root and removes it afterwards. */
export async function withRoot(use: (root: Root) => void | Promise<void>): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), "unagi-root-"));
  try {
    await use({
      path,
      write(file, content) {
        mkdirSync(dirname(join(path, file)), { recursive: true });
        writeFileSync(join(path, file), content);
      },
    });
  } finally {
    rmSync(path, { recursive: true, force: true });
  }
}

export interface Root {
  readonly path: string;
  /** Creates the folders on the way. */
  write(file: string, content: string | Uint8Array): void;
}
