/**
 * `npm run screenshots`: takes the pictures in docs/images with Chromium, from the real pages over
 * sample data: 1, 11, 100 and 1,000 machines, light and dark, a phone, a machine, the users.
 */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { startPageServer } from "../tests/browser/page-server.ts";
import { LAB, type SampleSource, sampleSource } from "../tests/page/sample-cluster.ts";
import { hundred, thousand } from "../tests/page/sample-many.ts";

const CHROMIUM = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const FOLDER = join(import.meta.dir, "..", "docs", "images");
/** The documentation is also read on phones. */
const MOST_BYTES = 300_000;

interface Picture {
  readonly name: string;
  readonly source: () => SampleSource;
  readonly path: string;
  readonly scheme?: "light" | "dark";
  readonly width?: number;
  /** Absent: the height of the whole page. */
  readonly height?: number;
  /** The pointer rests at this share of the width of the machine's strip. */
  readonly pointAt?: readonly [machine: string, share: number];
}

const alone = () =>
  sampleSource({ sketches: LAB.filter(({ name }) => name === "node01"), cells: 30 });
/** All other machines fell silent at once, so this one is cut off. */
const cutOff = () =>
  sampleSource({
    change: (view) => ({
      ...view,
      machines: view.machines.map((machine, index) =>
        machine.isSelf || (machine.state !== "up" && machine.state !== "silent")
          ? machine
          : {
              ...machine,
              state: "silent",
              stateSinceWallMs: view.moment.wallMs - 40_000 + 500 * index,
            },
      ),
    }),
  });

const PICTURES: readonly Picture[] = [
  { name: "cluster-1", source: alone, path: "/", height: 500 },
  { name: "cluster-1-dark", source: alone, path: "/", height: 500, scheme: "dark" },
  // A fixed height, because a window that grows to the whole page moves the pointer away.
  {
    name: "cluster-11",
    source: sampleSource,
    path: "/",
    height: 760,
    pointAt: ["node02", 0.745],
  },
  { name: "cluster-11-dark", source: sampleSource, path: "/", scheme: "dark" },
  { name: "cluster-11-phone", source: sampleSource, path: "/", width: 390 },
  { name: "cluster-100", source: hundred, path: "/", height: 1100 },
  { name: "cluster-100-dark", source: hundred, path: "/", height: 1100, scheme: "dark" },
  { name: "cluster-1000", source: thousand, path: "/?filter=user:chen", height: 1400 },
  { name: "cluster-1000-dark", source: thousand, path: "/", scheme: "dark" },
  { name: "machine", source: sampleSource, path: "/machines/render3" },
  { name: "machine-dark", source: sampleSource, path: "/machines/render3", scheme: "dark" },
  { name: "machine-phone", source: sampleSource, path: "/machines/render3", width: 390 },
  { name: "users", source: sampleSource, path: "/?by=user", height: 600 },
  { name: "users-dark", source: sampleSource, path: "/?by=user", height: 600, scheme: "dark" },
  { name: "entry", source: sampleSource, path: "/?open=node02@03:10" },
  { name: "cut-off", source: cutOff, path: "/" },
];

if (!existsSync(CHROMIUM)) {
  console.error(`${CHROMIUM} does not exist: run apt-get install chromium, or set CHROMIUM`);
  process.exit(1);
}
mkdirSync(FOLDER, { recursive: true });
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
let isTooLarge = false;
try {
  for (const picture of PICTURES) await take(picture);
} finally {
  await browser.close();
}
process.exit(isTooLarge ? 1 : 0);

async function take(picture: Picture): Promise<void> {
  const { name, width = 1280, height, scheme = "light" } = picture;
  const server = startPageServer({ source: picture.source() });
  const page = await browser.newPage({
    viewport: { width, height: height ?? 700 },
    colorScheme: scheme,
  });
  try {
    await page.goto(server.url + picture.path);
    await page.locator("#connection", { hasText: "live" }).waitFor();
    if (picture.pointAt !== undefined) {
      const [machine, share] = picture.pointAt;
      const box = await page.getByRole("slider", { name: `${machine} history` }).boundingBox();
      await page.mouse.move((box?.x ?? 0) + share * (box?.width ?? 0), (box?.y ?? 0) + 12);
      await page.locator(".tip", { hasText: "%, disk" }).waitFor();
    }
    const path = join(FOLDER, `${name}.png`);
    await page.screenshot({ path, fullPage: height === undefined });
    const { size } = statSync(path);
    isTooLarge ||= size > MOST_BYTES;
    console.log(
      `${name}.png ${Math.ceil(size / 1000)} kB${size > MOST_BYTES ? ", too large" : ""}`,
    );
  } finally {
    await page.close();
    server.stop();
  }
}
