/** Judges whether the other machines answer, and whether their clocks agree with ours. */
import { printable } from "../../../base/printable.ts";
import { THRESHOLDS } from "../../../view/thresholds.ts";
import { unsealedWords } from "../../../view/unsealed-senders.ts";
import type { AskedFacts, CheckFacts, ClusterFacts, MachineFacts } from "./facts.ts";
import { type Finding, fine, look, wrong } from "./finding.ts";
import { counted, shortList, speaksToNobody } from "./judge-networks.ts";

const NAME_LENGTH = 64;

export function judgePeers(facts: CheckFacts): readonly Finding[] {
  const { config, running, asked } = facts;
  if (running.kind === "cluster") {
    const { network, unsealedSenders } = running.cluster;
    const unsealed = unsealedWords(unsealedSenders.map(shownName));
    const others = [
      judgeKnown(running.cluster, facts),
      ...judgeRefused(running.cluster),
      ...(unsealed === undefined ? [] : [look("others", unsealed.text, unsealed.remedy)]),
    ];
    if (network === config.signature) return others;
    const text = `the unagi that runs here is in network ${shownName(network)}, not in the configured ${shownName(config.signature)}`;
    return [look("network", text, "restart it, or give the check the same options"), ...others];
  }
  if (asked !== undefined) return judgeAsked(asked, facts);
  if (running.kind === "none" && config.keyFiles.length > 0) {
    const text = "no unagi answers here, and without the key nobody answers";
    return [look("others", text, "mend the key, then check again")];
  }
  return [];
}

function judgeKnown({ machines, candidates }: ClusterFacts, facts: CheckFacts): Finding {
  const others = machines.filter(({ isSelf }) => !isSelf);
  const up = others.filter(isThere);
  const away = others.filter((machine) => !up.includes(machine));
  if (others.length === 0) {
    if (speaksToNobody(facts.config)) return fine("others", "none, and none is looked for");
    const addresses = counted(candidates, "address was", "addresses were");
    const heard = candidates === 0 ? "" : `; ${addresses} heard of, but did not answer`;
    return look("others", `no other machine has answered so far${heard}`, remedy(facts));
  }
  const all = counted(others.length, "other machine", "other machines");
  if (away.length === 0) return fine("others", `${up.length} of ${all} up`);
  const text = `${countsWords(away)} of ${all}: ${shortList(away.map(awayWords))}`;
  if (up.length === 0) return wrong("others", `none is up; ${text}`, remedy(facts));
  // A machine that said goodbye was stopped on purpose.
  const gone = away.filter(({ state }) => state !== "stopped");
  if (gone.length === 0) return fine("others", text);
  return look("others", text, goneRemedy(gone));
}

function judgeRefused({ machines }: ClusterFacts): readonly Finding[] {
  const refused = machines.flatMap(({ name, refusal }) =>
    refusal === undefined ? [] : [`${shownName(name)} (${printable(refusal, NAME_LENGTH)})`],
  );
  if (refused.length === 0) return [];
  const text = `reports that cannot be read come from ${shortList(refused)}`;
  return [look("others", text, "mend the program there; unagi -dd shows what it sends")];
}

/** `2 down, 1 stopped`. */
function countsWords(away: readonly MachineFacts[]): string {
  const words = ["down", "silent", "stopped"].flatMap((state) => {
    const count = away.filter((one) => one.state === state).length;
    return count > 0 ? [`${count} ${state}`] : [];
  });
  return words.join(", ");
}

/** Says NAME instead of the peer's own name, which is not safe to paste into a shell. */
function goneRemedy(gone: readonly MachineFacts[]): string {
  const which = gone.length === 1 ? shownName(gone[0]?.name ?? "") : "each";
  return (
    `look whether ${which} has power and network, and there at: systemctl status unagi; one that ` +
    "will not come back: unagi forget NAME"
  );
}

function isThere({ state }: MachineFacts): boolean {
  return state === "up" || state === "new";
}

function awayWords({ name, state, lastHeardSeconds }: MachineFacts): string {
  const since = lastHeardSeconds === undefined ? "" : ` for ${duration(lastHeardSeconds)}`;
  return `${shownName(name)} ${state}${since}`;
}

function judgeAsked(asked: AskedFacts, facts: CheckFacts): readonly Finding[] {
  const { askedCount, ofCount, answered, problem } = asked;
  if (problem !== undefined) return [look("others", problem, "start unagi, then check again")];
  if (ofCount === 0 && speaksToNobody(facts.config)) {
    return [fine("others", "no unagi answers here, and none is looked for elsewhere")];
  }
  if (ofCount === 0) {
    // The finding on `lan` already says that it stands for nothing.
    if (facts.networks.unmatched.length > 0) return [];
    const text = "the scan range holds no other address to ask";
    return [look("others", text, "name the network with -s")];
  }
  const all = counted(ofCount, "address", "addresses");
  const part = askedCount < ofCount ? `${askedCount} of ${all}` : all;
  if (answered.length === 0) {
    return [look("others", `no unagi answers here; asked ${part}: none answered`, remedy(facts))];
  }
  return [fine("others", `no unagi answers here; asked ${part}: ${shortList(answered)} answered`)];
}

/** The likely reasons why machines do not see each other, the likeliest first. */
function remedy({ config, networks }: CheckFacts): string {
  const own = networks.ownAddresses.find(({ isAllowed }) => isAllowed)?.address;
  const elsewhere = own === undefined ? "unagi check" : `whether its -n holds ${own}`;
  return (
    `on another machine: does unagi run, with -S ${shownName(config.signature)}, -p ` +
    `${config.p2pPort} and the same key or none; ${elsewhere}; and does its firewall let UDP ` +
    `port ${config.p2pPort} in`
  );
}

export function judgeClocks(running: CheckFacts["running"]): readonly Finding[] {
  if (running.kind !== "cluster") return [];
  const known = running.cluster.machines
    .filter((machine) => !machine.isSelf && isThere(machine))
    .flatMap(({ name, clockOffsetSeconds: offset }) =>
      offset === undefined ? [] : [{ name, offset }],
    );
  if (known.length === 0) return [];
  const sorted = known.map(({ offset }) => offset).sort((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  // Between two machines, it is unknown whose clock is wrong.
  if (known.length >= 3 && Math.abs(median) > THRESHOLDS.clockOffsetSeconds) {
    const text = `most others' clocks are ${aheadOrBehind(median)} this one`;
    return [look("clock", text, "set this machine's clock: timedatectl set-ntp true")];
  }
  const off = known
    .filter(({ offset }) => Math.abs(offset) > THRESHOLDS.clockOffsetSeconds)
    .sort((a, b) => Math.abs(b.offset) - Math.abs(a.offset));
  if (off.length === 0) {
    const others = known.length === 1 ? "the other machine" : `${known.length} other machines`;
    return [fine("clock", `at most ${THRESHOLDS.clockOffsetSeconds} s apart from ${others}`)];
  }
  const words = off.map(({ name, offset }) => `${shownName(name)} is ${aheadOrBehind(offset)} us`);
  const text = shortList(words);
  return [look("clock", text, "synchronise the clocks, as with: timedatectl set-ntp true")];
}

function aheadOrBehind(offsetSeconds: number): string {
  return `${duration(Math.abs(offsetSeconds))} ${offsetSeconds > 0 ? "ahead of" : "behind"}`;
}

/** `14 s`, `3 min`, `5 h`, `12 d`. */
function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

function shownName(name: string): string {
  return printable(name, NAME_LENGTH);
}
