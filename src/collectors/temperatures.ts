/**
 * How hot the processors and disks are. A disk is asked only for the reports of the interval, and
 * not waited for: the question is a command to it, which may keep it awake or take it seconds.
 */
import { withoutUndefined } from "../base/without-undefined.ts";
import type { Reading } from "../linux/read-text.ts";
import {
  awaitTemperature,
  type Chip,
  readChips,
  readTemperature,
  type Temperature,
} from "../linux/sys/hwmon.ts";
import type { TemperatureReport } from "../protocol/report.ts";
import { collector } from "./collector.ts";

/** Chips that sit in a processor or a disk, and which of their sensors is meant, the best first. */
const CHIPS = [
  { name: /^coretemp$/, labels: [/^Package id \d+$/], device: "processor" },
  // Tctl may be set higher than the real temperature, Tdie; old kernels have one without a label.
  { name: /^(k10temp|zenpower)$/, labels: [/^Tdie$/, /^Tctl$/, /^$/], device: "processor" },
  { name: /^(cpu|soc)\d*_thermal$/, labels: [/^/], device: "processor" },
  { name: /^nvme$/, labels: [/^Composite$/, /^$/], device: "disk" },
  { name: /^drivetemp$/, labels: [/^/], device: "disk" },
] as const;

/** A report must fit into one packet. */
const MOST_TEMPERATURES = 8;
/** What is beyond is no temperature that a machine survives, but a sensor that is not connected. */
const COLDEST_CELSIUS = -40;
const HOTTEST_CELSIUS = 150;

type Device = (typeof CHIPS)[number]["device"];

type Meant = ReturnType<typeof meantOf>[number];

export function createTemperatures(root: string) {
  let chips: Reading<readonly Chip[]> = { ok: true, value: [] };
  let disks: readonly TemperatureReport[] = [];
  let asking: Promise<void> | undefined;

  function sensorsOf(device: Device): readonly Meant[] {
    return chips.ok ? chips.value.flatMap(meantOf).filter((each) => each.device === device) : [];
  }

  /** One after the other, so that a disk that hangs takes no more than one thread. */
  async function askInTurn(sensors: readonly Meant[]): Promise<void> {
    for (const each of sensors) {
      disks = disks.concat(describe(each, await awaitTemperature(root, each.sensor)));
    }
  }

  return collector<readonly TemperatureReport[]>({
    subject: "temperatures",
    isCostly: true,
    start: () => {
      // The figures of the round before are an interval old. Those of this round come in one by
      // one, so that a late disk does not hide the disks that answered before it.
      disks = [];
      chips = readChips(root, isWanted);
      const sensors = sensorsOf("disk");
      // A disk that has not answered since the last report is not asked again.
      if (asking !== undefined || sensors.length === 0) return undefined;
      asking = askInTurn(sensors).then(() => {
        asking = undefined;
      });
      return asking;
    },
    read: () => {
      // A virtual machine has no sensors: that is no problem to report.
      if (!chips.ok && chips.code !== "ENOENT") return chips;
      const processors = sensorsOf("processor").flatMap((each) =>
        describe(each, readTemperature(root, each.sensor)),
      );
      return { ok: true, value: [...processors, ...disks] };
    },
    report: (all) => {
      const hottest = all.toSorted((a, b) => b.celsius - a.celsius).slice(0, MOST_TEMPERATURES);
      return { temperatures: hottest.length === 0 ? undefined : hottest };
    },
  });
}

function isWanted(name: string): boolean {
  return CHIPS.some((chip) => chip.name.test(name));
}

/** The sensors of a chip whose temperature is told. */
function meantOf({ name, sensors }: Chip) {
  const chip = CHIPS.find((each) => each.name.test(name));
  if (chip === undefined) return [];
  const meant = chip.labels
    .map((label) => sensors.filter((sensor) => label.test(sensor.label ?? "")))
    .find((found) => found.length > 0);
  return (meant ?? []).map((sensor) => ({ chip: name, sensor, device: chip.device }));
}

/** An empty list where the temperature is unknown or implausible. */
function describe(
  { chip, sensor }: Meant,
  temperature: Temperature | undefined,
): TemperatureReport[] {
  if (temperature === undefined) return [];
  const { celsius, highCelsius } = temperature;
  // A sensor that is not connected often reads 0.
  if (celsius === 0 || !isPlausible(celsius)) return [];
  // Drivers of devices without a mark give 0, 255 or 65,262 °C.
  const hasHigh = highCelsius !== undefined && highCelsius > 0 && isPlausible(highCelsius);
  return [
    withoutUndefined({
      sensor: chip,
      label: sensor.label === "" ? undefined : sensor.label,
      celsius: tenths(celsius),
      highCelsius: hasHigh ? tenths(highCelsius) : undefined,
    }),
  ];
}

function isPlausible(celsius: number): boolean {
  return celsius >= COLDEST_CELSIUS && celsius <= HOTTEST_CELSIUS;
}

/** To one decimal; a disk in the cold is below 0. */
function tenths(celsius: number): number {
  return Math.round(celsius * 10) / 10;
}
