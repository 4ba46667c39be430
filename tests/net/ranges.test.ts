/** How ranges are read: every form, and every way to write one wrongly. */
import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { resolveRanges } from "../../src/net/address-set.ts";
import type { LanNetworks } from "../../src/net/lan.ts";
import {
  isLoopbackOnly,
  parseRange,
  type RangeUse,
  rangeList,
  rangeTexts,
  whyTooLarge,
} from "../../src/net/ranges.ts";

const NO_LAN: LanNetworks = {
  wired: { allow: [], scan: [] },
  withWireless: { allow: [], scan: [] },
  leftOut: [],
};

const HOME: LanNetworks = {
  wired: { allow: ["192.168.7.0/24", "fd00:7::/64"], scan: ["192.168.7.0/24"] },
  withWireless: {
    allow: ["192.168.7.0/24", "fd00:7::/64", "10.9.0.0/16"],
    scan: ["192.168.7.0/24", "10.9.4.0/22", "10.9.200.3"],
  },
  leftOut: [],
};

function resolve(texts: readonly string[], use: RangeUse, lan = NO_LAN) {
  return resolveRanges(rangeList(texts, use), lan);
}

function reasonFor(text: string, use: RangeUse): string {
  const range = parseRange(text, use);
  return range.ok ? "it was read" : range.reason;
}

describe("scan ranges", () => {
  const cases: readonly (readonly [string, number, string, string])[] = [
    ["192.168.1.7", 1, "192.168.1.7", "192.168.1.7"],
    ["192.168.1.10-20", 11, "192.168.1.10", "192.168.1.20"],
    ["192.168.1.0-255", 256, "192.168.1.0", "192.168.1.255"],
    ["192.168.1.", 254, "192.168.1.1", "192.168.1.254"],
    ["10.1.0.0/22", 1022, "10.1.0.1", "10.1.3.254"],
    ["10.1.2.3/22", 1022, "10.1.0.1", "10.1.3.254"],
    ["10.1.0.0/16", 65_534, "10.1.0.1", "10.1.255.254"],
    ["10.1.0.0/30", 2, "10.1.0.1", "10.1.0.2"],
    ["10.1.0.0/31", 2, "10.1.0.0", "10.1.0.1"],
    ["10.1.0.9/32", 1, "10.1.0.9", "10.1.0.9"],
    ["127.0.0.1", 1, "127.0.0.1", "127.0.0.1"],
    ["fd00::1", 1, "fd00::1", "fd00::1"],
    ["FD00:0:0::00A0", 1, "fd00::a0", "fd00::a0"],
    ["fd00::/120", 256, "fd00::", "fd00::ff"],
    ["fd00::/112", 65_536, "fd00::", "fd00::ffff"],
    ["::ffff:10.1.2.3", 1, "10.1.2.3", "10.1.2.3"],
    ["::ffff:10.1.0.0/118", 1022, "10.1.0.1", "10.1.3.254"],
  ];
  for (const [text, size, first, last] of cases) {
    test(`${text} is ${size} addresses from ${first} to ${last}`, () => {
      const set = resolve([text], "scan");
      expect([set.size, set.at(0), set.at(set.size - 1)]).toEqual([size, first, last]);
      expect(set.contains(first)).toBe(true);
      expect(set.contains(last)).toBe(true);
    });
  }

  test("number an address that several ranges name once", () => {
    const set = resolve(["10.0.0.5-9", "10.0.0.", "10.0.0.7", "10.0.1.0/24"], "scan");
    expect(set.size).toBe(508);
    const all = Array.from({ length: set.size }, (_, index) => set.at(index));
    expect(new Set(all).size).toBe(508);
  });

  test("throw for an index outside the set, which is our own bug", () => {
    const set = resolve(["10.0.0.5-9"], "scan");
    for (const index of [-1, 5, 0.5, Number.NaN]) expect(() => set.at(index)).toThrow(RangeError);
  });

  test("do not gain loopback addresses", () => {
    expect(resolve(["10.0.0.1"], "scan").contains("127.0.0.1")).toBe(false);
  });
});

describe("allow ranges", () => {
  const cases: readonly {
    range: string;
    inside: readonly string[];
    outside: readonly string[];
  }[] = [
    {
      range: "192.168.1.",
      inside: ["192.168.1.1", "192.168.1.254", "::ffff:192.168.1.9", "::ffff:c0a8:109"],
      outside: ["192.168.1.0", "192.168.1.255", "192.168.10.1", "192.168.2.1", "fd00::1"],
    },
    {
      range: "10.1.",
      inside: ["10.1.0.0", "10.1.255.255", "10.1.2.3"],
      outside: ["10.10.0.1", "10.0.255.255", "10.2.0.0", "110.1.2.3"],
    },
    {
      range: "10.",
      inside: ["10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3"],
      outside: ["9.255.255.255", "11.0.0.0", "110.0.0.1", "100.1.2.3"],
    },
    {
      range: "10.1.0.0/22",
      inside: ["10.1.0.0", "10.1.3.255"],
      outside: ["10.1.4.0", "10.0.255.255"],
    },
    { range: "0.0.0.0/0", inside: ["8.8.8.8", "::ffff:8.8.8.8", "::1"], outside: ["fd00::1"] },
    {
      range: "::/0",
      inside: ["fd00::1", "::", "ffff::", "127.0.0.1"],
      outside: ["8.8.8.8", "::ffff:8.8.8.8"],
    },
    {
      range: "fd00:1::/64",
      inside: ["fd00:1::1", "FD00:1:0:0::FFFF", "fd00:1::1%eth0"],
      outside: ["fd00:1:0:1::1", "fd00::1", "10.0.0.1"],
    },
    { range: "fe80::/10", inside: ["fe80::1", "fe80::1%eth0"], outside: ["fec0::1"] },
    {
      range: "1.2.3.4",
      inside: ["1.2.3.4"],
      outside: ["1.2.3.40", "01.2.3.4", "1.2.3.4 ", "1.2.3", "16909060", "0x1020304", "", "lan"],
    },
  ];
  for (const { range, inside, outside } of cases) {
    test(`such as ${range} contain ${inside.join(", ")} and not ${outside.join(", ")}`, () => {
      const set = resolve([range], "allow");
      expect(inside.filter((address) => !set.contains(address))).toEqual([]);
      expect(outside.filter((address) => set.contains(address))).toEqual([]);
    });
  }

  const hostile = ["%", "::%", ":", ":::", "1::2::3", "::ffff:010.1.2.3", "::ffff:1.2.3", "[::1]"];
  test(`do not contain ${hostile.join("  ")}, even where all addresses are allowed`, () => {
    const set = resolve(["0.0.0.0/0", "::/0"], "allow");
    expect(hostile.filter((text) => set.contains(text))).toEqual(["::%"]);
    expect(set.contains(`::${"0".repeat(100_000)}`)).toBe(false);
  });

  const loopback: readonly (readonly [readonly string[], boolean, boolean, boolean])[] = [
    // The list; does it hold 127.0.0.1, 127.9.9.9 and ::1?
    [[], true, true, true],
    [["10.1."], true, true, true],
    [["0.0.0.0/0"], true, true, true],
    [["lan"], true, true, true],
    [["127."], true, true, true],
    [["127.0.0.1"], true, false, true],
    [["::1"], true, true, true],
    [["10.1.", "127.9.9.0/24"], false, true, true],
    [["127.0.0.1", "::1"], true, false, true],
  ];
  for (const [texts, first, second, third] of loopback) {
    test(`such as [${texts.join(", ")}] allow the loopback addresses that they name, else all of the family`, () => {
      const set = resolve(texts, "allow");
      const held = ["127.0.0.1", "127.9.9.9", "::1"].map((address) => set.contains(address));
      expect(held).toEqual([first, second, third]);
    });
  }

  test("too large to count have the size Infinity", () => {
    expect(resolve(["::/0"], "allow").size).toBe(Number.POSITIVE_INFINITY);
  });
});

describe("the word lan", () => {
  test("stands for the networks themselves in an allow list", () => {
    const set = resolve(["lan"], "allow", HOME);
    expect(set.contains("192.168.7.0")).toBe(true);
    expect(set.contains("fd00:7::9")).toBe(true);
    expect(set.contains("10.9.4.1")).toBe(false);
  });

  test("stands for IPv4 alone in a scan", () => {
    const set = resolve(["lan"], "scan", HOME);
    expect([set.size, set.at(0), set.contains("fd00:7::9")]).toEqual([254, "192.168.7.1", false]);
  });

  test("stands for the wireless networks too when written lan+wireless", () => {
    expect(resolve(["lan+wireless"], "allow", HOME).contains("10.9.200.3")).toBe(true);
    expect(resolve(["lan+wireless"], "scan", HOME).size).toBe(254 + 1022 + 1);
  });

  test("may stand beside other ranges", () => {
    expect(resolve(["lan", "172.16.0.1-2"], "scan", HOME).size).toBe(256);
  });

  test("stands for nothing where there is no network", () => {
    expect(resolve(["lan"], "scan").size).toBe(0);
  });
});

describe("the reason for refusing a range", () => {
  const cases: readonly (readonly [string, RangeUse, RegExp])[] = [
    ["", "allow", /it is empty/],
    ["192.168.1", "scan", /write 192\.168\.1\. with the dot at the end/],
    ["192.168.1.*", "scan", /write 192\.168\.1\.$/],
    ["010.1.2.3", "allow", /must not begin with 0/],
    ["10.1.2.03", "allow", /must not begin with 0/],
    ["10.01.", "allow", /must not begin with 0/],
    ["10.1.2.010-20", "scan", /must not begin with 0/],
    ["300.1.2.3", "allow", /four numbers from 0 to 255/],
    ["300.1.", "allow", /four numbers from 0 to 255/],
    ["10.1.2.256", "allow", /four numbers from 0 to 255/],
    ["2130706433", "allow", /four numbers from 0 to 255/],
    ["300.", "allow", /four numbers from 0 to 255/],
    ["10.77", "allow", /write 10\.77\. with the dot at the end/],
    ["10", "allow", /write 10\. with the dot at the end/],
    ["10.77", "scan", /10\.77\. is only for allow lists; to scan, write 10\.77\.0\.0\/16/],
    ["10.", "scan", /10\. is only for allow lists; to scan, write 10\.0\.0\.0\/16/],
    ["10.1.", "scan", /only for allow lists.*10\.1\.0\.0\/16/],
    ["10.1.2.9-3", "scan", /d not above e/],
    ["10.1.2.9-300", "scan", /none above 255/],
    ["10.1.2.1-10.1.2.9", "scan", /only the last number/],
    ["10.1.0.0/33", "allow", /0 to 32/],
    ["10.1.0.0/022", "allow", /0 to 32|write/],
    ["10.1.0.0/255.255.0.0", "allow", /mask as a length/],
    ["fd00::/129", "allow", /0 to 128/],
    ["::ffff:10.0.0.0/64", "allow", /0 to 128/],
    ["fe80::1%eth0", "allow", /zone/],
    ["10.1.2.3,10.1.2.4", "scan", /its own option or list item/],
    ["10.1.2.3 ", "scan", /its own option or list item/],
    ["LAN", "scan", /the words are lan and lan\+wireless/],
    ["lan+wifi", "scan", /the words are lan and lan\+wireless/],
    ["server.example.org", "allow", /names are not looked up/],
    ["0x7f000001", "allow", /./],
    ["x".repeat(100_000), "allow", /^it is too long/],
    ["224.0.0.1", "scan", /multicast/],
    ["ff02::1", "scan", /multicast/],
    ["255.255.255.255", "scan", /which no machine has/],
    ["0.0.0.0", "scan", /which no machine has/],
    ["10.0.0.0/8", "scan", /16,777,214 addresses, 46 hours .* at most 65,536/],
    ["10.0.0.0/15", "scan", /131,070 addresses, 21 minutes/],
    ["0.0.0.0/0", "scan", /4,294,967,294 addresses/],
    ["fd00::/111", "scan", /131,072 addresses/],
    ["fd00::/64", "scan", /2\^64 addresses/],
  ];
  for (const [text, use, reason] of cases) {
    test(`${JSON.stringify(text.slice(0, 40))} in a list to ${use} matches ${reason}`, () => {
      expect(reasonFor(text, use)).toMatch(reason);
    });
  }

  test("is not needed to show ranges as they were written", () => {
    expect(rangeTexts(rangeList(["lan", "10.1.", "10.1.2.3/8"], "allow"))).toEqual([
      "lan",
      "10.1.",
      "10.1.2.3/8",
    ]);
  });
});

describe("isLoopbackOnly", () => {
  const cases: readonly (readonly [readonly string[], boolean])[] = [
    [["127.0.0.1"], true],
    [["127.0.0.0/8"], true],
    [["127.0.0.1-5"], true],
    [["127."], true],
    [["127.1."], true],
    [["::1"], true],
    [["::1/128"], true],
    [["::ffff:127.0.0.1"], true],
    [["127.0.0.0/8", "::1"], true],
    [[], true],
    [["127.0.0.0/7"], false],
    [["126.0.0.0/7"], false],
    [["::1:0/112"], false],
    [["0.0.0.0/0"], false],
    [["127.0.0.1", "192.168.1.7"], false],
    [["lan"], false],
  ];
  for (const [texts, isOnly] of cases) {
    test(`is ${isOnly} for [${texts.join(", ")}]`, () => {
      expect(isLoopbackOnly(rangeList(texts, "allow"))).toBe(isOnly);
    });
  }
});

describe("a scan", () => {
  const cases: readonly (readonly [readonly string[], RegExp | undefined])[] = [
    [["10.1.0.0/16"], undefined],
    [["10.1.0.0/16", "10.2.0.1-2"], undefined],
    [["10.1.0.0/16", "lan"], undefined],
    [["10.1.0.0/16", "10.2.0.1-3"], /10\.1\.0\.0\/16 is 65,534.*together 65,537/],
    [["10.1.0.0/17", "10.2.0.0/17", "10.3."].slice(0, 2), undefined],
    [
      ["10.1.0.0/17", "10.2.0.0/17", "10.3.0.0/24", "10.4.0.1"],
      /10\.1\.0\.0\/17 is 32,766, 10\.2\.0\.0\/17 is 32,766, 10\.3\.0\.0\/24 is 254, …: together 65,787/,
    ],
  ];
  for (const [texts, reason] of cases) {
    test(`of ${texts.join(" and ")} is ${reason === undefined ? "allowed" : "refused for its size"}`, () => {
      const why = whyTooLarge(rangeList(texts, "scan"));
      if (reason === undefined) expect(why).toBeUndefined();
      else expect(why).toMatch(reason);
    });
  }
});

describe("compared with a naive model,", () => {
  const octet = fc.integer({ min: 0, max: 255 });
  // A small corner of the address space, so that ranges meet.
  const near = fc.tuple(fc.constantFrom(0, 1, 127, 255), octet).map(([c, d]) => ({ c, d }));
  const range = fc.oneof(
    near.map(({ c, d }) => ({ text: `10.1.${c}.${d}`, has: only(c, d, d) })),
    fc.tuple(near, octet).map(([{ c, d }, e]) => {
      const [low, high] = d < e ? [d, e] : [e, d];
      return { text: `10.1.${c}.${low}-${high}`, has: only(c, low, high) };
    }),
    near.map(({ c }) => ({ text: `10.1.${c}.`, has: only(c, 1, 254) })),
    fc.tuple(near, fc.integer({ min: 25, max: 32 })).map(([{ c, d }, length]) => {
      const low = d - (d % 2 ** (32 - length));
      const high = low + 2 ** (32 - length) - 1;
      const trim = length <= 30 ? 1 : 0;
      return { text: `10.1.${c}.${d}/${length}`, has: only(c, low + trim, high - trim) };
    }),
  );

  function only(c: number, low: number, high: number) {
    return (x: number, y: number) => x === c && y >= low && y <= high;
  }

  test("a scan has exactly the addresses that some range names, each once and in order", () => {
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 6 }), (parts) => {
        const set = resolve(
          parts.map(({ text }) => text),
          "scan",
        );
        const expected: string[] = [];
        for (const c of [0, 1, 127, 255]) {
          for (let d = 0; d < 256; d++) {
            if (parts.some(({ has }) => has(c, d))) expected.push(`10.1.${c}.${d}`);
          }
        }
        const actual = Array.from({ length: set.size }, (_, index) => set.at(index));
        expect(actual).toEqual(expected);
        for (const address of ["10.1.0.0", "10.1.127.9", "10.1.255.254", "10.2.0.1"]) {
          expect(set.contains(address)).toBe(expected.includes(address));
          expect(set.contains(`::ffff:${address}`)).toBe(expected.includes(address));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("an IPv6 network contains the addresses that share its first bits", () => {
    const groups = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(groups, groups, fc.integer({ min: 1, max: 128 }), (a, b, length) => {
        fc.pre(!isMapped(a) && !isMapped(b));
        // The other address shares a few bits, so that both answers come up.
        const mixed = a.map((group, index) => (index * 16 < length ? group : (b[index] ?? 0)));
        for (const address of [b, mixed]) {
          const set = resolve([`${hex(a)}/${length}`, "127.0.0.1"], "allow");
          expect(set.contains(hex(address))).toBe(
            bits(a).slice(0, length) === bits(address).slice(0, length),
          );
        }
      }),
      { numRuns: 200 },
    );
  });

  test("any text is read or refused with a reason, and never throws", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary", maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(..."0123456789.:/-%afxlan+ "), maxLength: 24 }),
    );
    fc.assert(
      fc.property(text, fc.constantFrom<RangeUse>("allow", "scan"), (written, use) => {
        const read = parseRange(written, use);
        if (!read.ok) expect(read.reason.length).toBeGreaterThan(5);
        expect(typeof resolve(["10.1."], "allow").contains(written)).toBe("boolean");
      }),
      { numRuns: 2_000 },
    );
  });

  function hex(groups: readonly number[]): string {
    return groups.map((group) => group.toString(16)).join(":");
  }

  function bits(groups: readonly number[]): string {
    return groups.map((group) => group.toString(2).padStart(16, "0")).join("");
  }

  function isMapped(groups: readonly number[]): boolean {
    return groups.slice(0, 5).every((group) => group === 0);
  }
});
