/**
 * Made-up clusters of a hundred and of a thousand machines, the same at every call: groups by
 * tag, idle and busy machines, and of each kind of trouble a few.
 */
import { type SampleSource, type Sketch, sampleSource } from "./sample-cluster.ts";

/** A repeatable 0–1. */
function chance(seed: number): number {
  const wave = Math.sin(seed * 78.233 + 0.5) * 43_758.5453;
  return wave - Math.floor(wave);
}

const PEOPLE = "ann bo chen dana eli finn gita hugo ines jun kim lea".split(" ");
const PROGRAMS = "blender lmp gmx python3 ffmpeg R julia cc1plus octave simpleFoam".split(" ");
const GIB = 1024 ** 3;

function pick<T>(list: readonly T[], seed: number, other: T): T {
  return list[Math.floor(chance(seed) * list.length)] ?? other;
}

/** Two or three jobs a day, some still running. */
function loadsOf(seed: number): Sketch["loads"] {
  const loads: Sketch["loads"][number][] = [];
  let at = Math.floor(chance(seed) * 60) - 20;
  for (let job = 0; job < 3 && at < 144; job += 1) {
    const one = seed * 7 + job;
    const length = 6 + Math.floor(chance(one + 0.1) * 55);
    if (at + length > 0) {
      loads.push({
        from: Math.max(0, at),
        to: at + length > 136 ? 144 : at + length,
        cpu: pick([12, 30, 52, 66, 78, 94], one + 0.2, 50),
        ...(chance(one + 0.3) > 0.5 ? { disk: pick([24, 55], one + 0.4, 24) } : {}),
        user: pick(PEOPLE, one + 0.5, "ann"),
        command: pick(PROGRAMS, one + 0.6, "R"),
      });
    }
    at += length + 4 + Math.floor(chance(one + 0.7) * 50);
  }
  return loads;
}

interface Shape {
  readonly cores: number;
  readonly memoryGib: number;
}

function sketchOf(name: string, tag: string, seed: number, shape: Shape): Sketch {
  return {
    ...shape,
    name,
    tags: [tag],
    address: `10.${1 + (seed >> 16)}.${(seed >> 8) & 255}.${1 + (seed & 127)}`,
    uptimeHours: 24 + Math.floor(chance(seed + 0.8) * 1400),
    loads: loadsOf(seed),
    users: chance(seed + 0.9) > 0.55 ? [pick(PEOPLE, seed + 0.95, "ann")] : [],
    memoryPercent: 3 + Math.floor(chance(seed + 0.85) * 55),
  };
}

/** What befalls some of them. */
const FATES: Readonly<Record<string, Partial<Sketch>>> = {
  down: { state: "down", outages: [{ from: 126, state: "down" }] },
  lately: { state: "down", outages: [{ from: 140, state: "down" }] },
  stopped: { state: "stopped", outages: [{ from: 48, state: "stopped" }] },
  silent: { state: "silent" },
  full: {
    change: (report, cell) => ({
      ...report,
      filesystems: [
        {
          ...{ mount: "/scratch", type: "xfs", totalBytes: 999 * GIB },
          freeBytes: (cell < 60 ? 90 : 9) * GIB,
        },
      ],
    }),
  },
  swapping: {
    memoryPercent: 98,
    change: (report, cell) =>
      cell < 115
        ? report
        : {
            ...report,
            memory: { ...report.memory, swapTotalBytes: 32 * GIB, swapUsedBytes: 23 * GIB },
            swap: { inBytesPerSecond: 9e6, outBytesPerSecond: 16e6 },
          },
  },
};

function withFates(sketches: readonly Sketch[], fates: Readonly<Record<string, string>>): Sketch[] {
  return sketches.map((sketch) => {
    const fate = FATES[fates[sketch.name] ?? ""];
    return fate === undefined ? sketch : { ...sketch, ...fate };
  });
}

/** 64 nodes, 16 with a GPU, 12 that render, 8 desks; one down, one silent, two stopped. */
export function hundred(): SampleSource {
  const groups: readonly (readonly [string, string, number, Shape])[] = [
    ["node", "node", 64, { cores: 16, memoryGib: 64 }],
    ["gpu", "gpu-", 16, { cores: 32, memoryGib: 256 }],
    ["render", "render", 12, { cores: 64, memoryGib: 256 }],
    ["desk", "desk", 8, { cores: 8, memoryGib: 32 }],
  ];
  const sketches = groups.flatMap(([tag, prefix, count, shape], group) =>
    Array.from({ length: count }, (_, index) => {
      const number = String(index + 1).padStart(count > 9 ? 2 : 1, "0");
      return sketchOf(`${prefix}${number}`, tag, group * 256 + index, shape);
    }),
  );
  return sampleSource({
    sketches: withFates(sketches, {
      node17: "down",
      node33: "full",
      node40: "silent",
      node52: "full",
      "gpu-05": "swapping",
      desk3: "stopped",
      desk6: "stopped",
    }),
  });
}

/** Twenty racks of fifty; five of one rack fell together. */
export function thousand(): SampleSource {
  const sketches = Array.from({ length: 1000 }, (_, index) => {
    const rack = String.fromCharCode(97 + Math.floor(index / 50));
    const name = `${rack}${String(1 + (index % 50)).padStart(2, "0")}`;
    const shape = { cores: 64, memoryGib: 256 };
    // The serving machine of every sample.
    return sketchOf(index === 0 ? "node01" : name, `rack ${rack}`, index * 3, shape);
  });
  return sampleSource({
    sketches: withFates(sketches, {
      ...Object.fromEntries(["c07", "c08", "c09", "c10", "c11"].map((name) => [name, "lately"])),
      h31: "down",
      p04: "down",
      k19: "silent",
      k20: "silent",
      e44: "stopped",
      s12: "swapping",
      a22: "full",
      m37: "full",
      t02: "full",
    }),
  });
}
