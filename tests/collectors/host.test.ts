/** The machine's cores, processor, distribution and kernel. */
import { describe, expect, test } from "bun:test";
import { utimesSync } from "node:fs";
import { createHost } from "../../src/collectors/host.ts";
import { fixture, withRoot } from "../linux/fixture.ts";
import { readingOf } from "./collect.ts";

describe("the host", () => {
  test.each([
    [
      "debian-12-vm",
      {
        cores: 2,
        model: "AMD EPYC",
        kernel: "6.18.44-amd64",
        os: "Debian GNU/Linux 12 (bookworm)",
      },
    ],
    ["container", { cores: 1 }],
    ["no-utmp", {}],
  ])("is what the files of %s tell, without the rest", (name, value) => {
    const root = fixture(name);
    expect(readingOf(createHost(root), root)).toEqual({ ok: true, value });
  });

  test("changes with an upgrade of the distribution", () =>
    withRoot((root) => {
      root.write("etc/os-release", "PRETTY_NAME=old\n");
      const host = createHost(root.path);
      const osOf = () => {
        const found = readingOf(host, root.path);
        return found.ok ? found.value.os : found.reason;
      };
      expect(osOf()).toBe("old");
      root.write("etc/os-release", "PRETTY_NAME=new\n");
      utimesSync(`${root.path}/etc/os-release`, 5, 5);
      expect(osOf()).toBe("new");
    }));
});
