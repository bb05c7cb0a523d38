export interface RateLimit {
  /** Takes `amount` and answers 0, or takes nothing and answers how many milliseconds to wait. */
  take(amount: number): number;
}

/** A bucket that holds `burst` and fills by `perSecond`; an amount over the burst passes when the bucket is full. */
export function createRateLimit(perSecond: number, burst: number, nowMs: () => number): RateLimit {
  let level = burst;
  let at = nowMs();
  return {
    take(amount) {
      const now = nowMs();
      level = Math.min(burst, level + ((now - at) * perSecond) / 1_000);
      at = now;
      const needed = Math.min(amount, burst);
      if (level >= needed) {
        level -= amount;
        return 0;
      }
      return perSecond === 0 ? 60_000 : Math.ceil(((needed - level) * 1_000) / perSecond);
    },
  };
}
