/** `/healthz`: says that the daemon answers, for load balancers and supervisors. */
import { type Body, bodyOf, TEXT } from "../answer.ts";

export function healthAnswer(): Body {
  return bodyOf({ text: "ok\n", contentType: TEXT });
}
