/** Gathers what belongs together: fires when it has been quiet for a while, and at the latest some time after the first. */
export interface Moments {
  touch(): void;
  /** Fires no more; what was touched is forgotten. */
  cancel(): void;
}

export interface MomentLengths {
  readonly quietMs: number;
  readonly longestMs: number;
}

export function createMoments(
  after: (ms: number, action: () => void) => () => void,
  lengths: () => MomentLengths,
  fire: () => void,
): Moments {
  let cancelQuiet: (() => void) | undefined;
  let cancelLongest: (() => void) | undefined;

  function cancel(): void {
    cancelQuiet?.();
    cancelLongest?.();
    cancelQuiet = cancelLongest = undefined;
  }

  function end(): void {
    cancel();
    fire();
  }

  return {
    touch() {
      const { quietMs, longestMs } = lengths();
      cancelQuiet?.();
      cancelQuiet = after(quietMs, end);
      cancelLongest ??= after(longestMs, end);
    },
    cancel,
  };
}
