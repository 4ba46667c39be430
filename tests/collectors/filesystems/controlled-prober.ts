/** A prober whose children are answered by hand, and whose waits end by hand. */
import {
  createStatfsProber,
  type ProbeChild,
  type StatfsAnswer,
} from "../../../src/collectors/filesystems/statfs-probe.ts";

export function controlled() {
  const started: string[] = [];
  const killed: string[] = [];
  const open = new Map<string, (answer: StatfsAnswer) => void>();
  const waits: (() => void)[] = [];
  const prober = createStatfsProber({
    spawn: (mountPoint): ProbeChild => {
      started.push(mountPoint);
      const answer = new Promise<StatfsAnswer>((resolve) => open.set(mountPoint, resolve));
      return { answer, kill: () => killed.push(mountPoint) };
    },
    wait: () => new Promise((resolve) => waits.push(resolve)),
  });
  return {
    prober,
    started,
    killed,
    answer: async (mountPoint: string, answer: StatfsAnswer) => {
      open.get(mountPoint)?.(answer);
      await turn();
    },
    /** Every limit that is running is over. */
    timeOut: async () => {
      for (const resolve of waits.splice(0)) {
        resolve();
      }
      await turn();
    },
  };
}

/** Lets what is resolved run; no time passes. */
async function turn(): Promise<void> {
  for (let i = 0; i < 10; i += 1) {
    await Promise.resolve();
  }
}
