/** The style sheet as one text, from the parts that it is kept in. */
import charts from "./charts.css" with { type: "text" };
import machine from "./machine.css" with { type: "text" };
import page from "./page.css" with { type: "text" };
import table from "./table.css" with { type: "text" };
import tiles from "./tiles.css" with { type: "text" };
import tokens from "./tokens.css" with { type: "text" };
import widths from "./widths.css" with { type: "text" };

/**
 * In this order: the later ones refine the earlier. Within each, rules come in the order of the page,
 * so that biome.json lets a general one follow a special one.
 */
export const STYLE: string = [tokens, page, table, tiles, machine, charts, widths].join("\n");
