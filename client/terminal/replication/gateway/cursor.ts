/** How far this till has come in the log, when entries come by reading, by push, and by its own acknowledged appends. */
export interface Cursor {
  /** All entries up to here have been seen. */
  through(): number;
  /** All entries up to here are merged and on disk: what may be remembered. */
  safe(): number;
  /** One entry has been seen, in whatever order. */
  saw(offset: number): void;
  /** Everything up to here has been seen; entries that are missing were trimmed. */
  sawAllThrough(offset: number): void;
  /** Entries were seen beyond one that was not. */
  hasGap(): boolean;
  /** Seen, but not yet merged: what it builds upon is missing. */
  hold(offset: number): void;
  release(offset: number): void;
  reset(offset: number): void;
}

export function createCursor(): Cursor {
  let through = 0;
  const ahead = new Set<number>();
  const held = new Set<number>();

  function absorb(): void {
    while (ahead.delete(through + 1)) through += 1;
  }

  return {
    through: () => through,
    safe: () => (held.size === 0 ? through : Math.min(through, Math.min(...held) - 1)),
    saw(offset) {
      if (offset <= through) return;
      ahead.add(offset);
      absorb();
    },
    sawAllThrough(offset) {
      through = Math.max(through, offset);
      for (const each of ahead) if (each <= through) ahead.delete(each);
      absorb();
    },
    hasGap: () => ahead.size > 0,
    hold: (offset) => void held.add(offset),
    release: (offset) => void held.delete(offset),
    reset(offset) {
      through = offset;
      ahead.clear();
      held.clear();
    },
  };
}
