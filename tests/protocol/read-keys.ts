/**
 * Finds out which keys a reader of JSON looks at: the reader is given an object that records each key
 * that is read, and that has another such object, alone or in a list, under each key.
 */

/** The paths of all keys, as `cpu.userPercent`, `users[].name`; `tags[]` for plain items. */
export function readKeys(read: (value: unknown) => unknown): string[] {
  const paths = new Set<string>();
  // The first run finds the keys that the reader takes for objects, the next ones those that it takes
  // for lists. A list inside an object is found only if that is an object again, so each path is tried
  // as both.
  let before = -1;
  const lists = new Set<string>();
  while (before !== paths.size) {
    before = paths.size;
    for (const path of [undefined, ...paths]) {
      const tried = path === undefined ? lists : new Set([...lists, path]);
      const seen = new Set<string>();
      read(watched("", tried, seen));
      for (const one of seen) {
        if (path !== undefined && one.startsWith(`${path}[]`)) lists.add(path);
        paths.add(one);
      }
    }
  }
  return [...paths].sort();
}

/** An object that has another one under every key, or a list of one where the path is a list. */
function watched(path: string, lists: ReadonlySet<string>, seen: Set<string>): object {
  return new Proxy(
    {},
    {
      get: (_target, key) => {
        if (typeof key !== "string") return undefined;
        const inner = path === "" ? key : `${path}.${key}`;
        seen.add(inner);
        if (!lists.has(inner)) return watched(inner, lists, seen);
        return [watched(`${inner}[]`, lists, seen)];
      },
    },
  );
}
