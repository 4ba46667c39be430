/** Makes a table of mounts. */

/** Lines of "device mountPoint type [source] [options]". */
export function mountinfo(lines: readonly string[]): string {
  return lines
    .map((line, index) => {
      const [device, mountPoint, type, source = "none", options = "rw"] = line.split(" ");
      return `${index + 20} 1 ${device} / ${mountPoint} rw,relatime shared:${index} - ${type} ${source} ${options}\n`;
    })
    .join("");
}
