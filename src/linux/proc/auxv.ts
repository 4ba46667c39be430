/**
 * /proc/self/auxv: what the kernel told this process at its start, as pairs of native words: a key
 * and a value. Read for the size of a memory page (4 KiB on x86, up to 64 KiB on ARM).
 *
 *     0000000000000006 0000000000001000    AT_PAGESZ 4096
 *     0000000000000011 0000000000000064    AT_CLKTCK 100
 *     0000000000000000 0000000000000000    AT_NULL
 *
 * Source: getauxval(3).
 */
import { readBytes, readTextOrEmpty } from "../read-text.ts";

/** AT_PAGESZ of the kernel's auxvec.h. */
const PAGE_SIZE_KEY = 6n;
const WORD_BYTES = 8;
/** The page of x86-64, and of most ARM kernels: the guess where nothing says otherwise. */
const USUAL_PAGE_BYTES = 4096;
/** Both files are asked for an entry that stands near their beginning. */
const CAP_BYTES = 4096;

/** Bytes of a page. */
export function readPageBytes(root: string): number {
  const auxv = readBytes(root, "/proc/self/auxv", CAP_BYTES);
  if (auxv.ok) return parseAuxvPageBytes(auxv.value) ?? USUAL_PAGE_BYTES;
  // After a change of user auxv belongs to root; smaps stays readable to the process itself.
  const smaps = readTextOrEmpty(root, "/proc/self/smaps", CAP_BYTES);
  return parseSmapsPageBytes(smaps) ?? USUAL_PAGE_BYTES;
}

/** Undefined without the entry, and where its value is no page size (64-bit machines only). */
export function parseAuxvPageBytes(bytes: Uint8Array): number | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at + 2 * WORD_BYTES <= bytes.byteLength; at += 2 * WORD_BYTES) {
    if (view.getBigUint64(at, true) === PAGE_SIZE_KEY) {
      return pageSize(Number(view.getBigUint64(at + WORD_BYTES, true)));
    }
  }
  return undefined;
}

/** `KernelPageSize:        4 kB` of the first mapping: the program's own, never a huge page. */
export function parseSmapsPageBytes(text: string): number | undefined {
  const kibibytes = /^KernelPageSize:\s+(\d+) kB$/m.exec(text)?.[1];
  return kibibytes === undefined ? undefined : pageSize(Number(kibibytes) * 1024);
}

function pageSize(bytes: number): number | undefined {
  return bytes >= 1024 && bytes <= 1024 * 1024 && Number.isInteger(Math.log2(bytes))
    ? bytes
    : undefined;
}
