/**
 * Checks of the free texts of the configuration. Each gives the reason to refuse a text, as a part
 * of a sentence, or undefined.
 */
import { formatAddress, parseAddress } from "../net/address.ts";

/** Control, invisible format, surrogate and unassigned characters, and separators of lines. */
const CONTROL = /[\p{C}\p{Zl}\p{Zp}]/u;

const SPACE = /\p{Zs}/u;

/** Every packet begins with the signature, and the first packets must stay small. */
const LONGEST_SIGNATURE_BYTES = 200;

/** The longest host name of Linux (HOST_NAME_MAX, gethostname(2)). */
const LONGEST_WORD = 64;

/** RFC 1035, 2.3.4. */
const LONGEST_HOST_NAME = 253;

/** PATH_MAX, limits.h. */
const LONGEST_PATH = 4_096;

export function badSignature(text: string): string | undefined {
  if (text === "") return "a signature must not be empty";
  if (CONTROL.test(text)) return "a signature must not contain a control character";
  if (Buffer.byteLength(text) > LONGEST_SIGNATURE_BYTES) {
    return `a signature must not be longer than ${LONGEST_SIGNATURE_BYTES} bytes`;
  }
  return undefined;
}

/**
 * Why only protocol 1 is spoken in a network with this signature, or undefined: the program of 2005
 * takes any text, but what follows a space or a mark could be read as another message.
 */
export function whyProtocol1Only(signature: string): string | undefined {
  if (SPACE.test(signature)) return "has a space";
  return /[?!><#]$/.test(signature) ? "ends in one of ? ! > < #" : undefined;
}

/** Checks a word without spaces; `what` is named in the reason, such as "a tag". */
export function badWord(what: string): (text: string) => string | undefined {
  return (text) => {
    if (text === "") return `${what} must not be empty`;
    if (SPACE.test(text) || CONTROL.test(text))
      return `${what} must not contain a space or a control character`;
    return text.length > LONGEST_WORD
      ? `${what} must not be longer than ${LONGEST_WORD} characters`
      : undefined;
  };
}

/** The names that useradd of shadow-utils takes, and also dots and capitals, which exist. */
export function badUser(text: string): string | undefined {
  return /^[A-Za-z_][A-Za-z0-9_.-]{0,31}\$?$/.test(text)
    ? undefined
    : "that cannot be the name of a user";
}

/** Case and a trailing dot do not matter. */
export function badHttpName(text: string): string | undefined {
  const name = text.replace(/\.$/, "");
  const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i;
  if (name.length > LONGEST_HOST_NAME || !name.split(".").every((part) => label.test(part))) {
    return "a host name has only letters, digits, dots and hyphens; leave out http:// and the port";
  }
  return undefined;
}

export function badPath(text: string): string | undefined {
  if (text === "") return "a path must not be empty";
  if (text.includes("\0")) return "a path must not contain a NUL character";
  return text.length > LONGEST_PATH
    ? `a path must not be longer than ${LONGEST_PATH} characters`
    : undefined;
}

export function badBind(text: string): string | undefined {
  const address = parseAddress(text);
  if (address === undefined)
    return "it must be one address of this machine, as in 192.168.1.7 or fd00::7";
  const canonical = formatAddress(address);
  const isMulticast = /^(22[4-9]|23\d)\.|^ff/.test(canonical) || canonical === "255.255.255.255";
  return isMulticast ? "a multicast or broadcast address cannot be bound" : undefined;
}
