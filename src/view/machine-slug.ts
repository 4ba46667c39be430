/**
 * The part of an address that finds a machine: its ID, one of its addresses, or its name; and for
 * each machine the shortest slug that finds no other.
 */
import type { Machine } from "../cluster/machine.ts";
import { canonicalAddress } from "../net/address.ts";

export type Found =
  | { readonly kind: "one"; readonly machine: Machine }
  /** Several machines share it. */
  | { readonly kind: "many"; readonly machines: readonly Machine[] }
  | { readonly kind: "none" };

function foundOf(machines: readonly Machine[]): Found {
  const [first] = machines;
  if (first === undefined) return { kind: "none" };
  return machines.length === 1 ? { kind: "one", machine: first } : { kind: "many", machines };
}

/** By ID, else by address, else by name, whose case counts only if that decides. */
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

/** A name that can stand in a path as it is: no dot segment, nothing to encode. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** By ID: the machine's name where that is plain and nobody else's, otherwise its ID. */
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
