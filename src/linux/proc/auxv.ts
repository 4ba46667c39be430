/**
 * /proc/self/auxv: what the kernel told this process at its start, pairs of native words; of
 * these the size of a memory page (4 KiB on x86, up to 64 KiB on ARM).
 */
import { readBytes, readText } from "../read-text.ts";

/** AT_PAGESZ of the kernel's auxvec.h. */
const PAGE_SIZE_KEY = 6n;
const WORD_BYTES = 8;
/** The page of x86-64, and of most ARM kernels: the guess where nothing says otherwise. */
const USUAL_PAGE_BYTES = 4096;

/** Bytes of a page. */
export function readPageBytes(root: string): number {
  const auxv = readBytes(root, "/proc/self/auxv", 4096);
  // After a change of user, auxv belongs to root; smaps stays readable to the process itself.
  const pageBytes = auxv.ok
    ? parseAuxvPageBytes(auxv.value)
    : parseSmapsPageBytes(readFirst(root, "/proc/self/smaps"));
  return pageBytes ?? USUAL_PAGE_BYTES;
}

/** Undefined where there is no such entry or its value is no page size (64-bit machines only). */
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

function readFirst(root: string, path: string): string {
  const text = readText(root, path, 4096);
  return text.ok ? text.value : "";
}

function pageSize(bytes: number): number | undefined {
  return bytes >= 1024 && bytes <= 1024 * 1024 && Number.isInteger(Math.log2(bytes))
    ? bytes
    : undefined;
}
