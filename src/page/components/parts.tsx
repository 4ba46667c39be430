/** Small things that several parts of the page are made of. */
import type { ComponentChildren } from "preact";
import type { PageLink } from "./elsewhere.ts";

/** A state or warning: a shape and a word, everywhere the same. */
export function Mark({ kind, children }: { kind: string; children: ComponentChildren }) {
  return <span class={`mark is-${kind}`}>{children}</span>;
}

/** Strokes of a 3-pixel bar, in whole percents: class and length, one after the other. */
export function Meter({
  parts,
  words,
}: {
  parts: readonly (readonly [string, number])[];
  /** For who does not see it, where no text beside it says the same. */
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

/** Paths of a class and data each, in the order in which they are painted. */
export function Paths({ paths }: { paths: readonly (readonly [string, string])[] }) {
  return (
    <>
      {paths.map(([name, data]) => (
        <path class={name} d={data} />
      ))}
    </>
  );
}
