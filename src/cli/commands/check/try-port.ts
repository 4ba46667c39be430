/** Tries whether a port can be opened right now, by opening it for a moment. */
import { net } from "../../../base/builtins.ts";
import { errorCode } from "../../../base/errors.ts";
import { type WantedSocket, whoHoldsPort } from "../../../runtime/port-holder.ts";
import type { PortState } from "./facts.ts";

/** A kernel without IPv6 answers with one of these when `::` is opened. */
const NO_IPV6: ReadonlySet<string> = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL", "EINVAL"]);

export async function tryPort(wanted: WantedSocket): Promise<PortState> {
  const { transport, port, bind } = wanted;
  const open = transport === "udp" ? tryUdp : tryTcp;
  let code = await open(bind ?? "::", port);
  if (code !== undefined && bind === undefined && NO_IPV6.has(code)) {
    code = await open("0.0.0.0", port);
  }
  if (code === undefined) return { kind: "free" };
  if (code !== "EADDRINUSE") return { kind: "refused", code };
  return { kind: "held", holder: whoHoldsPort("/", wanted) };
}

async function tryUdp(hostname: string, port: number): Promise<string | undefined> {
  try {
    const socket = await Bun.udpSocket({ hostname, port });
    socket.close();
    return undefined;
  } catch (error) {
    return codeOf(error);
  }
}

function tryTcp(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = net().createServer();
    server.once("error", (error) => resolve(codeOf(error)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function codeOf(error: unknown): string {
  return errorCode(error) ?? "unknown reason";
}
