/**
 * Figures that the program of 2005 computes otherwise than this one. It gets its own way of counting,
 * so that two equal machines look equal on its page. Percent; what is unknown is absent.
 */
export interface FiguresV1 {
  /** Total − free − buffers − cached: what the kernel's slabs could give back counts as used. */
  readonly memoryUsedPercent?: number;
  readonly cpu?: CpuFiguresV1;
}

/** Of the time that user, nice, system and idle take together: no waiting, no interrupts, no steal. */
export interface CpuFiguresV1 {
  readonly userPercent: number;
  readonly systemPercent: number;
  /** What the other two, rounded down, leave of 100. */
  readonly idlePercent: number;
}

/** From times in any unit; undefined where none passed, or one stepped back. */
export function cpuFiguresV1(times: {
  readonly userAndNice: number;
  readonly system: number;
  readonly idle: number;
}): CpuFiguresV1 | undefined {
  const { userAndNice, system, idle } = times;
  const total = userAndNice + system + idle;
  if (!(total > 0) || Math.min(userAndNice, system, idle) < 0) return undefined;
  const userPercent = Math.floor((100 * userAndNice) / total);
  const systemPercent = Math.floor((100 * system) / total);
  return { userPercent, systemPercent, idlePercent: 100 - userPercent - systemPercent };
}
