/**
 * Reads the answers of the JSON interface, for programs of ours that ask a daemon. Another version
 * of unagi, or another program, may have answered: a field that is wrong is absent, and a machine
 * without what every machine has is left out.
 */
import {
  type FieldReader,
  integerReader,
  listReader,
  numberReader,
  recordReader,
  textReader,
  wordReader,
} from "../base/json-fields.ts";
import { MAX_NAME_LENGTH } from "../protocol/limits.ts";
import type { Report } from "../protocol/report.ts";
import { parseReport } from "../protocol/report-json.ts";
import { MACHINE_STATES } from "../store/history-types.ts";
import type { ClusterJson, MachineJson } from "./types.ts";

export type ReadMachine = Pick<MachineJson, "id" | "name" | "address" | "state"> &
  Partial<MachineJson>;

type ReadCluster = Pick<ClusterJson, "network"> &
  Partial<Omit<ClusterJson, "machines" | "drops">> & { readonly machines: readonly ReadMachine[] };

/** Twice the machines that a daemon knows at most: two versions may differ. */
const MOST_MACHINES = 8192;
/** The most words of a list: of unsealed senders, and more than any machine has addresses or tags. */
const MOST_WORDS = 64;
/** Thirty years. */
const MOST_SECONDS = 1e9;

const word = wordReader(MAX_NAME_LENGTH);
const words = listReader(word, MOST_WORDS);
const seconds = numberReader(MOST_SECONDS);
const isTrueOrFalse: FieldReader<boolean> = (value) =>
  typeof value === "boolean" ? value : undefined;

const readTrouble = recordReader<NonNullable<MachineJson["reportTrouble"]>>(
  {
    kind: (value) => (value === "refused" || value === "overdue" ? value : undefined),
    since: word,
    reason: textReader(MAX_NAME_LENGTH),
  },
  ["kind", "since"],
);

const readMachine = recordReader<ReadMachine>(
  {
    id: word,
    name: textReader(MAX_NAME_LENGTH),
    address: word,
    addresses: words,
    state: (value) => MACHINE_STATES.find((state) => state === value),
    isSelf: isTrueOrFalse,
    protocol: (value) => (value === 1 || value === 2 ? value : undefined),
    httpPort: integerReader(1, 65_535),
    tags: words,
    lastHeardSeconds: seconds,
    reportAgeSeconds: seconds,
    isLive: (value) => (value === true ? value : undefined),
    reportTrouble: readTrouble,
    clockOffsetSeconds: (value) =>
      typeof value === "number" && Math.abs(value) <= MOST_SECONDS ? value : undefined,
    replaces: word,
    report: (value): Report | undefined => {
      const read = parseReport(value);
      return read.ok ? read.value : undefined;
    },
  },
  ["id", "name", "address", "state"],
);

const readClusterJson = recordReader<ReadCluster>(
  {
    self: word,
    network: textReader(MAX_NAME_LENGTH * 2),
    isSealed: isTrueOrFalse,
    updateSeconds: seconds,
    generatedAt: word,
    candidates: integerReader(0, Number.MAX_SAFE_INTEGER),
    unsealedSenders: words,
    machines: listReader(readMachine, MOST_MACHINES),
  },
  ["network", "machines"],
);

/** The answer to `/api/v1/cluster`; undefined for any other text. */
export function parseClusterJson(text: string): ReadCluster | undefined {
  try {
    return readClusterJson(JSON.parse(text));
  } catch {
    return undefined;
  }
}
