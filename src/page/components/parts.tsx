/** Small components that several parts of a page use. */
import type { ComponentChildren } from "preact";
import type { PageLink } from "./elsewhere.ts";

/** A state or a warning: the same shape and word everywhere. */
export function Mark({ kind, children }: { kind: string; children: ComponentChildren }) {
  return <span class={`mark is-${kind}`}>{children}</span>;
}

/** A bar 3 pixels high: for each part its class and its length in whole percent. */
export function Meter({
  parts,
  words,
}: {
  parts: readonly (readonly [string, number])[];
  /** Words for screen readers, where no text beside the bar says the same. */
  words?: string;
}) {
  let from = 0;
  const paths = [];
  for (const [name, percent] of parts) {
    const length = Math.min(percent, 100 - from);
    if (length > 0) paths.push(<path class={name} d={`M${from} 1.5h${length}`} />);
    from += Math.max(0, length);
  }
  return (
    <svg
      class="meter"
      viewBox="0 0 100 3"
      preserveAspectRatio="none"
      role={words === undefined ? undefined : "img"}
      aria-label={words}
      aria-hidden={words === undefined ? "true" : undefined}
    >
      {paths}
    </svg>
  );
}

/** Heads of columns; those of `figures` are aligned to the right, as their figures are. */
export function TableHead({
  columns,
  figures,
}: {
  columns: readonly string[];
  figures: readonly string[];
}) {
  return (
    <thead>
      <tr>
        {columns.map((name) => (
          <th scope="col" class={figures.includes(name) ? "figure" : undefined}>
            {name}
          </th>
        ))}
      </tr>
    </thead>
  );
}

/** `gpu-b, node02`: pages of other machines. */
export function PageLinks({ links }: { links: readonly PageLink[] }) {
  return (
    <>
      {links.map(({ name, href }, index) => (
        <>
          {index > 0 && ", "}
          <a href={href}>{name}</a>
        </>
      ))}
    </>
  );
}

/** Class and data of each path, in the order in which they are painted. */
export function Paths({ paths }: { paths: readonly (readonly [string, string])[] }) {
  return (
    <>
      {paths.map(([name, data]) => (
        <path class={name} d={data} />
      ))}
    </>
  );
}
