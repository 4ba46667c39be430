/**
 * /sys/class/hwmon: the sensors of each chip that has a driver, one file for a value. Temperatures
 * are in thousandths of a degree Celsius.
 *
 *     hwmon0/name         coretemp
 *     hwmon0/temp1_input  47000
 *     hwmon0/temp1_label  Package id 0
 *     hwmon0/temp1_max    80000
 *     hwmon2/name         drivetemp
 *     hwmon2/temp1_input  34000
 *
 * Source: Documentation/hwmon/sysfs-interface.rst of the kernel.
 */
import { promises } from "node:fs";
import { withoutUndefined } from "../../base/without-undefined.ts";
import { below, type Reading, readNames, readNamesOrNone, readWord } from "../read-text.ts";

/** One of the devices, which may have several sensors. */
export interface Chip {
  /** That of its driver, such as `coretemp` or `nvme`. */
  readonly name: string;
  readonly sensors: readonly TemperatureSensor[];
}

export interface TemperatureSensor {
  /** Absent where the chip names none of its sensors. */
  readonly label?: string;
  /**
   * The files of the marks above which it is too hot, those that exist of `max` and `crit`, in that
   * order. They are read only together with the value: for an NVMe disk that read too is a command
   * to the controller, and one that hangs would block the search for chips.
   */
  readonly highPaths: readonly string[];
  /** The file of its value. */
  readonly path: string;
  /** The file that holds 1 while the sensor is broken; few have one. */
  readonly faultPath?: string;
}

export interface Temperature {
  readonly celsius: number;
  /** The first mark that is one; absent where the sensor has none. */
  readonly highCelsius?: number;
}

const FOLDER = "/sys/class/hwmon";
/** The sensors of a chip that are looked at; a processor of 64 cores has 65. */
const MOST_SENSORS = 512;

/** The chips whose name is wanted, with their sensors; nothing is asked of the devices yet. */
export function readChips(
  root: string,
  isWanted: (name: string) => boolean,
): Reading<readonly Chip[]> {
  const folders = readNames(root, FOLDER);
  if (!folders.ok) return folders;
  const chips = folders.value.sort().flatMap((folder) => {
    const path = `${FOLDER}/${folder}`;
    const name = readWord(root, `${path}/name`);
    return name === undefined || !isWanted(name) ? [] : { name, sensors: readSensors(root, path) };
  });
  return { ok: true, value: chips };
}

/** The temperature now; undefined where the device does not say, as a disk that is asleep. */
export function readTemperature(
  root: string,
  { path, highPaths, faultPath }: TemperatureSensor,
): Temperature | undefined {
  const isBroken = faultPath !== undefined && readWord(root, faultPath) === "1";
  const celsius = isBroken ? undefined : parseMillidegrees(readWord(root, path));
  if (celsius === undefined) return undefined;
  for (const highPath of highPaths) {
    const highCelsius = parseMillidegrees(readWord(root, highPath));
    if (highCelsius !== undefined) return { celsius, highCelsius };
  }
  return { celsius };
}

/** As `readTemperature`, for devices that may take seconds to answer. */
export async function awaitTemperature(
  root: string,
  { path, highPaths, faultPath }: TemperatureSensor,
): Promise<Temperature | undefined> {
  const isBroken = faultPath !== undefined && (await awaitWord(root, faultPath)) === "1";
  const celsius = isBroken ? undefined : parseMillidegrees(await awaitWord(root, path));
  if (celsius === undefined) return undefined;
  for (const highPath of highPaths) {
    const highCelsius = parseMillidegrees(await awaitWord(root, highPath));
    if (highCelsius !== undefined) return { celsius, highCelsius };
  }
  return { celsius };
}

/** Undefined for anything but a whole number of at most seven digits. */
export function parseMillidegrees(text: string | undefined): number | undefined {
  const digits = text?.trim() ?? "";
  return /^-?\d{1,7}$/.test(digits) ? Number(digits) / 1000 : undefined;
}

async function awaitWord(root: string, path: string): Promise<string | undefined> {
  try {
    return (await promises.readFile(below(root, path), "latin1")).trim();
  } catch {
    return undefined; // The driver gives EIO or EAGAIN for a device that does not answer.
  }
}

function readSensors(root: string, folder: string): readonly TemperatureSensor[] {
  const files = new Set(readNamesOrNone(root, folder));
  const numbers = [...files].flatMap((file) => /^temp(\d{1,4})_input$/.exec(file)?.[1] ?? []);
  return numbers
    .map(Number)
    .sort((a, b) => a - b)
    .slice(0, MOST_SENSORS)
    .map((number) => {
      const pathsOf = (...values: readonly string[]) =>
        values
          .map((value) => `temp${number}_${value}`)
          .filter((file) => files.has(file))
          .map((file) => `${folder}/${file}`);
      const sensor = `${folder}/temp${number}`;
      return withoutUndefined({
        label: readWord(root, `${sensor}_label`),
        highPaths: pathsOf("max", "crit"),
        path: `${sensor}_input`,
        faultPath: pathsOf("fault")[0],
      });
    });
}
