/**
 * Puts the parts of the daemon together around the core: history, identity, ranges, samplers, and
 * what readers see. It opens no socket and starts no timer.
 */
import { hostname } from "node:os";
import { crypto, jsc } from "../base/builtins.ts";
import { cleanText } from "../base/clean-text.ts";
import { ok, type Result } from "../base/result.ts";
import type { Moment } from "../base/units.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import { Cluster } from "../cluster/cluster.ts";
import { createCollectors } from "../collectors/collectors.ts";
import { createSampler, type Sampler } from "../collectors/sampler.ts";
import type { Config } from "../config/config.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { createCarrierReader } from "../runtime/carrier.ts";
import { after, createClock } from "../runtime/clock.ts";
import { loadIdentity } from "../runtime/identity.ts";
import type { Log } from "../runtime/log.ts";
import { createRandom } from "../runtime/random.ts";
import { readNetworks } from "../runtime/read-networks.ts";
import type { PeerSocket } from "../runtime/udp.ts";
import { createEnvelope } from "../sealing/envelope.ts";
import { type History, openHistory } from "../store/history.ts";
import { clusterRanges } from "./cluster-ranges.ts";
import { createClusterSource } from "./cluster-source.ts";
import { createCoreLoop } from "./loop/core-loop.ts";
import { createPacketTrace } from "./loop/packet-trace.ts";
import { createPerformer } from "./loop/performer.ts";
import type { Watchdog } from "./loop/watchdog.ts";
import { createRemoval } from "./removal.ts";
import { createGcPolicy } from "./upkeep/gc-policy.ts";
import { createChangeLog } from "./watching/change-log.ts";
import { openWatching } from "./watching/watching.ts";

export interface DaemonOptions {
  /** As read at the start. */
  readonly config: Config;
  readonly log: Log;
  /** The environment of the process, in which the service manager passes its settings. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** The command that starts this program again, for the children that measure file systems. */
  readonly executable: readonly string[];
}

/** What is opened before the parts are put together. */
export interface Opened {
  readonly socket: PeerSocket;
  readonly watchdog: Watchdog;
  readonly secrets: readonly Uint8Array[];
}

/** The running daemon but for its sockets and the signals that it obeys. */
export type DaemonParts = ReturnType<typeof putTogether>;

/** Where /proc, /sys and /etc are found. */
export const ROOT = "/";

/** Fails where the state directory cannot be used; nothing is left open then. */
export function assemble(options: DaemonOptions, opened: Opened): Result<DaemonParts> {
  const { config, log } = options;
  const clock = createClock(ROOT);
  const history = openHistory({
    ...withoutUndefined({ directory: config.stateDirectory }),
    signature: config.signature,
    entriesPerMachine: config.historyEntries,
    now: clock,
    log: (level, text) => log[level](text),
  });
  if (!history.ok) return history;
  return ok(putTogether(options, { ...opened, clock, history: history.value }));
}

function putTogether(
  options: DaemonOptions,
  opened: Opened & { readonly clock: () => Moment; readonly history: History },
) {
  const { log, version } = options;
  const { socket, watchdog, secrets, clock, history } = opened;
  let { config } = options;
  const { signature, updateSeconds, bind, stateDirectory } = config;
  const name = nameOf(config);
  const { id, incarnation, notice } = loadIdentity(
    withoutUndefined({ root: ROOT, name, port: config.p2pPort, bind, stateDirectory }),
  );
  if (notice !== undefined) log.warn(notice);
  const { trace, envelope } = openEnvelope(options, secrets, { id, incarnation });
  let networks = readNetworks(config, ROOT);
  const cluster = new Cluster({
    now: clock(),
    signature,
    isProtocol1Only: config.isProtocol1Only,
    updateSeconds,
    port: config.p2pPort,
    maxPeers: config.maxPeers,
    self: { id, incarnation, name, ...withoutUndefined({ address: bind }) },
    ranges: clusterRanges(networks),
    known: history.knownMachines(),
    random: createRandom(),
    ...withoutUndefined({ envelope }),
  });
  const changes = createChangeLog(clock().wallMs);
  const effects = { socket, history, log, trace, changes, after };
  const perform = createPerformer({ ...effects, sampleLive: () => watching.sampleLive() });
  const loop = createCoreLoop({ cluster, perform, clock, watchdog, after });
  const { drive } = loop;
  const gcPolicy = createGcPolicy(() => jsc().fullGC(), setImmediate);
  const source = gcPolicy.countReads(
    createClusterSource({
      config: () => config,
      version,
      selfId: id,
      isSealed: envelope !== undefined,
      cluster,
      history,
      clock,
      hasCarrier: createCarrierReader(ROOT, clock),
      networks: () => networks,
      stateVersion: changes.version,
      notice,
    }),
  );
  const sampler = createOwnSampler(options, () => config, clock);
  const onEvent = gcPolicy.countEvent;
  const watching = openWatching({ cluster, drive, sampler, source, changes, clock, onEvent });

  /** Reads again which addresses the ranges stand for. */
  function refreshNetworks(): void {
    networks = readNetworks(config, ROOT);
    drive(() => {
      cluster.setRanges(clusterRanges(networks));
      changes.touch();
      return [];
    });
  }

  return {
    /** The configuration that is in force; `reconfigure` replaces it. */
    config: () => config,
    /** The keys are those of the start. */
    isSealed: envelope !== undefined,
    clock,
    cluster,
    history,
    loop,
    sampler,
    source,
    watching,
    removal: createRemoval({ root: ROOT, config, cluster, drive, log }),
    gcPolicy,
    receive: (from: Endpoint, packet: Uint8Array) => {
      drive((now) => {
        const outputs = cluster.receive(from, packet, now);
        gcPolicy.countPacket(packet, outputs);
        trace?.received(from, packet);
        return outputs;
      });
    },
    networks: () => networks,
    refreshNetworks,
    reconfigure: (next: Config) => {
      const isRetimed = next.updateSeconds !== config.updateSeconds;
      config = next;
      if (isRetimed) drive((now) => cluster.setUpdateSeconds(next.updateSeconds, now));
      refreshNetworks();
    },
  };
}

/** The kernel takes any bytes for a host name, even none; a report needs a name that can be shown. */
export function nameOf({ name }: Config): string {
  return name ?? (cleanText(hostname()).trim() || "localhost");
}

/** No envelope without a key, and no trace without `-dd`. */
function openEnvelope(
  { config, log }: DaemonOptions,
  secrets: readonly Uint8Array[],
  self: { readonly id: string; readonly incarnation: string },
) {
  const { signature, debug } = config;
  // Without a key the large module of ciphers is not loaded.
  const envelope =
    secrets.length === 0
      ? undefined
      : createEnvelope({ ...self, signature, secrets, randomBytes: crypto().randomBytes });
  if (debug < 2) return { trace: undefined, envelope };
  const trace = createPacketTrace(envelope, (text) => log.trace(text));
  return { trace, envelope: trace.envelope };
}

function createOwnSampler(
  { config: { httpPort, messages }, version, executable }: DaemonOptions,
  config: () => Config,
  clock: () => Moment,
): Sampler {
  return createSampler({
    collectors: createCollectors({ root: ROOT, messages, executable }),
    root: ROOT,
    about: {
      version,
      httpPort,
      // Read for each report, as a reload may change them.
      get name() {
        return nameOf(config());
      },
      get tags() {
        return config().tags;
      },
      get updateSeconds() {
        return config().updateSeconds;
      },
    },
    clock,
  });
}
