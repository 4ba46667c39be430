/** The grid of tiles above the table, a row for each group of machines. */
import type { Tile, TileGroup, Tiles } from "./tiles-view-model.ts";

function classOf({ kind, warnings }: Tile): string {
  return warnings.length > 0 ? `${kind} has-warning` : kind;
}

function LargeTile({ tile }: { tile: Tile }) {
  return (
    <a class={classOf(tile)} href={tile.href}>
      <span>{tile.name}</span> <b>{tile.text}</b>
      {tile.warnings.length > 0 && (
        <span class="visually-hidden">{`, ${tile.warnings.join(", ")}`}</span>
      )}
    </a>
  );
}

/** A small tile has no link: a thousand links would help nobody. Its text is for screen readers. */
function SmallTile({ tile }: { tile: Tile }) {
  return (
    <span class={classOf(tile)} data-machine={tile.slug === tile.name ? undefined : tile.slug}>
      {[tile.text === "" ? tile.name : `${tile.name} ${tile.text}`, ...tile.warnings].join(", ")}
    </span>
  );
}

function Group({ group, isSmall }: { group: TileGroup; isSmall: boolean }) {
  const { label, href, tiles } = group;
  return (
    <>
      <h3>
        {href === undefined ? (
          label
        ) : (
          <a href={href} aria-current={group.isCurrent ? "true" : undefined}>
            {label}
          </a>
        )}
        {!isSmall && ` ${tiles.length}`}
      </h3>
      {isSmall ? (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset is for a form
        <div class="small-tiles" role="group" aria-label={label}>
          {tiles.map((tile) => (
            <>
              <SmallTile tile={tile} />{" "}
            </>
          ))}
        </div>
      ) : (
        <div class="large-tiles">
          {tiles.map((tile) => (
            <LargeTile tile={tile} />
          ))}
        </div>
      )}
    </>
  );
}

export function TilesSection({ tiles }: { tiles: Tiles }) {
  return (
    <section
      class={tiles.isSmall ? "tiles is-small" : "tiles"}
      aria-label="Machines as tiles, CPU in percent"
    >
      {tiles.groups.map((group) => (
        <Group group={group} isSmall={tiles.isSmall} />
      ))}
    </section>
  );
}
