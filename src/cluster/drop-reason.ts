/** Why the core drops a packet: the words that the log and the page show. */
import type { DropReason } from "../protocol/message.ts";
import type { EnvelopeDropReason } from "../sealing/envelope.ts";

/** The reasons are constant texts: packets can make the counts grow, but never their number. */
export type CoreDropReason =
  | DropReason
  | EnvelopeDropReason
  | "outside the allowed ranges"
  | "too many packets from one source"
  | "too many answers in all"
  | "not from the peers' port"
  | "answer to no open question"
  | "late answer"
  | "report of an old boot"
  | "protocol 1 from a protocol-2 machine"
  | "too many machines under one id"
  | "too many machines at one address"
  | "table of machines full"
  | "sealed by another machine"
  | "sender's start not confirmed yet"
  | "protocol 1 in a sealed network"
  | "not protocol 1";
