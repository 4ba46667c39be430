/** Which machines the reader has chosen: `?filter=` and `?tag=` in the address of the page. */
import { shownText } from "../base/shown-text.ts";
import type { Machine } from "../cluster/machine.ts";
import type { ProcessReport } from "../protocol/report.ts";
import { STATES } from "./cluster-summary.ts";
import { isProblem, type Subject } from "./subject.ts";

const FORMS = "name:, user:, process:, state:, tag:";
/** More words than anybody combines; each costs a search of every machine. */
const MOST_WORDS = 8;

/** Whether a process is one that the reader is looking for. */
export type ProcessTest = (process: ProcessReport) => boolean;

function hasTag({ tags }: Machine, lower: string): boolean {
  return tags.some((tag) => tag.toLowerCase() === lower);
}

function hasUser({ report }: Subject, part: string): boolean {
  const { processes = [], users = [] } = report ?? {};
  return (
    processes.some(({ user }) => user.toLowerCase().includes(part)) ||
    users.some(({ name }) => name.toLowerCase().includes(part))
  );
}

function hasProcess({ report }: Subject, part: string): boolean {
  return report?.processes?.some(({ command }) => command.toLowerCase().includes(part)) ?? false;
}

type Test = (subject: Subject) => boolean;

/** The test for one word of the filter, or a sentence that says what is wrong with it. */
function testOf(word: string): Test | string {
  const lower = word.toLowerCase();
  const split = lower.indexOf(":");
  const form = split > 0 ? lower.slice(0, split) : "";
  const value = lower.slice(split + 1);
  const shown = `“${shownText(word, 60)}”`;
  // An IPv6 address contains colons that separate no form from a value.
  const isAddress = /^[0-9a-f:.]+$/.test(lower) && split >= 0 && lower.indexOf(":", split + 1) > 0;
  if (form !== "" && value === "") return `${shown} needs a value after the colon.`;
  if (isAddress) return ({ machine }) => machine.addresses.some((one) => one.startsWith(lower));
  switch (form) {
    case "name":
      return ({ machine }) => machine.name.toLowerCase().includes(value);
    case "user":
      return (subject) => hasUser(subject, value);
    case "process":
      return (subject) => hasProcess(subject, value);
    case "tag":
      return ({ machine }) => hasTag(machine, value);
    case "state":
      if (!STATES.some((state) => state === value)) {
        return `${shown} is not a state: use ${STATES.map((state) => `state:${state}`).join(", ")}.`;
      }
      return (subject) => subject.state === value;
    case "":
      if (lower === "problem") return isProblem;
      return (subject) =>
        subject.machine.name.toLowerCase().includes(lower) ||
        subject.machine.addresses.some((address) => address.startsWith(lower)) ||
        subject.state === lower ||
        hasTag(subject.machine, lower) ||
        hasUser(subject, lower) ||
        hasProcess(subject, lower);
    default:
      return `Unknown filter ${shown}: use a word or one of ${FORMS}.`;
  }
}

/**
 * The processes named by `user:` and `process:`; without those forms, the processes whose user or
 * command contains one of the plain words.
 */
function wantedProcess(words: readonly string[]): ProcessTest | undefined {
  const named: ProcessTest[] = [];
  const loose: string[] = [];
  for (const word of words.map((one) => one.toLowerCase())) {
    const [, form, value = ""] = /^(user|process):(.+)$/.exec(word) ?? [];
    if (form === "user") named.push(({ user }) => user.toLowerCase().includes(value));
    else if (form === "process") named.push(({ command }) => command.toLowerCase().includes(value));
    else if (!word.includes(":")) loose.push(word);
  }
  if (named.length > 0) return (process) => named.every((test) => test(process));
  if (loose.length === 0) return undefined;
  return ({ user, command }) =>
    loose.some((part) => `${user}\n${command}`.toLowerCase().includes(part));
}

/**
 * All words must match; a word that is not understood is left out and costs a notice. `isWanted`:
 * `undefined` when the filter names no user and no process.
 */
export function filterOf(text: string, tag: string | undefined) {
  const notices: string[] = [];
  const tests: Test[] = [];
  const all = text.split(/\s+/).filter((word) => word !== "");
  const words = all.slice(0, MOST_WORDS);
  if (words.length < all.length) notices.push(`Only the first ${MOST_WORDS} words are used.`);
  for (const word of words) {
    const test = testOf(word);
    if (typeof test === "string") notices.push(test);
    else tests.push(test);
  }
  if (tag !== undefined) {
    const wanted = tag.toLowerCase();
    tests.push(({ machine }) => hasTag(machine, wanted));
  }
  const accepts: Test = (subject) => tests.every((test) => test(subject));
  return { accepts, isWanted: wantedProcess(words), notices };
}
