/** The machine's processor, distribution and kernel. */
import { describe, expect, test } from "bun:test";
import { utimesSync } from "node:fs";
import { createHostFacts } from "../../src/collectors/read-sample.ts";
import { parseOsRelease, readOsRelease } from "../../src/linux/os-release.ts";
import { parseCpuinfo } from "../../src/linux/proc/cpuinfo.ts";
import { fixture, withRoot } from "../linux/fixture.ts";

describe("parseCpuinfo", () => {
  const table: [string, string, string | undefined][] = [
    [
      "x86",
      "processor\t: 0\nmodel\t\t: 26\nmodel name\t: Intel(R) Xeon(R) CPU           E5520  @ 2.27GHz\n",
      "Intel(R) Xeon(R) CPU E5520 @ 2.27GHz",
    ],
    [
      "Raspberry Pi, arm64",
      "processor\t: 0\nCPU part\t: 0xd08\n\nRevision\t: c03111\nModel\t\t: Raspberry Pi 4 Model B Rev 1.1\n",
      "Raspberry Pi 4 Model B Rev 1.1",
    ],
    [
      "an ARM board",
      "Processor\t: ARMv7 Processor rev 4 (v7l)\nHardware\t: Allwinner sun8i\n",
      "Allwinner sun8i",
    ],
    ["POWER", "processor\t: 0\ncpu\t\t: POWER9, altivec supported\n", "POWER9, altivec supported"],
    ["MIPS", "system type\t: x\ncpu model\t\t: MIPS 24Kc V7.4\n", "MIPS 24Kc V7.4"],
    ["a number is no name", "Processor\t: 0\n", undefined],
    ["nothing", "", undefined],
  ];
  test.each(table)("%s", (_, text, model) => {
    expect(parseCpuinfo(text)).toBe(model as never);
  });

  test("cuts a model without end", () => {
    expect(parseCpuinfo(`model name : ${"x".repeat(5000)}`)).toHaveLength(64);
  });
});

describe("parseOsRelease", () => {
  const table: [string, string, string | undefined][] = [
    [
      "in double quotes",
      'NAME="x"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
      "Debian GNU/Linux 12 (bookworm)",
    ],
    ["in single quotes", "PRETTY_NAME='Arch Linux'\n", "Arch Linux"],
    ["without quotes", "PRETTY_NAME=Void\n", "Void"],
    ["with escapes", 'PRETTY_NAME="a \\"b\\" \\$c"\n', 'a "b" $c'],
    ["from name and version", "NAME=Fedora\nVERSION=40\n", "Fedora 40"],
    ["an empty one", 'PRETTY_NAME=""\n', undefined],
    ["nothing", "", undefined],
  ];
  test.each(table)("%s", (_, text, name) => {
    expect(parseOsRelease(text)).toBe(name as never);
  });

  test("falls back on /usr/lib, where /etc is empty", () =>
    withRoot((root) => {
      root.write("usr/lib/os-release", "PRETTY_NAME=Stateless\n");
      expect(readOsRelease(root.path)).toBe("Stateless");
    }));
});

describe("createHostFacts", () => {
  test("gathers what the files tell, and leaves out the rest", () => {
    expect(createHostFacts(fixture("debian-12-vm"))()).toEqual({
      model: "AMD EPYC",
      kernel: "6.18.44-amd64",
      os: "Debian GNU/Linux 12 (bookworm)",
    });
    expect(createHostFacts(fixture("container"))()).toEqual({});
  });

  test("notices an upgrade of the distribution", () =>
    withRoot((root) => {
      root.write("etc/os-release", "PRETTY_NAME=old\n");
      const facts = createHostFacts(root.path);
      expect(facts().os).toBe("old");
      root.write("etc/os-release", "PRETTY_NAME=new\n");
      utimesSync(`${root.path}/etc/os-release`, 5, 5);
      expect(facts().os).toBe("new");
    }));
});
