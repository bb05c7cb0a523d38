import type { TimeMs } from "#schema/bytes.ts";
import type { TillClock } from "./counter/context.ts";

export interface TillClockSources {
  /** The machine's clock. */
  readonly system: () => TimeMs;
  /** When this version was made: no honest clock is before it. */
  readonly builtMs: TimeMs;
  /** The time of this till's last record; 0 before the first. */
  readonly lastRecordMs: () => TimeMs;
  /** By how much each neighbour's clock is ahead of the machine's. */
  readonly neighbourOffsetsMs: () => readonly number[];
}

const tolerableBackMs = 2 * 60_000;
const tolerableOffsetMs = 10 * 60_000;
/** A last record so far ahead of the machine was itself made by a clock gone mad, and does not bind what follows. */
const madMs = 30 * 86_400_000;

/**
 * Never before what the journal says, so a clock turned back gains nothing and the order of records stays the order of
 * times. But a clock that was years ahead for a moment and is right again does not leave the till in that year.
 */
export function tillClock(sources: TillClockSources): TillClock {
  return {
    now() {
      const system = Math.floor(sources.system());
      const last = sources.lastRecordMs();
      return system >= sources.builtMs && last - system > madMs ? system : Math.max(system, last);
    },
    distrust() {
      const now = sources.system();
      if (now < sources.builtMs) return "before-build";
      if (now < sources.lastRecordMs() - tolerableBackMs) return "before-last-record";
      const offsets = sources.neighbourOffsetsMs().toSorted((a, b) => a - b);
      const median = offsets[Math.floor(offsets.length / 2)];
      return median !== undefined && Math.abs(median) > tolerableOffsetMs ? "neighbours-disagree" : null;
    },
  };
}
