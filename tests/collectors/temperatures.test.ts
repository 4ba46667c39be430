/** Which sensors are told, which are not believed, and disks that do not answer. */
import { describe, expect, test } from "bun:test";
import { chmodSync, promises, symlinkSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createTemperatures } from "../../src/collectors/temperatures.ts";
import { fixture, type Root, withRoot } from "../linux/fixture.ts";
import { NOW, readingOf, reportOfFirst } from "./collect.ts";

async function collected(root: string) {
  const temperatures = createTemperatures(root);
  await temperatures.start?.(NOW);
  const found = readingOf(temperatures, root);
  return found.ok ? reportOfFirst(temperatures, found.value).temperatures : found.reason;
}

function addChip(root: Root, chip: string, name: string, values: Record<string, string | number>) {
  root.write(`sys/class/hwmon/${chip}/name`, `${name}\n`);
  for (const [file, value] of Object.entries(values)) {
    root.write(`sys/class/hwmon/${chip}/${file}`, `${value}\n`);
  }
}

describe("temperatures", () => {
  test("are those of processors and disks, the hottest first, without cores and broken sensors", async () => {
    expect(await collected(fixture("temperatures"))).toEqual([
      { sensor: "coretemp", label: "Package id 0", celsius: 71, highCelsius: 80 },
      { sensor: "nvme", label: "Composite", celsius: 44.9, highCelsius: 81.9 },
      { sensor: "drivetemp", celsius: 34, highCelsius: 60 },
    ]);
  });

  test("are nothing, and no problem, on a machine without sensors", async () => {
    expect(await collected("/nowhere")).toBeUndefined();
    await withRoot(async (root) => {
      addChip(root, "hwmon0", "acpitz", { temp1_input: 27800 });
      expect(await collected(root.path)).toBeUndefined();
    });
  });

  const chips: [string, string, Record<string, string | number>, object | undefined][] = [
    [
      "the real temperature of an AMD processor before the one of its fans",
      "k10temp",
      { temp1_input: 90000, temp1_label: "Tctl", temp2_input: 63000, temp2_label: "Tdie" },
      { sensor: "k10temp", label: "Tdie", celsius: 63 },
    ],
    [
      "the only temperature of an AMD processor",
      "zenpower",
      { temp1_input: 55000, temp1_label: "Tctl", temp3_input: 60000, temp3_label: "Tccd1" },
      { sensor: "zenpower", label: "Tctl", celsius: 55 },
    ],
    ["an old driver's, without a label", "k10temp", { temp1_input: 41125 }, { celsius: 41.1 }],
    [
      "that of a system on a chip",
      "cpu_thermal",
      { temp1_input: 52583, temp1_crit: 110000 },
      { sensor: "cpu_thermal", celsius: 52.6, highCelsius: 110 },
    ],
    ["a disk in the cold", "drivetemp", { temp1_input: -5000 }, { celsius: -5 }],
    ...[65261850, 255000, 0, -273150].map(
      (mark): [string, string, Record<string, number>, object] => [
        `a disk without its mark of ${mark / 1000} °C, which is no temperature`,
        "nvme",
        { temp1_input: 40000, temp1_max: mark },
        { celsius: 40 },
      ],
    ),
    ["none of a sensor that is not connected", "drivetemp", { temp1_input: 0 }, undefined],
    ["none below -40 °C", "drivetemp", { temp1_input: -41000 }, undefined],
    ["none above 150 °C", "cpu_thermal", { temp1_input: 151000 }, undefined],
    ["none of words", "cpu_thermal", { temp1_input: "hot" }, undefined],
    [
      "none of a sensor that calls itself broken",
      "drivetemp",
      { temp1_input: 30000, temp1_fault: 1 },
      undefined,
    ],
    ["none of a chip that has only fans", "coretemp", { fan1_input: 800 }, undefined],
  ];
  test.each(chips)("tell %s", (_, name, values, expected) =>
    withRoot(async (root) => {
      addChip(root, "hwmon0", name, values);
      const found = await collected(root.path);
      expect(found).toEqual(
        expected === undefined ? undefined : ([{ sensor: name, ...expected }] as never),
      );
    }),
  );

  test("are at most 8", () =>
    withRoot(async (root) => {
      for (let disk = 0; disk < 12; disk += 1) {
        addChip(root, `hwmon${disk}`, "drivetemp", { temp1_input: 30000 + disk * 1000 });
      }
      const found = await collected(root.path);
      expect(Array.isArray(found) && found.map(({ celsius }) => celsius)).toEqual([
        41, 40, 39, 38, 37, 36, 35, 34,
      ]);
    }));

  test("lack those of a disk that is asleep, whose driver fails with EIO", () =>
    withRoot(async (root) => {
      addChip(root, "hwmon0", "drivetemp", { temp1_max: 60000 });
      symlinkSync("/proc/self/mem", join(root.path, "sys/class/hwmon/hwmon0/temp1_input"));
      addChip(root, "hwmon1", "drivetemp", { temp1_input: 33000 });
      expect(await collected(root.path)).toEqual([{ sensor: "drivetemp", celsius: 33 }]);
    }));

  // Root may read everything.
  test.skipIf(process.getuid?.() === 0)("that may not be listed are a problem", () =>
    withRoot(async (root) => {
      addChip(root, "hwmon0", "drivetemp", { temp1_input: 33000 });
      chmodSync(join(root.path, "sys/class/hwmon"), 0);
      expect(await collected(root.path)).toBe("permission denied on /sys/class/hwmon");
      chmodSync(join(root.path, "sys/class/hwmon"), 0o755);
    }),
  );
});

describe("a disk", () => {
  test("is asked for the reports of the interval alone, a processor for live ones too", () =>
    withRoot(async (root) => {
      addChip(root, "hwmon0", "drivetemp", { temp1_input: 33000 });
      addChip(root, "hwmon1", "cpu_thermal", { temp1_input: 50000 });
      const input = (chip: string, value: string) =>
        writeFileSync(join(root.path, `sys/class/hwmon/${chip}/temp1_input`), value);
      const temperatures = createTemperatures(root.path);
      const now = () => {
        const found = readingOf(temperatures, root.path);
        return found.ok ? found.value.map(({ celsius }) => celsius) : found.reason;
      };
      await temperatures.start?.(NOW);
      expect(now()).toEqual([50, 33]);
      input("hwmon0", "44000\n");
      input("hwmon1", "61000\n");
      expect(now()).toEqual([61, 33]);
      await temperatures.start?.(NOW);
      expect(now()).toEqual([61, 44]);
    }));

  test("that has not answered since the last report is left out, and not waited for again", () =>
    withRoot(async (root) => {
      addChip(root, "hwmon0", "drivetemp", { temp1_input: 33000 });
      const temperatures = createTemperatures(root.path);
      await temperatures.start?.(NOW);
      // Started again before the answer of a call can have come.
      const pending = temperatures.start?.(NOW);
      expect(temperatures.start?.(NOW)).toBeUndefined();
      expect(readingOf(temperatures, root.path)).toEqual({ ok: true, value: [] });
      await pending;
      expect(readingOf(temperatures, root.path)).toMatchObject({ value: [{ celsius: 33 }] });
    }));

  test("that answers late is not told with the figure of the report before, and the others are told", () =>
    withRoot(async (root) => {
      addChip(root, "hwmon0", "drivetemp", { temp1_input: 33000 });
      addChip(root, "hwmon1", "nvme", { temp1_input: 44000 });
      const temperatures = createTemperatures(root.path);
      const now = () => {
        const found = readingOf(temperatures, root.path);
        return found.ok ? found.value.map(({ celsius }) => celsius) : found.reason;
      };
      await temperatures.start?.(NOW);
      expect(now()).toEqual([33, 44]);
      addChip(root, "hwmon0", "drivetemp", { temp1_input: 34000 });
      const late = join(root.path, "sys/class/hwmon/hwmon1/temp1_input");
      unlinkSync(late);
      Bun.spawnSync(["mkfifo", late]);
      const answered = temperatures.start?.(NOW);
      // Opened as soon as this disk too has been asked.
      const disk = await promises.open(late, "w");
      const meanwhile = now();
      await disk.writeFile("45000\n");
      await disk.close();
      await answered;
      expect(meanwhile).toEqual([34]);
      expect(now()).toEqual([34, 45]);
    }));

  test("is not waited for when it is asked for its mark, which is a command to it too", () =>
    withRoot(async (root) => {
      addChip(root, "hwmon0", "nvme", { temp1_input: 40000 });
      const mark = join(root.path, "sys/class/hwmon/hwmon0/temp1_max");
      Bun.spawnSync(["mkfifo", mark]);
      const temperatures = createTemperatures(root.path);
      const answered = temperatures.start?.(NOW);
      expect(readingOf(temperatures, root.path)).toEqual({ ok: true, value: [] });
      await promises.writeFile(mark, "70000\n");
      await answered;
      expect(readingOf(temperatures, root.path)).toEqual({
        ok: true,
        value: [{ sensor: "nvme", celsius: 40, highCelsius: 70 }],
      });
    }));

  test("that is plugged in later is found", () =>
    withRoot(async (root) => {
      root.write("sys/class/hwmon/.keep", "");
      const temperatures = createTemperatures(root.path);
      expect(temperatures.start?.(NOW)).toBeUndefined();
      addChip(root, "hwmon0", "drivetemp", { temp1_input: 33000 });
      await temperatures.start?.(NOW);
      expect(readingOf(temperatures, root.path)).toMatchObject({ value: [{ celsius: 33 }] });
    }));
});
