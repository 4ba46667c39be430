/**
 * The daemon from its start to its end: opens what it needs in an order that loses nothing
 * (key, user, port, history, HTTP), goes on with a changed configuration, and stops.
 */
import { quoted } from "../base/printable.ts";
import { ok, type Result } from "../base/result.ts";
import { withoutUndefined } from "../base/without-undefined.ts";
import type { Config } from "../config/config.ts";
import type { ReadConfig } from "../config/load-config.ts";
import { SHIPPED_SIGNATURE } from "../config/options.ts";
import { after } from "../runtime/clock.ts";
import { readKeyFiles } from "../runtime/key-file.ts";
import type { Log } from "../runtime/log.ts";
import { dropPrivileges } from "../runtime/privileges.ts";
import { createServiceManager } from "../runtime/service-manager.ts";
import { openPeerSocket } from "../runtime/udp.ts";
import { assemble, type DaemonOptions, type DaemonParts, nameOf } from "./assemble.ts";
import { createWatchdog } from "./loop/watchdog.ts";
import { planReload } from "./reload.ts";
import { startIntervalSampling } from "./sampling/interval-sampling.ts";
import { serveHttp } from "./serve-http.ts";
import { createSizeLog } from "./upkeep/size-log.ts";

export interface Daemon {
  /** Reads the configuration again and goes on with all of it that needs no restart. */
  reload(reread: () => ReadConfig): void;
  /** Says goodbye to the peers, writes what is pending and closes everything. */
  stop(): void;
}

/** How often the interfaces are read again, for `lan` and for the own addresses. */
const NETWORK_REFRESH_MS = 30_000;

/** Starts everything. A failure gives the reason, for exit 1, and leaves nothing open. */
export async function startDaemon(options: DaemonOptions): Promise<Result<Daemon>> {
  const { config, env, log } = options;
  const onFault = (reason: string) => log.warn(reason);
  // The keys are read before the user changes, as a key file may be readable by root alone.
  const credentialsDirectory = env["CREDENTIALS_DIRECTORY"];
  const secrets = readKeyFiles(config.keyFiles, { credentialsDirectory });
  if (!secrets.ok) return secrets;
  const user = becomeUser(config, log);
  if (!user.ok) return user;
  const manager = createServiceManager(env, { onFault });

  // The port is opened before the history: a second daemon, started by mistake, fails here and so
  // never touches the history of the first.
  let receive: DaemonParts["receive"] = () => undefined;
  const socket = await openPeerSocket({
    ...withoutUndefined({ bind: config.bind }),
    port: config.p2pPort,
    onPacket: (from, packet) => receive(from, packet),
    onFault,
  });
  if (!socket.ok) return socket;
  const watchdog = createWatchdog(manager);
  const assembled = assemble(options, { socket: socket.value, watchdog, secrets: secrets.value });
  if (!assembled.ok) {
    socket.value.close();
    return assembled;
  }
  const parts = assembled.value;
  const http = serveHttp(parts, log);
  if (!http.ok) {
    parts.history.close();
    socket.value.close();
    return http;
  }

  parts.loop.start(http.value.guard);
  receive = parts.receive;
  const sampling = publishReports(parts);
  const refresh = refreshNetworks(parts, log);
  logStart(options, parts);
  manager.ready(whereabouts(parts));
  return ok({
    reload: (reread) => {
      manager.reloading();
      const applied = reload(parts, log, reread());
      http.value.reconfigure(applied);
      if (applied.some(isInReports)) sampling.retime(parts.config().updateSeconds);
      manager.ready(whereabouts(parts));
    },
    stop: () => {
      manager.stopping();
      sampling.stop();
      clearInterval(refresh);
      parts.watching.stop();
      parts.loop.stop();
      parts.loop.drive((now) => parts.cluster.leave(now));
      http.value.stop();
      socket.value.close();
      parts.history.close();
    },
  });
}

function becomeUser({ user }: Config, log: Log): Result<unknown> {
  if (user !== undefined) return dropPrivileges(user);
  if (process.geteuid?.() === 0) {
    log.info(
      "this program runs as root and does not need to; -U NAME makes it run as another user",
    );
  }
  return ok(undefined);
}

/** Gives the options whose change is in force now. */
function reload(parts: DaemonParts, log: Log, reread: ReadConfig): readonly string[] {
  const { config, applied, infos, warnings } = planReload(parts.config(), reread);
  if (applied.length > 0) parts.reconfigure(config);
  for (const info of infos) log.info(info);
  const notices = applied.length > 0 ? parts.networks().notices : [];
  for (const warning of [...warnings, ...notices]) log.warn(warning);
  return applied;
}

/** Whether a report shows this option. */
function isInReports(option: string): boolean {
  return option === "name" || option === "tag" || option === "update";
}

function publishReports({ config, clock, cluster, loop, sampler }: DaemonParts) {
  return startIntervalSampling({
    sampler,
    clock,
    after,
    updateSeconds: config().updateSeconds,
    publish: (report) => loop.drive((now) => cluster.publish(report, now, sampler.figuresV1())),
  });
}

function refreshNetworks({ refreshNetworks, cluster, clock }: DaemonParts, log: Log): Timer {
  const logSizes = createSizeLog(() => cluster.sizes(), log.debug);
  return setInterval(() => {
    refreshNetworks();
    logSizes(clock());
  }, NETWORK_REFRESH_MS);
}

/** Name, network and ports, for the log and for `systemctl status`. */
function whereabouts({ config, isSealed }: DaemonParts): string {
  const { bind: host = "localhost", signature, p2pPort, httpPort } = config();
  const shown = host.includes(":") ? `[${host}]` : host;
  return (
    `${quoted(nameOf(config()))} in network ${quoted(signature)}, ` +
    `${isSealed ? "sealed" : "not sealed"}, UDP port ${p2pPort}, page at http://${shown}:${httpPort}/`
  );
}

function logStart({ config, log, version }: DaemonOptions, parts: DaemonParts): void {
  log.info(`${whereabouts(parts)} (version ${version})`);
  const { notices, ownAddresses } = parts.networks();
  for (const notice of notices) log.warn(notice);
  const isOpen = config.signature === SHIPPED_SIGNATURE && !parts.isSealed;
  if (isOpen && ownAddresses.length > 0) {
    log.debug(
      "this network has the shipped signature, so any unagi in the allowed ranges may join",
    );
  }
}
