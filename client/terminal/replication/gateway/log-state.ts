import type { DeviceId } from "#schema/bytes.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import { type Cursor, createCursor } from "./cursor.ts";
import type { GatewayMemory, OutboxEntry } from "./gateway-storage.ts";

/** What the log holds, as far as this till knows: shared by what reads it and what writes it. */
export interface LogState {
  /** Hex; empty before the first conversation. */
  log: string;
  readonly cursor: Cursor;
  /** How far each document is in the log, or in the outbox on its way there. */
  readonly covered: Map<DocumentName, readonly string[]>;
  /** Bytes in the log beside and in the newest snapshot, by document. */
  readonly sizes: Map<DocumentName, { entryBytes: number; snapshotBytes: number }>;
  /** In the order they must be appended. */
  outbox: OutboxEntry[];
  /** Devices whose entries could not be read: what they claim to be in the log is not believed. */
  readonly distrusted: Set<DeviceId>;
  readonly skipped: SkippedEntries;
}

export interface SkippedEntries {
  /** No key for the epoch. */
  noKey: number;
  /** Not sealed by this store. */
  foreign: number;
  malformed: number;
  /** Opened, but the replica refused the changes. */
  refused: number;
  /** Claimed more than the log holds. */
  incomplete: number;
}

export function logStateFrom(memory: GatewayMemory): LogState {
  const cursor = createCursor();
  cursor.reset(memory.cursor);
  const covered = new Map(memory.covered.map(({ name, heads }) => [name, heads]));
  for (const item of memory.outbox) for (const { name, heads } of item.covers) covered.set(name, heads);
  return {
    log: memory.log,
    cursor,
    covered,
    sizes: new Map(),
    outbox: [...memory.outbox],
    distrusted: new Set(),
    skipped: { noKey: 0, foreign: 0, malformed: 0, refused: 0, incomplete: 0 },
  };
}

/** The relay has another log than we knew: nothing of ours is in it. */
export function beginLog(state: LogState, log: string): void {
  state.log = log;
  state.cursor.reset(0);
  state.covered.clear();
  state.sizes.clear();
  state.outbox = [];
  state.distrusted.clear();
}

/** The document's heads are in the log now, with all they build upon; `current` heads replace what was known before. */
export function cover(
  state: LogState,
  name: DocumentName,
  heads: readonly string[],
  current: readonly string[],
): void {
  const known = new Set([...(state.covered.get(name) ?? []), ...heads]);
  const all = current.length > 0 && current.every((head) => known.has(head));
  state.covered.set(name, all ? current : [...known]);
}

export function grow(state: LogState, name: DocumentName, bytes: number, kind: "entry" | "snapshot"): void {
  const size = state.sizes.get(name) ?? { entryBytes: 0, snapshotBytes: 0 };
  if (kind === "entry") size.entryBytes += bytes;
  else {
    size.entryBytes = 0;
    size.snapshotBytes = bytes;
  }
  state.sizes.set(name, size);
}
