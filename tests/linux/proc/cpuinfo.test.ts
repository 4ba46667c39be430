/** The processor's model. */
import { describe, expect, test } from "bun:test";
import { parseCpuinfo } from "../../../src/linux/proc/cpuinfo.ts";

describe("parseCpuinfo", () => {
  const table: [string, string, string | undefined][] = [
    [
      "an x86 processor",
      "processor\t: 0\nmodel\t\t: 26\nmodel name\t: Intel(R) Xeon(R) CPU           E5520  @ 2.27GHz\n",
      "Intel(R) Xeon(R) CPU E5520 @ 2.27GHz",
    ],
    [
      "a Raspberry Pi",
      "processor\t: 0\nCPU part\t: 0xd08\n\nRevision\t: c03111\nModel\t\t: Raspberry Pi 4 Model B Rev 1.1\n",
      "Raspberry Pi 4 Model B Rev 1.1",
    ],
    [
      "an ARM board",
      "Processor\t: ARMv7 Processor rev 4 (v7l)\nHardware\t: Allwinner sun8i\n",
      "Allwinner sun8i",
    ],
    [
      "a POWER processor",
      "processor\t: 0\ncpu\t\t: POWER9, altivec supported\n",
      "POWER9, altivec supported",
    ],
    ["a MIPS processor", "system type\t: x\ncpu model\t\t: MIPS 24Kc V7.4\n", "MIPS 24Kc V7.4"],
    ["none for a number, which is no name", "Processor\t: 0\n", undefined],
    ["none for an empty file", "", undefined],
  ];
  test.each(table)("names %s", (_, text, model) => {
    expect(parseCpuinfo(text)).toBe(model as never);
  });

  test("cuts a model that has no end", () => {
    expect(parseCpuinfo(`model name : ${"x".repeat(5000)}`)).toHaveLength(64);
  });
});
