/** The users of the cluster: what each one runs on which machine, and where each is logged in. */
import { byUse, processFacts } from "./facts.ts";
import type { Subject, SubjectProcess } from "./subject.ts";

export type People = ReturnType<typeof peopleOf>;
export type Person = ReturnType<typeof personOf>;

/** Accounts that Debian and related distributions give to services; nobody logs in as one. */
const SERVICES = new Set(
  `root daemon bin sys sync mail news uucp proxy www-data backup list irc nobody man lp games
  gnats messagebus ntp ntpsec chrony avahi colord rtkit polkitd syslog tss uuidd sshd
  statd rpc rpcuser dnsmasq postfix dovecot mysql postgres redis unagi nginx apache
  geoclue saned lightdm gdm sddm usbmux cups-pk-helper tcpdump landscape pollinate dbus`.split(
    /\s+/,
  ),
);

function isService(user: string): boolean {
  return SERVICES.has(user) || user.startsWith("systemd-") || user.startsWith("_");
}

/** The ID of root and all service accounts. */
const SYSTEM = "system";

/** Characters. useradd allows 32; names that agree in twice as many count as one person. */
const LONGEST_USER = 64;

/** The account's name, or one ID shared by all services. */
export function personId(user: string): string {
  return isService(user) ? SYSTEM : user.slice(0, LONGEST_USER).toWellFormed();
}

interface Gathered {
  readonly id: string;
  /** The name as the machines write it; `system` stands for root and services. */
  readonly name: string;
  readonly isSystem: boolean;
  readonly processes: SubjectProcess[];
  readonly loggedInOn: Subject[];
}

function gather(subjects: readonly Subject[]): Gathered[] {
  const people = new Map<string, Gathered>();
  const of = (user: string): Gathered => {
    const id = personId(user);
    const known = people.get(id);
    if (known !== undefined) return known;
    const isSystem = isService(user);
    const made = { id, name: isSystem ? SYSTEM : user, isSystem, processes: [], loggedInOn: [] };
    people.set(id, made);
    return made;
  };
  for (const subject of subjects) {
    const { report, facts } = subject;
    if (report === undefined) continue;
    for (const user of facts.users ?? []) of(user).loggedInOn.push(subject);
    for (const process of report.processes ?? []) {
      of(process.user).processes.push({ subject, process: processFacts(process, report) });
    }
  }
  return [...people.values()];
}

/** The sum of a figure over the processes; `undefined` where no process tells it. */
function total(
  processes: readonly SubjectProcess[],
  figureOf: (one: SubjectProcess) => number | undefined,
): number | undefined {
  const known = processes.flatMap((one) => figureOf(one) ?? []);
  if (known.length === 0 && processes.length > 0) return undefined;
  return known.reduce((sum, value) => sum + value, 0);
}

function personOf(gathered: Gathered) {
  const { processes } = gathered;
  return {
    ...gathered,
    machineCount: new Set(processes.map(({ subject }) => subject.machine.id)).size,
    cores: total(processes, ({ process }) => process.cores),
    /** Cores in use on machines whose number of cores is known; `allCores` are all cores of these. */
    sharedCores: total(processes, ({ subject, process }) =>
      subject.facts.cores === undefined ? undefined : process.cores,
    ),
    memoryBytes: total(processes, ({ process }) => process.memoryBytes),
    /** Most cores first, then most memory. */
    processes: processes.sort((a, b) => byUse(a.process, b.process)),
  };
}

export function peopleOf(subjects: readonly Subject[]) {
  const isCounted = ({ isCurrent, report }: Subject) => report !== undefined && isCurrent;
  const counted = subjects.filter(isCounted);
  return {
    /** Cores of the machines that are counted. */
    allCores: counted.reduce((sum, { facts }) => sum + (facts.cores ?? 0), 0),
    /** Counted machines whose number of cores is unknown, which are in no share. */
    coresUnknown: counted.filter(({ facts }) => facts.cores === undefined),
    /** Most cores first, then most memory; root and services last, as one. */
    people: gather(counted)
      .map(personOf)
      .sort((a, b) => Number(a.isSystem) - Number(b.isSystem) || byUse(a, b)),
    /** Machines that have no current report. */
    uncounted: subjects.filter((subject) => !isCounted(subject)),
  };
}
