import type { DocumentName } from "#schema/documents/names.ts";
import type { OutgoingEntry } from "#schema/wire/relay.ts";

/** An entry on its way to the relay, and what the log will hold with it: change hashes of each document, hex. */
export interface OutboxEntry {
  readonly entry: OutgoingEntry;
  readonly covers: readonly DocumentHeads[];
}

export interface DocumentHeads {
  readonly name: DocumentName;
  readonly heads: readonly string[];
}

export interface GatewayMemory {
  /** The relay's log that all of this is about, hex; empty before the first. */
  readonly log: string;
  /** All entries up to this offset are merged here. */
  readonly cursor: number;
  /** How far each document is in the log, acknowledged. */
  readonly covered: readonly DocumentHeads[];
  /** In the order they were put. */
  readonly outbox: readonly OutboxEntry[];
}

export interface GatewayWrite {
  /** Another log: first everything else is forgotten. */
  readonly log?: string;
  readonly cursor?: number;
  readonly covered?: readonly DocumentHeads[];
  readonly put?: readonly OutboxEntry[];
  /** Ids of outbox entries, hex. */
  readonly remove?: readonly string[];
}

/** What the gateway must remember. */
export interface GatewayStorage {
  load(): Promise<GatewayMemory>;
  /**
   * All of it or nothing. When it resolves it is on disk, and so is every document change made before the call: this till
   * must not remember having seen or sent what it could still forget.
   */
  commit(write: GatewayWrite): Promise<void>;
}
