/** Times as the serving machine writes them: in its zone, by the same code. */
import { createTimes, type Times } from "../../view/times.ts";

let times: Times | undefined;

export function serverTimes(): Times {
  times ??= createTimes(document.body.dataset["zone"] ?? "UTC");
  return times;
}
