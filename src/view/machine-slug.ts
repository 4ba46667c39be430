/**
 * Finding a machine by what a reader typed or a link holds: an id, else an address, else a
 * name; and the shortest slug that finds exactly one machine again.
 */
import type { Machine } from "../cluster/machine.ts";
import { canonicalAddress } from "../net/address.ts";

export type Found =
  | { readonly kind: "one"; readonly machine: Machine }
  /** A name that several machines share. */
  | { readonly kind: "many"; readonly machines: readonly Machine[] }
  | { readonly kind: "none" };

function foundOf(machines: readonly Machine[]): Found {
  const [first] = machines;
  if (first === undefined) return { kind: "none" };
  return machines.length === 1 ? { kind: "one", machine: first } : { kind: "many", machines };
}

/** Names are compared without regard to case, as host names are. */
export function findMachine(machines: readonly Machine[], slug: string): Found {
  const byId = machines.filter((machine) => machine.id === slug);
  if (byId.length > 0) return foundOf(byId);
  const address = canonicalAddress(slug);
  if (address !== undefined) {
    const byAddress = machines.filter((machine) => machine.addresses.includes(address));
    if (byAddress.length > 0) return foundOf(byAddress);
  }
  const exact = machines.filter((machine) => machine.name === slug);
  if (exact.length > 0) return foundOf(exact);
  const lower = slug.toLowerCase();
  return foundOf(machines.filter((machine) => machine.name.toLowerCase() === lower));
}

/** A name that is safe and readable in a path: no dot segment, nothing to be encoded. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** The slug of each machine, by id: its name where that is plain and its own, else its id. */
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
