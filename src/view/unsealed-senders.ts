/** What a reader is told of machines that speak in the open in a sealed network. */

/** The most addresses that are named; further ones are counted. */
const MOST_NAMED = 4;

/** The sentence and its remedy, a part of one; `undefined` where nobody sends in the open. */
export function unsealedWords(addresses: readonly string[]) {
  if (addresses.length === 0) return undefined;
  const more = addresses.length - MOST_NAMED;
  const named = addresses.slice(0, MOST_NAMED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const send = addresses.length === 1 ? "sends" : "send";
  return {
    text: `${named} ${send} unsealed packets, which are dropped: a program of 2005 cannot be sealed`,
    remedy: "run unagi there, with the key of this network, or run the network without a key",
  };
}
