/** Time and chance, handed in; `systemTiming` is the real thing. */
export interface Timing {
  nowMs(): number;
  /** Runs `action` once after `ms`, unless the returned function is called before. */
  after(ms: number, action: () => void): () => void;
  every(ms: number, action: () => void): () => void;
  /** At least 0, below 1. */
  random(): number;
}

/** `nowMs` never goes back. Its timers do not keep a process alive. */
export const systemTiming: Timing = {
  nowMs: () => performance.timeOrigin + performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms);
    timer.unref();
    return () => clearTimeout(timer);
  },
  every(ms, action) {
    const timer = setInterval(action, ms);
    timer.unref();
    return () => clearInterval(timer);
  },
  random: () => Math.random(),
};
