/**
 * The cursor's time on the axis. Names that it would lie over are hidden meanwhile, that of an
 * opened entry's time included.
 */

const OTHERS = "a text, text.now, text.cursor:not([data-script])";
const SVG = "http://www.w3.org/2000/svg";
/** Half of the pale stroke around the name, which its box counts. */
const STROKE_PX = 4;

function nameOf(axis: Element): SVGElement {
  const known = axis.querySelector<SVGElement>("text[data-script]");
  if (known !== null) return known;
  const made = document.createElementNS(SVG, "text");
  made.setAttribute("data-script", "");
  made.setAttribute("y", "20");
  axis.append(made);
  return made;
}

/** `percent` counts from the left end of the axis. */
export function showAxisCursor(axis: Element, percent: number, label: string): void {
  const name = nameOf(axis);
  name.setAttribute("class", "cursor");
  name.setAttribute("x", `${percent}%`);
  name.textContent = label;
  // Centred on the cursor, it would leave the axis near either end.
  const [edge, box] = [axis.getBoundingClientRect(), name.getBoundingClientRect()];
  if (box.right > edge.right + STROKE_PX) name.setAttribute("class", "cursor end");
  else if (box.left < edge.left - STROKE_PX) name.setAttribute("class", "cursor start");
  const own = name.getBoundingClientRect();
  for (const other of axis.querySelectorAll(OTHERS)) {
    const { left, right } = other.getBoundingClientRect();
    const isUnder = left < own.right && right > own.left;
    other.setAttribute("visibility", isUnder ? "hidden" : "visible");
  }
}

export function hideAxisCursor(axis: Element): void {
  axis.querySelector("text[data-script]")?.remove();
  for (const name of axis.querySelectorAll(OTHERS)) name.removeAttribute("visibility");
}
