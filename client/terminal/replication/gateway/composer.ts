import type { Bytes, RandomBytes, StoreId } from "#schema/bytes.ts";
import type { Compressor } from "#schema/documents/compressor.ts";
import { type BundledDocument, type LogKeys, sealBundle } from "#schema/documents/bundle.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import type { ReplicaPort } from "../replica-port.ts";
import type { DocumentHeads, OutboxEntry } from "./gateway-storage.ts";
import type { LogNames } from "./log-names.ts";
import { type LogState, grow } from "./log-state.ts";

export interface ComposerDependencies {
  readonly replica: ReplicaPort;
  readonly store: StoreId;
  readonly keys: LogKeys;
  readonly names: LogNames;
  readonly compressor: Compressor;
  readonly random: RandomBytes;
  /** A snapshot is due when what lies beside the last one has grown larger than it, and than this. */
  readonly snapshotAfterBytes: number;
}

export interface Composed {
  readonly put: readonly OutboxEntry[];
  /** What the log will hold with all of them. */
  readonly covers: readonly DocumentHeads[];
}

interface Part {
  readonly document: BundledDocument;
  /** Undefined: more parts of this document follow. */
  readonly heads: readonly string[] | undefined;
  readonly bytes: number;
}

/**
 * Entries with all that the log lacks of these documents: what is new of many in one bundle; a document that the log knows
 * nothing of, or too much of, as a snapshot on its own. No entry is much over `maxBytes`, but for a single change that is.
 */
export function compose(
  state: LogState,
  dirty: Iterable<DocumentName>,
  maxBytes: number,
  using: ComposerDependencies,
): Composed {
  const { replica } = using;
  const parts: Part[] = [];
  const put: OutboxEntry[] = [];
  const covers: DocumentHeads[] = [];
  for (const name of dirty) {
    const heads = replica.heads(name);
    const covered = state.covered.get(name) ?? [];
    const isCovered = heads.every((head) => covered.includes(head));
    const large = isLarge(state, name, using.snapshotAfterBytes);
    if (heads.length === 0 || (isCovered && !large)) continue;
    const whole = covered.length === 0 || large ? replica.snapshot(name) : undefined;
    if (whole) grow(state, name, whole.length, "snapshot");
    if (isCovered && whole && whole.length > maxBytes) continue;
    covers.push({ name, heads });
    if (whole && whole.length <= maxBytes) {
      const document = { name, chunks: [whole], whole: true };
      put.push(entryOf([{ document, heads, bytes: whole.length }], using, state.cursor.safe()));
    } else {
      parts.push(...split(name, heads, replica.changesSince(name, covered), maxBytes));
    }
  }
  let bundle: Part[] = [];
  let room = maxBytes;
  for (const part of parts) {
    if (bundle.length > 0 && (part.bytes > room || bundle.length === 256)) {
      put.push(entryOf(bundle, using));
      bundle = [];
      room = maxBytes;
    }
    bundle.push(part);
    room -= part.bytes;
  }
  if (bundle.length > 0) put.push(entryOf(bundle, using));
  return { put, covers };
}

function isLarge(state: LogState, name: DocumentName, leastBytes: number): boolean {
  const size = state.sizes.get(name);
  return size !== undefined && size.entryBytes > Math.max(leastBytes, size.snapshotBytes);
}

function split(
  name: DocumentName,
  heads: readonly string[],
  changes: readonly Bytes[],
  maxBytes: number,
): Part[] {
  const groups: Bytes[][] = [[]];
  let room = maxBytes;
  for (const change of changes) {
    if (change.length > room && groups.at(-1)!.length > 0) {
      groups.push([]);
      room = maxBytes;
    }
    groups.at(-1)!.push(change);
    room -= change.length;
  }
  return groups.map((chunks, i) => ({
    document: { name, chunks, whole: false },
    heads: i === groups.length - 1 ? heads : undefined,
    bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
  }));
}

function entryOf(parts: readonly Part[], using: ComposerDependencies, snapshot?: number): OutboxEntry {
  const { names } = using;
  const sealed = sealBundle(
    { docs: parts.map(({ document }) => document) },
    using.store,
    using.keys,
    using.compressor,
    using.random,
  );
  return {
    entry: {
      id: using.random(16),
      docs: parts.map(({ document, heads }) => ({
        name: names.name(document.name),
        heads: names.heads(heads ?? []),
        ...(snapshot === undefined ? {} : { snapshot }),
      })),
      ...sealed,
    },
    covers: parts.flatMap(({ document, heads }) => (heads ? [{ name: document.name, heads }] : [])),
  };
}
