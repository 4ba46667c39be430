/** Judges the facts, in the order in which a user would look. Pure. */
import { oneLine, printable, quoted } from "../../../base/printable.ts";
import { SERVICE_KEY_FILE, SHIPPED_SIGNATURE } from "../../../config/options.ts";
import type { ProblemReport } from "../../../protocol/report.ts";
import type { CheckFacts, PortFact } from "./facts.ts";
import { type Finding, fine, look, wrong } from "./finding.ts";
import { judgeNetworks } from "./judge-networks.ts";
import { judgeClocks, judgePeers } from "./judge-peers.ts";

/** At most so many characters of a sentence that a file or a peer made. */
const SENTENCE_LENGTH = 300;

export function judge(facts: CheckFacts): readonly Finding[] {
  return [
    ...judgeConfiguration(facts),
    ...judgeSecrecy(facts),
    ...judgePorts(facts),
    ...judgeNetworks(facts),
    ...judgePeers(facts),
    ...judgeClocks(facts.running),
    judgeMessages(facts),
    ...judgeProblems(facts),
  ];
}

function judgeConfiguration({ config, notes, userProblem }: CheckFacts): readonly Finding[] {
  const source = config.file === undefined ? "no file is read" : `${config.file} can be used`;
  return [
    fine("configuration", source),
    ...notes.map((note) => look("configuration", note, "see `unagi --help` for the options")),
    ...(userProblem === undefined
      ? []
      : [wrong("user", userProblem, "start it as root, or as that user, or leave -U out")]),
  ];
}

function judgeSecrecy(facts: CheckFacts): readonly Finding[] {
  const { config, keyProblems, running, keyCount } = facts;
  const findings = keyProblems.map((problem) =>
    // The running unagi may have the key in another way (systemd's credentials).
    running.kind === "none"
      ? wrong("key", problem, "give the key file to the user that unagi runs as, with mode 0600")
      : look("key", problem, "run the check as the user that unagi runs as"),
  );
  const isRunningSealed = running.kind === "cluster" && running.cluster.isSealed;
  if (running.kind === "cluster" && keyCount > 0 && !isRunningSealed) {
    const text = "the unagi that runs here was started without a key";
    findings.push(look("key", text, "restart it, with the key"));
  }
  if (running.kind === "none" && facts.hasServiceKey) {
    const text = `the service has a key, ${SERVICE_KEY_FILE}, and this check was given none`;
    findings.push(look("key", text, `check with --key-file ${SERVICE_KEY_FILE}, as root`));
  }
  const isSealed = keyCount > 0 || config.keyFiles.length > 0 || isRunningSealed;
  if (isSealed || config.signature !== SHIPPED_SIGNATURE) {
    const more = keyCount > 1 ? `; ${keyCount} keys are taken` : "";
    const sealed = isSealed ? `sealed with a key${more}` : "without a key";
    return [fine("network", `signature ${quoted(config.signature)}, ${sealed}`), ...findings];
  }
  const text = `signature ${quoted(config.signature)}, which every unagi is shipped with, and no key`;
  if (!facts.networks.ownAddresses.some(({ isAllowed }) => isAllowed)) {
    return [fine("network", text), ...findings];
  }
  const risk = `${text}: whoever is in the allowed range can join and read`;
  const remedy =
    "choose a signature of your own (-S), the same on every machine, or a key (unagi keygen)";
  return [look("network", risk, remedy), ...findings];
}

function judgePorts({ config, ports, running }: CheckFacts): readonly Finding[] {
  const findings = ports.map((fact) => judgePort(fact, running.kind));
  if (running.kind === "other") {
    const text = `TCP ${config.httpPort} is answered, but not as by a unagi: ${running.reason}`;
    return [...findings, wrong("page", text, "look who holds the port, or choose another (-h)")];
  }
  if (running.kind === "refused") {
    const text = "the unagi that runs here does not answer this machine";
    return [...findings, look("page", text, "add this machine's own address to http-allow (-a)")];
  }
  return findings;
}

function judgePort(fact: PortFact, running: CheckFacts["running"]["kind"]): Finding {
  const { transport, port, option, state } = fact;
  const subject = `${transport.toUpperCase()} port`;
  const another = `choose another port with ${option}`;
  if (state.kind === "free") {
    if (running !== "cluster") return fine(subject, `${port} is free; no unagi holds it`);
    const text = `${port} is free, although a unagi answers here: it uses another one`;
    return look(subject, text, `compare ${option} with what it was started with, or restart it`);
  }
  if (state.kind === "refused") {
    const what = REFUSALS[state.code] ?? `cannot be opened (${state.code})`;
    return wrong(subject, `${port} ${what}`, refusalRemedy(state.code, option));
  }
  const { holder } = state;
  if (holder?.isUnagi === true && running === "none") {
    const text = `${port} is held by a unagi (process ${holder.pid}), which does not answer where it was asked`;
    const remedy = `give the check the options that it was started with (--bind, ${option}, -c)`;
    return look(subject, text, remedy);
  }
  if (holder?.isUnagi === true) {
    return fine(subject, `${port} is held by the unagi that runs here (process ${holder.pid})`);
  }
  if (holder !== undefined) {
    const by = `${printable(holder.command, 40)} (process ${holder.pid})`;
    return wrong(subject, `${port} is held by ${by}`, `stop that, or ${another}`);
  }
  if (running === "cluster" || running === "refused") {
    return fine(subject, `${port} is held, as it seems by the unagi that answers here`);
  }
  const text = `${port} is held by another user's process, which only root can name`;
  return wrong(subject, text, `run the check as root, or ${another}`);
}

const REFUSALS: Readonly<Record<string, string>> = {
  EACCES: "may not be opened by this user",
  EPERM: "may not be opened by this user",
  EADDRNOTAVAIL: "cannot be opened: no interface has the address of --bind",
};

function refusalRemedy(code: string, option: string): string {
  if (code === "EADDRNOTAVAIL") return "`ip address` lists the addresses of this machine";
  return `choose a port from 1024 on with ${option}, or start as root with -U`;
}

function judgeMessages(facts: CheckFacts): Finding {
  const { running, messages, isRoot } = facts;
  const problem = problemsOf(facts).find(({ subject }) => subject === "messages");
  if (problem !== undefined) return judgeProblem(problem);
  // A report mentions neither messages that are switched off nor those that can be read.
  if (messages.kind === "off") return fine("messages", "switched off (messages = false)");
  if (running.kind === "cluster") {
    return fine("messages", "the unagi that runs here reads them without trouble");
  }
  switch (messages.kind) {
    case "readable": {
      const text = `${messages.source} can be read`;
      if (!isRoot) return fine("messages", text);
      const user = "run the check as the user that unagi will run as";
      return look("messages", `${text}, by root`, `${user}, as in: sudo -u unagi unagi check`);
    }
    case "unreadable": {
      const { source, reason, remedy } = messages;
      const text = reason.includes(source) ? reason : `${source}: ${reason}`;
      return look("messages", text, remedy ?? "set messages = false if that is as it should be");
    }
    case "none": {
      const text = "there is no /var/log/messages, no /var/log/syslog and no journal";
      return look("messages", text, "start a system logger, or set messages = false");
    }
  }
}

/** What else the running unagi cannot read on its machine. */
function judgeProblems(facts: CheckFacts): readonly Finding[] {
  return problemsOf(facts)
    .filter(({ subject }) => subject !== "messages")
    .map(judgeProblem);
}

function problemsOf({ running }: CheckFacts): readonly ProblemReport[] {
  return running.kind === "cluster" ? running.cluster.problems : [];
}

function judgeProblem({ subject, reason, remedy }: ProblemReport): Finding {
  return look(
    oneLine(subject, 14),
    oneLine(reason, SENTENCE_LENGTH),
    oneLine(remedy ?? "the machine's page shows it too", SENTENCE_LENGTH),
  );
}
