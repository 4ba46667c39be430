/**
 * Turns CHANGELOG.md into the changelog of a Debian package (deb-changelog(5)): a section for
 * each version, newest first.
 *
 *     ## 0.2.0, 2027-01-31
 *     - What changed.
 */
import { withoutUndefined } from "../../src/base/without-undefined.ts";

/** The maintainer field is mandatory; this one names nobody and cannot be written to. */
export const MAINTAINER = "The unagi authors <noreply@unagi.invalid>";

/** deb-changelog(5) asks for 80 columns, of which the indent of the first line takes two. */
const COLUMNS = 78;

/** `1.0.0~rc.1` sorts before 1.0.0 for dpkg, as `1.0.0-rc.1` does for npm. */
export function debianVersion(version: string): string {
  return version.replace("-", "~");
}

/**
 * `epochSeconds` dates a version that is not released yet. Throws if the newest section is not about
 * `version`, because a package must say what is new in it.
 */
export function renderDebianChangelog(
  markdown: string,
  version: string,
  epochSeconds: number,
): string {
  const sections = markdown.split(/^## /m).slice(1).map(parseSection);
  if (sections[0]?.version !== version) {
    throw new Error(`CHANGELOG.md begins with ${sections[0]?.version}, package.json: ${version}`);
  }
  return sections
    .map(({ version: name, date, changes }) => {
      const time = date === undefined ? epochSeconds * 1000 : Date.parse(`${date}T00:00:00Z`);
      return [
        `unagi (${debianVersion(name)}) unstable; urgency=medium`,
        "",
        ...changes.flatMap((change) => bullet(change)),
        "",
        ` -- ${MAINTAINER}  ${rfc2822(time)}`,
        "",
      ].join("\n");
    })
    .join("\n");
}

interface Section {
  readonly version: string;
  /** Absent if the version is not released yet. */
  readonly date?: string;
  readonly changes: readonly string[];
}

/** `text` begins after the `## `. */
function parseSection(text: string): Section {
  const [title = "", ...lines] = text.split("\n");
  const match = /^(\d+\.\d+\.\d+(?:-[\w.]+)?), (?:(\d{4}-\d\d-\d\d)|not released yet)$/.exec(title);
  if (match === null) {
    throw new Error(`CHANGELOG.md: "## ${title}" is not "VERSION, YYYY-MM-DD|not released yet"`);
  }
  const [, version = "", date] = match;
  const changes = lines
    .join("\n")
    .split(/^- /m)
    .slice(1)
    .map((change) => change.trim().replace(/\s+/g, " "));
  if (changes.length === 0) throw new Error(`CHANGELOG.md: nothing is listed for ${version}`);
  return withoutUndefined({ version, changes, date });
}

function bullet(change: string): readonly string[] {
  const lines: string[] = [];
  let line = "  *";
  for (const word of change.split(" ")) {
    if (line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = "   ";
    }
    line += ` ${word}`;
  }
  return [...lines, line];
}

/** `Sun, 22 Nov 2026 08:47:45 +0000` */
function rfc2822(timeMs: number): string {
  return new Date(timeMs).toUTCString().replace("GMT", "+0000");
}
