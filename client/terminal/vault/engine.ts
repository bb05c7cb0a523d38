import type { OutboxId, VaultSizes } from "./vault.ts";

/** What lies below the seal: rows of bytes in one transactional file. It holds no key and understands nothing. */
export interface Engine {
  apply(batch: EngineBatch): Promise<ApplyOutcome>;
  /** One entry for each id, in order; `unreadable` where the file itself is damaged. */
  readChunks(ids: readonly number[]): Promise<readonly ReadRow[]>;
  readOutbox(): Promise<readonly OutboxRow[]>;
  /** Writes the log back into the file; to be called when nobody waits. */
  checkpoint(): Promise<ApplyOutcome>;
  /** Tries to write something and takes it back: is there room again? */
  probe(): Promise<ApplyOutcome>;
  sizes(): Promise<VaultSizes>;
  close(): Promise<void>;
}

export interface EngineBatch {
  readonly durable: boolean;
  /** Replaces the row of the same id. */
  readonly chunks: readonly ChunkRow[];
  readonly removedChunks: readonly number[];
  /** Moved to the quarantine table. */
  readonly quarantined: readonly number[];
  readonly manifests: readonly ManifestRow[];
  readonly removedManifests: readonly number[];
  /** After `removedOutbox`: what is in both comes back at the end. */
  readonly outbox: readonly OutboxRow[];
  readonly removedOutbox: readonly OutboxId[];
}

export interface ChunkRow {
  readonly id: number;
  /** Keyed hashes of the segments, 8 bytes each. */
  readonly path: Uint8Array;
  /** 24 bytes. */
  readonly nonce: Uint8Array;
  readonly box: Uint8Array;
}

export interface ManifestRow {
  readonly id: number;
  /** 16 bytes: what this manifest adds to the root, beside the seal so that one unreadable manifest spoils no other. */
  readonly mark: Uint8Array;
  readonly sealed: Uint8Array;
}

export interface OutboxRow {
  readonly id: OutboxId;
  readonly bytes: Uint8Array;
}

export type ReadRow = Pick<ChunkRow, "nonce" | "box"> | "missing" | "unreadable";

/** `walBytes`: how long the log is now. */
export type ApplyOutcome =
  | { readonly type: "applied"; readonly walBytes: number }
  | { readonly type: "full" }
  | { readonly type: "broken"; readonly reason: string };

/** All that is known on opening: which rows there are, packed so that it crosses threads cheaply. */
export interface EngineContents {
  readonly ids: Float64Array;
  /** In bytes, one for each id. */
  readonly pathLengths: Uint16Array;
  readonly paths: Uint8Array;
  /** 24 bytes for each id. */
  readonly nonces: Uint8Array;
  readonly manifests: readonly ManifestRow[];
  /** True when the file was damaged and what could be read of it was carried over into a new one. */
  readonly salvaged: boolean;
}

export interface EngineOptions {
  readonly file: string;
  /** In bytes; only when the file is made. */
  readonly pageSize: number;
  /** For tests of the full disk: the file may not grow beyond this many pages. */
  readonly maxPages?: number;
}

export type EngineOpening =
  | { readonly type: "opened"; readonly contents: EngineContents }
  | { readonly type: "full" }
  | { readonly type: "damaged"; readonly reason: string };
