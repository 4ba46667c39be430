/**
 * The part of an address that finds a machine: its ID, one of its addresses, or its name; and for
 * each machine the shortest slug that finds no other.
 */
import type { Machine } from "../cluster/machine.ts";
import { canonicalAddress } from "../net/address.ts";
import type { ClusterView } from "./cluster-view.ts";

/** Finds by ID, else by address, else by name, exactly if possible and otherwise regardless of case. */
export function findMachine(machines: readonly Machine[], slug: string) {
  const address = canonicalAddress(slug);
  const lower = slug.toLowerCase();
  const tests = [
    ({ id }: Machine) => id === slug,
    ({ addresses }: Machine) => address !== undefined && addresses.includes(address),
    ({ name }: Machine) => name === slug,
    ({ name }: Machine) => name.toLowerCase() === lower,
  ];
  for (const test of tests) {
    const [machine, ...others] = machines.filter(test);
    if (machine === undefined) continue;
    if (others.length === 0) return { kind: "one", machine } as const;
    return { kind: "many", machines: [machine, ...others] } as const;
  }
  return { kind: "none" } as const;
}

/** A machine that is shown; else, by its ID alone, one in whose place a program of 2005 answers. */
export function findShown(view: Pick<ClusterView, "machines" | "replaced">, slug: string) {
  const found = findMachine(view.machines, slug);
  const replaced = view.replaced.find(({ id }) => id === slug);
  if (found.kind !== "none" || replaced === undefined) return found;
  return { kind: "one", machine: replaced } as const;
}

/** A name that can stand in a path as it is: no dot segment, nothing to encode. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Maps each ID to a slug: the machine's name where that is plain and unique, otherwise the ID. */
export function slugsOf(machines: readonly Machine[]): ReadonlyMap<string, string> {
  const owners = new Map<string, number>();
  const taken = new Set<string>();
  for (const machine of machines) {
    const name = machine.name.toLowerCase();
    owners.set(name, (owners.get(name) ?? 0) + 1);
    taken.add(machine.id.toLowerCase());
    for (const address of machine.addresses) taken.add(address);
  }
  const slugs = new Map<string, string>();
  for (const machine of machines) {
    const name = machine.name.toLowerCase();
    const isOwn = owners.get(name) === 1 && (!taken.has(name) || machine.id === machine.name);
    slugs.set(machine.id, isOwn && PLAIN_NAME.test(machine.name) ? machine.name : machine.id);
  }
  return slugs;
}
