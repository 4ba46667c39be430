/** The style sheet as one text, from the parts that it is kept in. */
import machine from "./style/machine.css" with { type: "text" };
import page from "./style/page.css" with { type: "text" };
import table from "./style/table.css" with { type: "text" };
import tiles from "./style/tiles.css" with { type: "text" };
import tokens from "./style/tokens.css" with { type: "text" };
import widths from "./style/widths.css" with { type: "text" };

/** In this order: the later ones refine the earlier. */
export const STYLE: string = [tokens, page, table, tiles, machine, widths].join("\n");
