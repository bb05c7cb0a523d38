/** Exponential backoff with full jitter: anything from 0 to a ceiling that doubles with each failure. */
export interface BackoffLimits {
  readonly firstMs: number;
  readonly capMs: number;
}

export const lanBackoff: BackoffLimits = { firstMs: 200, capMs: 5000 };

/** `failures` from 1; `random` at least 0 and below 1. Never below 20 ms, so that no loop is hot. */
export function backoffMs(limits: BackoffLimits, failures: number, random: number): number {
  const ceiling = Math.min(limits.capMs, limits.firstMs * 2 ** Math.min(30, Math.max(0, failures - 1)));
  return Math.max(20, Math.floor(ceiling * random));
}
