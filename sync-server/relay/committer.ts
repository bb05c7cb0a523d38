import type { Append, Appended, BlindLog } from "./log.ts";

export type Committed = Appended | { readonly type: "failed"; readonly problem: string };

/** Many appends, one transaction and one sync: what arrives while a short window is open, or while the disk is busy. */
export interface Committer {
  /** `done` is called once it is on disk, in the order of the log. */
  append(append: Append, done: (result: Committed) => void): void;
  /** Writes what waits, now. */
  flush(): void;
  /** Appends that wait. */
  waiting(): number;
}

export function createCommitter(log: BlindLog, windowMs: number): Committer {
  let queue: { readonly append: Append; readonly done: (result: Committed) => void }[] = [];
  let timer: NodeJS.Timeout | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const batch = queue;
    if (batch.length === 0) return;
    queue = [];
    let results: Committed[];
    try {
      results = log.append(batch.map(({ append }) => append));
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      results = batch.map(() => ({ type: "failed", problem }));
    }
    batch.forEach(({ done }, i) => {
      try {
        done(results[i]!);
      } catch {
        // One connection's trouble; the others must hear of their appends.
      }
    });
  }

  return {
    append(append, done) {
      queue.push({ append, done });
      timer ??= setTimeout(flush, windowMs);
    },
    flush,
    waiting: () => queue.length,
  };
}
