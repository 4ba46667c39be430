/** Chips and their temperatures. */
import { describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  awaitTemperature,
  parseMillidegrees,
  readChips,
  readTemperature,
  type Temperature,
  type TemperatureSensor,
} from "../../../src/linux/sys/hwmon.ts";
import { fixture, withRoot } from "../fixture.ts";

const root = fixture("temperatures");

describe("readChips", () => {
  test("gives the wanted chips with the files of their sensors, in order", () => {
    const folder = "/sys/class/hwmon";
    const core = (number: number, label: string) => ({
      label,
      highPaths: [
        `${folder}/hwmon2/temp${number}_max`,
        ...(number === 1 ? [`${folder}/hwmon2/temp1_crit`] : []),
      ],
      path: `${folder}/hwmon2/temp${number}_input`,
    });
    expect(readChips(root, (name) => name === "coretemp" || name === "drivetemp")).toEqual({
      ok: true,
      value: [
        {
          name: "coretemp",
          sensors: [core(1, "Package id 0"), core(2, "Core 0"), core(3, "Core 1")],
        },
        {
          name: "drivetemp",
          sensors: [
            {
              highPaths: [`${folder}/hwmon3/temp1_max`, `${folder}/hwmon3/temp1_crit`],
              path: `${folder}/hwmon3/temp1_input`,
            },
          ],
        },
        {
          name: "coretemp",
          sensors: [
            {
              label: "Package id 1",
              highPaths: [`${folder}/hwmon4/temp1_max`],
              path: `${folder}/hwmon4/temp1_input`,
              faultPath: `${folder}/hwmon4/temp1_fault`,
            },
          ],
        },
      ],
    });
  });

  test("says so where a machine has no chips", () => {
    expect(readChips("/nowhere", () => true)).toMatchObject({ ok: false, code: "ENOENT" });
  });
});

describe("a temperature", () => {
  const sensorOf = (chip: string, ...highs: string[]) => ({
    path: `/sys/class/hwmon/${chip}/temp1_input`,
    highPaths: highs.map((high) => `/sys/class/hwmon/${chip}/temp1_${high}`),
  });
  /** The same by both ways. */
  const read = async (below: string, sensor: TemperatureSensor) => {
    const now = readTemperature(below, sensor);
    expect(await awaitTemperature(below, sensor)).toEqual(now as Temperature);
    return now;
  };

  test("is in degrees, and comes with the first mark that is one", async () => {
    expect(await read(root, sensorOf("hwmon2", "max", "crit"))).toEqual({
      celsius: 71,
      highCelsius: 80,
    });
    expect(await read(root, sensorOf("hwmon0", "label", "crit"))).toEqual({
      celsius: 27.8,
      highCelsius: 105,
    });
    expect(await read(root, sensorOf("hwmon2"))).toEqual({ celsius: 71 });
  });

  test("of a sensor that calls itself broken is unknown", async () => {
    const faultPath = "/sys/class/hwmon/hwmon4/temp1_fault";
    expect(await read(root, { ...sensorOf("hwmon4"), faultPath })).toBeUndefined();
  });

  test("of a disk that is asleep, for which the driver fails with EIO, is unknown", () =>
    withRoot(async ({ path, write }) => {
      // The first page of a process's memory can never be read: EIO.
      write("temp1_fault", "0\n");
      symlinkSync("/proc/self/mem", join(path, "temp1_input"));
      for (const sensor of [
        { path: "/temp1_input", highPaths: [] },
        { path: "/temp1_input", highPaths: [], faultPath: "/temp1_fault" },
      ]) {
        expect(await read(path, sensor)).toBeUndefined();
      }
    }));

  test("is known although the driver fails with EIO for its mark", () =>
    withRoot(async ({ path, write }) => {
      write("temp1_input", "33000\n");
      symlinkSync("/proc/self/mem", join(path, "temp1_max"));
      const sensor = { path: "/temp1_input", highPaths: ["/temp1_max"] };
      expect(await read(path, sensor)).toEqual({ celsius: 33 });
    }));
});

describe("parseMillidegrees", () => {
  test.each([
    ["47000\n", 47],
    ["-5500\n", -5.5],
    ["0", 0],
    ["", undefined],
    [undefined, undefined],
    ["warm\n", undefined],
    ["47.5", undefined],
    ["12345678", undefined],
    ["1e5", undefined],
  ])("reads %j as %p", (text, celsius) => {
    expect(parseMillidegrees(text)).toBe(celsius as number);
  });
});
