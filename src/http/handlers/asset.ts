/** The answer of a style, an icon or a script. */
import { type Body, bodyOf, TEXT } from "../answer.ts";
import type { Call } from "../router.ts";

/** `path`: one of `ASSET_PATHS`. */
export function assetAt(path: string): (call: Call) => Body {
  return ({ service }) =>
    service.assets.bodies.get(path) ?? bodyOf({ status: 404, text: "", contentType: TEXT });
}
