/** What the machine is: its cores, its processor's model, its kernel and distribution. */
import { withoutUndefined } from "../base/without-undefined.ts";
import { readOsRelease } from "../linux/os-release.ts";
import { readCpuModel } from "../linux/proc/cpuinfo.ts";
import { readProcStat } from "../linux/proc/stat.ts";
import { readWhenChanged, readWord } from "../linux/read-text.ts";
import { collector } from "./collector.ts";
import { known } from "./figures.ts";

/** Model and kernel change with a boot alone: they are read here, once. */
export function createHost(root: string) {
  const model = readCpuModel(root);
  const kernel = readWord(root, "/proc/sys/kernel/osrelease");
  // Read again when the file changes, as with an upgrade.
  const readOs = readWhenChanged(root, "/etc/os-release", () => readOsRelease(root));
  return collector({
    subject: "host",
    read: ({ once }) => {
      const cpu = once(readProcStat);
      const cores = cpu.ok ? cpu.value.cores.size : undefined;
      return { ok: true, value: withoutUndefined({ cores, model, kernel, os: readOs() }) };
    },
    report: (host) => ({ host: known(host) }),
  });
}
