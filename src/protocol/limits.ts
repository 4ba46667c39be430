/** The size limits of the codecs, each with its reason. */

/** The 2005 program reads this many bytes at once, and its report fits in one read. */
export const MAX_REPORT_V1_BYTES = 4096;

/** A plain answer stays below 4,096 bytes. */
export const MAX_ANSWER_BYTES = 4095;

/** The largest packet of addresses, which fits in one Ethernet frame. */
export const MAX_LIST_BYTES = 1400;

/** Four times the largest answer that we send, which leaves room for other versions but not for floods. */
export const MAX_JSON_BYTES = 16_384;

/**
 * Words read from one address list; the rest are only counted. More than the 585 shortest addresses
 * that fit in the 4,096 bytes of a 2005 list, and a bound on the work that one packet causes.
 */
export const MAX_LIST_WORDS = 600;

/** Addresses read from one hint, which are more than fit in the 1,400 bytes of our own. */
export const MAX_HINT_ADDRESSES = 200;

/** Host names have at most 64 characters, and `--name` may be a short sentence. */
export const MAX_NAME_LENGTH = 128;
