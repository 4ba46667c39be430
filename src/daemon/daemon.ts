/**
 * The daemon: opens what it needs in an order that loses nothing (privileges, history, sockets),
 * puts the parts together, and runs until it is told to end.
 */
import { hostname } from "node:os";
import { jsc } from "../base/builtins.ts";
import { cleanText } from "../base/clean-text.ts";
import { quoted } from "../base/printable.ts";
import { ok, type Result } from "../base/result.ts";
import type { Moment } from "../base/units.ts";
import type { Cluster } from "../cluster/cluster.ts";
import { createCluster } from "../cluster/cluster.ts";
import { createCollectors } from "../collectors/collectors.ts";
import { createSampler, type Sampler } from "../collectors/sampler.ts";
import type { Config } from "../config/config.ts";
import type { ReadConfig } from "../config/load-config.ts";
import { SHIPPED_SIGNATURE } from "../config/options.ts";
import { createHttpHandler, type HttpHandler } from "../http/handler.ts";
import { hostNamesOf } from "../http/host-names.ts";
import { type HttpServer, startHttpServer } from "../http/server.ts";
import type { Forgetter } from "../http/service.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { isLoopbackOnly } from "../net/ranges.ts";
import { createCarrierReader } from "../runtime/carrier.ts";
import { createClock } from "../runtime/clock.ts";
import { loadIdentity } from "../runtime/identity.ts";
import { readKeyFiles } from "../runtime/key-file.ts";
import type { Log } from "../runtime/log.ts";
import { dropPrivileges } from "../runtime/privileges.ts";
import { createRandom } from "../runtime/random.ts";
import { createServiceManager } from "../runtime/service-manager.ts";
import { openPeerSocket, type PeerSocket } from "../runtime/udp.ts";
import type { History } from "../store/history.ts";
import { openHistory } from "../store/sqlite-history.ts";
import type { ClusterSource } from "../view/cluster-view.ts";
import { createChangeLog } from "./change-log.ts";
import { createForgetter } from "./forgetter.ts";
import { createGarbage, type Garbage } from "./garbage.ts";
import { createHeartbeat, type Heartbeat } from "./heartbeat.ts";
import { clusterRanges, LAN_REFRESH_MS, type Networks, readNetworks } from "./networks.ts";
import { createPerformer, type Performer, shownEndpoint } from "./performer.ts";
import { type Publisher, startPublisher } from "./publisher.ts";
import { planReload } from "./reload.ts";
import { createReportSource } from "./report-source.ts";
import { openSealing } from "./sealing.ts";
import { createStockTaking } from "./stock-taking.ts";
import { startTicker, type Ticker } from "./ticker.ts";
import { after, openWatching, type Watching } from "./watching.ts";

export interface DaemonOptions {
  /** As read at the start. */
  readonly config: Config;
  readonly log: Log;
  /** Of the process: what the service manager says in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly version: string;
  /** How to start this program again, for the children that measure file systems. */
  readonly executable: readonly string[];
}

export interface Daemon {
  /** Reads the configuration again and goes on with it, as far as that can be without a restart. */
  reload(reread: () => ReadConfig): void;
  /** Says goodbye to the others, writes what is pending and closes everything. */
  stop(): void;
}

/** Where /proc, /sys and /etc are found. */
const ROOT = "/";

/** Starts everything. A reason is for exit 1; nothing is left open then. */
export async function startDaemon(options: DaemonOptions): Promise<Result<Daemon>> {
  const { config, log } = options;
  // Before the user is changed: the key may be root's alone.
  const credentialsDirectory = options.env["CREDENTIALS_DIRECTORY"];
  const secrets = readKeyFiles(config.keyFiles, { credentialsDirectory });
  if (!secrets.ok) return secrets;
  const user = becomeUser(config, log);
  if (!user.ok) return user;
  const manager = createServiceManager(options.env, { onFault: (reason) => log.warn(reason) });

  // The port first: a second daemon by mistake must not touch the history of the first.
  let onPacket: PacketHandler = () => undefined;
  let guard: HttpServer["guard"] = () => undefined;
  const socket = await openPeerSocket({
    ...boundTo(config),
    port: config.p2pPort,
    onPacket: (from, bytes) => onPacket(from, bytes),
    onFault: (reason) => log.warn(reason),
  });
  if (!socket.ok) return socket;
  const core = openCore(options, {
    socket: socket.value,
    heartbeat: createHeartbeat(manager),
    afterTick: (now) => guard(now),
    secrets: secrets.value,
  });
  if (!core.ok) {
    socket.value.close();
    return core;
  }
  const { live, history, performer, ticker, watching } = core.value;
  let handler = createHandler(core.value);
  const http = startHttpServer({
    ...listeningOn(config),
    port: config.httpPort,
    handler: (...asked) => handler(...asked),
    log,
  });
  if (!http.ok) {
    ticker.stop();
    history.close();
    socket.value.close();
    return http;
  }
  guard = http.value.guard;
  onPacket = core.value.receive;
  const publisher = publishReports(core.value);
  const refresh = refreshNetworks(core.value, log);
  sayHello(options, core.value);
  manager.ready(whereabouts(core.value));
  return ok({
    reload: (reread) => {
      manager.reloading();
      const applied = reloadConfig(core.value, log, reread());
      if (applied.length > 0) handler = createHandler(core.value);
      if (applied.includes("http-allow")) {
        const listening = http.value.relisten(listeningOn(live.config));
        if (!listening.ok) log.error(listening.reason);
      }
      if (applied.some(isInReports)) publisher.retime(live.config.updateSeconds);
      manager.ready(whereabouts(core.value));
    },
    stop: () => {
      manager.stopping();
      publisher.stop();
      clearInterval(refresh);
      watching.stop();
      ticker.stop();
      performer.perform(core.value.cluster.leave(core.value.clock()));
      http.value.stop();
      socket.value.close();
      history.close();
    },
  });
}

/** The keys that have changed by it. */
function reloadConfig(core: Core, log: Log, reread: ReadConfig): readonly string[] {
  const plan = planReload(core.live.config, reread);
  core.live.config = plan.config;
  if (plan.applied.length > 0) core.apply();
  for (const info of plan.infos) log.info(info);
  const notices = plan.applied.length > 0 ? core.networks().notices : [];
  for (const warning of [...plan.warnings, ...notices]) log.warn(warning);
  return plan.applied;
}

type PacketHandler = (from: Endpoint, bytes: Uint8Array) => void;

/** The core and everything it needs, but for the sockets. */
interface Core {
  /** The configuration as it stands: a reload puts another in its place. */
  readonly live: { config: Config };
  /** The keys are those of the start. */
  readonly isSealed: boolean;
  readonly clock: () => Moment;
  readonly cluster: Cluster;
  readonly history: History;
  readonly performer: Performer;
  readonly ticker: Ticker;
  readonly sampler: Sampler;
  readonly source: ClusterSource;
  readonly watching: Watching;
  readonly forgetter: Forgetter;
  readonly garbage: Garbage;
  readonly receive: PacketHandler;
  readonly networks: () => Networks;
  /** Finds out anew what the ranges stand for. */
  readonly resolveNetworks: () => void;
  /** Goes on with the configuration of `live`. */
  readonly apply: () => void;
}

function nameOf({ name }: Config): string {
  // The kernel takes any bytes for a host name, none as well; a report without a name is none.
  return name ?? (cleanText(hostname()).trim() || "localhost");
}

/** Of the keys that may change without a restart, those that a report shows. */
function isInReports(option: string): boolean {
  return option === "name" || option === "tag" || option === "update";
}

function createHandler(core: Core): HttpHandler {
  const { live, source, networks, watching, forgetter, garbage } = core;
  const { httpNames } = live.config;
  return createHttpHandler({
    source,
    watchers: watching.watchers,
    streams: watching.streams,
    freshener: watching.freshener,
    forgetter,
    onMade: garbage.ofAnswer,
    allow: (address) => networks().httpAllow.contains(address),
    hostNames: hostNamesOf({ root: ROOT, name: nameOf(live.config), httpNames }),
  });
}

interface CoreParts {
  readonly socket: PeerSocket;
  readonly heartbeat: Heartbeat;
  readonly afterTick: (now: Moment) => void;
  readonly secrets: readonly Uint8Array[];
}

function openCore(options: DaemonOptions, parts: CoreParts): Result<Core> {
  const { config, log } = options;
  const { socket, heartbeat, afterTick, secrets } = parts;
  const live = { config };
  const clock = createClock(ROOT);
  const opened = openHistory({
    ...(config.stateDirectory === undefined ? {} : { directory: config.stateDirectory }),
    signature: config.signature,
    entriesPerMachine: config.historyEntries,
    now: clock,
    log: (level, text) => log[level](text),
  });
  if (!opened.ok) return opened;
  const history = opened.value;
  const name = nameOf(config);
  const identity = loadIdentity({
    root: ROOT,
    name,
    port: config.p2pPort,
    ...boundTo(config),
    ...(config.stateDirectory === undefined ? {} : { stateDirectory: config.stateDirectory }),
  });
  if (identity.notice !== undefined) log.warn(identity.notice);

  const isTracing = config.debug >= 2;
  const { signature } = config;
  const { id, incarnation } = identity;
  const { envelope, print } = openSealing({ secrets, signature, id, incarnation, isTracing });
  const isSealed = envelope !== undefined;

  let networks = readNetworks(config, ROOT);
  const cluster = createCluster({
    now: clock(),
    signature,
    updateSeconds: config.updateSeconds,
    port: config.p2pPort,
    maxPeers: config.maxPeers,
    self: { id, incarnation, name, ...(config.bind === undefined ? {} : { address: config.bind }) },
    ranges: clusterRanges(networks),
    known: history.knownMachines(),
    random: createRandom(),
    ...(envelope === undefined ? {} : { envelope }),
  });
  const changes = createChangeLog(clock().wallMs);
  const performer = createPerformer({
    ...{ socket, history, log, isTracing, print, changes },
    wantLive: () => watching.wantLive(),
    after: (ms, run) => setTimeout(run, ms),
  });
  const ticker = startTicker({ cluster, performer, clock, heartbeat, afterTick });
  const resolveNetworks = () => {
    networks = readNetworks(live.config, ROOT);
    cluster.setRanges(clusterRanges(networks));
    changes.touch();
    ticker.rearm();
  };
  const garbage = createGarbage(() => jsc().fullGC(), setImmediate);
  const source = garbage.countReads(
    createReportSource({
      ...{ cluster, history, clock },
      config: () => live.config,
      version: options.version,
      selfId: identity.id,
      isSealed,
      hasCarrier: createCarrierReader(ROOT, clock),
      networks: () => networks,
      stateVersion: changes.version,
      notices: identity.notice === undefined ? [] : [identity.notice],
    }),
  );
  const sampler = createOwnSampler(options, { live, clock });
  const watching = openWatching({
    ...{ cluster, performer, ticker, sampler, source, changes, clock },
    onEvent: garbage.ofEvent,
  });
  let { updateSeconds } = config;
  return ok({
    garbage,
    ...{ live, isSealed, clock, cluster, history, performer, ticker, sampler, source, watching },
    forgetter: createForgetter({
      ...{ root: ROOT, httpPort: config.httpPort, cluster, performer, ticker, clock, log },
      ...(config.bind === undefined ? {} : { ownAddress: config.bind }),
    }),
    receive: (from, bytes) => {
      const outputs = cluster.receive(from, bytes, clock());
      garbage.ofPacket(bytes, outputs);
      // Only now: a sealed packet shows what is in it once it has been opened.
      if (isTracing) log.trace(`from ${shownEndpoint(from)}: ${print(bytes)}`);
      performer.perform(outputs);
      ticker.rearm();
    },
    networks: () => networks,
    resolveNetworks,
    apply: () => {
      if (live.config.updateSeconds !== updateSeconds) {
        updateSeconds = live.config.updateSeconds;
        performer.perform(cluster.setUpdateSeconds(updateSeconds, clock()));
      }
      resolveNetworks();
    },
  });
}

function becomeUser(config: Config, log: Log): Result<void> {
  if (config.user === undefined) {
    if (process.geteuid?.() === 0) {
      log.info("started as root, which is not needed: -U NAME makes it become another user");
    }
    return ok(undefined);
  }
  const dropped = dropPrivileges(config.user, ROOT);
  return dropped.ok ? ok(undefined) : dropped;
}

function createOwnSampler(
  { config, version, executable }: DaemonOptions,
  { live, clock }: Pick<Core, "live" | "clock">,
): Sampler {
  const { messages } = config;
  return createSampler({
    collectors: createCollectors({ root: ROOT, messages, executable }),
    root: ROOT,
    about: {
      version,
      httpPort: config.httpPort,
      // Read anew for each report, as a reload may change them.
      get name() {
        return nameOf(live.config);
      },
      get tags() {
        return live.config.tags;
      },
      get updateSeconds() {
        return live.config.updateSeconds;
      },
    },
    clock,
  });
}

function publishReports({ live, clock, cluster, performer, ticker, sampler }: Core): Publisher {
  return startPublisher({
    ...{ sampler, clock, after },
    updateSeconds: live.config.updateSeconds,
    publish: (report) => {
      performer.perform(cluster.publish(report, clock()));
      ticker.rearm();
    },
  });
}

function refreshNetworks({ resolveNetworks, cluster, clock }: Core, log: Log): Timer {
  const stock = createStockTaking(() => cluster.sizes(), log.debug);
  return setInterval(() => {
    resolveNetworks();
    stock.run(clock());
  }, LAN_REFRESH_MS);
}

/** Name, network, ports: for the log, and for `systemctl status`. */
function whereabouts({ live: { config }, isSealed }: Core): string {
  const host = config.bind ?? "localhost";
  const shown = host.includes(":") ? `[${host}]` : host;
  return (
    `${quoted(nameOf(config))} in network ${quoted(config.signature)}, ` +
    `${isSealed ? "sealed" : "not sealed"}, UDP port ${config.p2pPort}, report at http://${shown}:${config.httpPort}/`
  );
}

function sayHello({ config, log, version }: DaemonOptions, core: Core): void {
  log.info(`${whereabouts(core)} (version ${version})`);
  for (const notice of core.networks().notices) log.warn(notice);
  const isOpen = config.signature === SHIPPED_SIGNATURE && !core.isSealed;
  if (isOpen && core.networks().ownAddresses.length > 0) {
    log.debug("the shipped signature is in use: any unagi in the allowed ranges may join");
  }
}

/** Where only this machine's own browsers may ask, nobody else gets so far as to connect. */
function listeningOn(config: Config): { readonly bind?: string; readonly isLocal: boolean } {
  return { ...boundTo(config), isLocal: isLoopbackOnly(config.httpAllow) };
}

function boundTo({ bind }: Config): { readonly bind?: string } {
  return bind === undefined ? {} : { bind };
}
