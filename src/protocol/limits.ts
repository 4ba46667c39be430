/** The sizes that the codecs keep to, each with its reason. */

/** The 2005 program reads this many bytes at once; its report fits in one read (design 6.1). */
export const MAX_REPORT_V1_BYTES = 4096;

/** "A plain report stays under 4,096 bytes" (design 6.2). */
export const MAX_ANSWER_BYTES = 4095;

/** No list packet is larger, so that it passes an Ethernet frame unfragmented (design 6.2). */
export const MAX_LIST_BYTES = 1400;

/** Four times the largest answer that we send: room for other versions, not for floods. */
export const MAX_JSON_BYTES = 16_384;

/**
 * Words read from one address list, the rest only counted: more than the 585 shortest addresses
 * that fit in the 4,096 bytes of a 2005 list, and a bound on the work that a packet makes.
 */
export const MAX_LIST_WORDS = 600;

/** Addresses read from one hint: more than fit in our own 1,400 bytes. */
export const MAX_HINT_ADDRESSES = 200;

/** Host names have at most 64 characters; `--name` may be a short sentence. */
export const MAX_NAME_LENGTH = 128;
