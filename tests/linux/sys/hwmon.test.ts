/** Chips and their temperatures. */
import { describe, expect, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import {
  awaitTemperature,
  parseMillidegrees,
  readChips,
  readTemperature,
} from "../../../src/linux/sys/hwmon.ts";
import { fixture, withRoot } from "../fixture.ts";

const root = fixture("temperatures");

describe("readChips", () => {
  test("gives the wanted chips with their sensors, marks and labels, in order", () => {
    expect(readChips(root, (name) => name === "coretemp" || name === "drivetemp")).toEqual({
      ok: true,
      value: [
        {
          name: "coretemp",
          sensors: [
            {
              label: "Package id 0",
              highCelsius: 80,
              path: "/sys/class/hwmon/hwmon2/temp1_input",
            },
            { label: "Core 0", highCelsius: 80, path: "/sys/class/hwmon/hwmon2/temp2_input" },
            { label: "Core 1", highCelsius: 80, path: "/sys/class/hwmon/hwmon2/temp3_input" },
          ],
        },
        {
          name: "drivetemp",
          sensors: [{ highCelsius: 60, path: "/sys/class/hwmon/hwmon3/temp1_input" }],
        },
        {
          name: "coretemp",
          sensors: [
            {
              label: "Package id 1",
              highCelsius: 80,
              path: "/sys/class/hwmon/hwmon4/temp1_input",
              faultPath: "/sys/class/hwmon/hwmon4/temp1_fault",
            },
          ],
        },
      ],
    });
  });

  test("takes the critical temperature where a chip has no other mark", () => {
    const chips = readChips(root, (name) => name === "acpitz");
    expect(chips.ok && chips.value[0]?.sensors[0]?.highCelsius).toBe(105);
  });

  test("says so where a machine has no chips", () => {
    expect(readChips("/nowhere", () => true)).toMatchObject({ ok: false, code: "ENOENT" });
  });
});

describe("a temperature", () => {
  const [, , broken] = ["hwmon2", "hwmon3", "hwmon4"].map((chip) => ({
    path: `/sys/class/hwmon/${chip}/temp1_input`,
    faultPath: `/sys/class/hwmon/${chip}/temp1_fault`,
  }));
  const sound = { path: "/sys/class/hwmon/hwmon2/temp1_input" };

  test("is in degrees", async () => {
    expect(readTemperature(root, sound)).toBe(71);
    expect(await awaitTemperature(root, sound)).toBe(71);
  });

  test("of a sensor that calls itself broken is unknown", async () => {
    expect(broken && readTemperature(root, broken)).toBeUndefined();
    expect(broken && (await awaitTemperature(root, broken))).toBeUndefined();
  });

  test("of a disk that is asleep, for which the driver fails with EIO, is unknown", () =>
    withRoot(async ({ path, write }) => {
      // The first page of a process's memory can never be read: EIO.
      write("temp1_fault", "0\n");
      symlinkSync("/proc/self/mem", join(path, "temp1_input"));
      for (const sensor of [
        { path: "/temp1_input" },
        { path: "/temp1_input", faultPath: "/temp1_fault" },
      ]) {
        expect(readTemperature(path, sensor)).toBeUndefined();
        expect(await awaitTemperature(path, sensor)).toBeUndefined();
      }
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
