import { afterEach, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCarriers } from "../../src/linux/sys/class-net.ts";
import { createCarrierReader, isPluggedIn } from "../../src/runtime/carrier.ts";

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

interface Interface {
  readonly type?: string;
  /** Absent: the file is not there, as one that cannot be read. */
  readonly carrier?: string;
  readonly device?: boolean;
}

function rootOf(interfaces: Readonly<Record<string, Interface>>): string {
  const root = mkdtempSync(join(tmpdir(), "carrier-"));
  roots.push(root);
  for (const [name, { type = "1", carrier, device = false }] of Object.entries(interfaces)) {
    const folder = join(root, "sys/class/net", name);
    mkdirSync(device ? join(folder, "device") : folder, { recursive: true });
    writeFileSync(join(folder, "type"), `${type}\n`);
    if (carrier !== undefined) writeFileSync(join(folder, "carrier"), carrier);
  }
  return root;
}

const lo = { type: "772", carrier: "1\n" };

describe("whether this machine is plugged in", () => {
  const cases = [
    { title: "nothing can be read", interfaces: {}, has: undefined },
    { title: "only loopback is there", interfaces: { lo }, has: undefined },
    {
      title: "an interface is plugged in",
      interfaces: { lo, eth0: { carrier: "1\n" } },
      has: true,
    },
    {
      title: "the only one is not plugged in",
      interfaces: { lo, eth0: { carrier: "0\n" } },
      has: false,
    },
    { title: "one is switched off", interfaces: { lo, eth0: {} }, has: false },
    {
      title: "one of two is plugged in",
      interfaces: { eth0: { carrier: "0\n" }, wlan0: { carrier: "1\n" } },
      has: true,
    },
    {
      title: "only a bridge without a device has one",
      interfaces: { eth0: { carrier: "0\n", device: true }, br0: { carrier: "1\n" } },
      has: false,
    },
    { title: "the file says something else", interfaces: { eth0: { carrier: "yes" } }, has: false },
  ];
  test.each(cases)("is $has when $title", ({ interfaces, has }) => {
    expect(isPluggedIn(readCarriers(rootOf(interfaces)))).toBe(has);
  });

  test("is read again after two seconds and not before", () => {
    const root = rootOf({ eth0: { carrier: "1\n" } });
    let elapsedMs = 0;
    const read = createCarrierReader(root, () => ({ elapsedMs }));
    expect(read()).toBe(true);
    writeFileSync(join(root, "sys/class/net/eth0/carrier"), "0\n");
    elapsedMs = 1999;
    expect(read()).toBe(true);
    elapsedMs = 2000;
    expect(read()).toBe(false);
  });
});
