import { z } from "zod";
import type { Bytes, DeviceId, StoreId } from "../bytes.ts";
import { type Canonical, decodeTrusted, encodeCanonical } from "../canonical.ts";

/**
 * What passes between a till (or a reader, such as headquarters) and the relay: one CBOR map a WebSocket message, at
 * `/v1/log`. One connection speaks for one device in one store. The relay is blind: names and heads are keyed hashes,
 * the bytes are sealed under a key it never sees.
 *
 * First the handshake of `schema/trust/handshake.ts`, one of its messages a WebSocket message, the till dialling. Then the
 * relay says `welcome`, and appends, reads and questions follow in any order, each answered by its own `id`. An `error`
 * may come at any time, in the handshake too.
 *
 * History: 1, the first.
 */
export const relayProtocol = 1;

/** The most one message may hold, in bytes: a snapshot of a large document fits, a flood does not. */
export const maxRelayMessageBytes = 16 * 1024 * 1024;
/** The most entries in one `append`. */
export const maxAppendEntries = 64;
/** The most names in one `covered`. */
export const maxCoveredNames = 512;

const bytes = (min: number, max: number) =>
  z.custom<Bytes>((value) => value instanceof Uint8Array && value.length >= min && value.length <= max, {
    message: `must be ${min === max ? String(min) : `${min} to ${max}`} bytes`,
  });

/** A place in a store's log: the first entry has 1; 0 is before it. */
const offset = z
  .int()
  .min(0)
  .max(2 ** 34 - 1);
const requestId = z.int().min(0);
const keyed = bytes(16, 32);
const device = z.string().regex(/^[0-9a-f]{64}$/) as unknown as z.ZodType<DeviceId>;
const store = z.string().regex(/^[0-9a-f]{32}$/) as unknown as z.ZodType<StoreId>;

const entryDocumentSchema = z.strictObject({
  /** The document's name, keyed. */
  name: keyed,
  /** With this entry and all before it, the log holds every ancestor of these change hashes, which are keyed. */
  heads: z.array(keyed).max(256),
  /** The entry holds the whole document, and all that entries up to this offset say of it: they may go. */
  snapshot: offset.optional(),
});

const outgoingEntrySchema = z.strictObject({
  /** Random, chosen by the sender and kept until acknowledged: sending it again appends nothing. */
  id: bytes(16, 16),
  docs: z.array(entryDocumentSchema).min(1).max(512),
  /** Which of the store's epoch keys seals the bytes. */
  epoch: z.int().min(0),
  bytes: bytes(1, maxRelayMessageBytes),
});

const entrySchema = outgoingEntrySchema.extend({ offset, by: device });

const toRelaySchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("append"),
    id: requestId,
    entries: z.array(outgoingEntrySchema).min(1).max(maxAppendEntries),
  }),
  /** The entries after an offset. One page an answer: the next page is sent when it is asked for. */
  z.strictObject({
    type: z.literal("read"),
    id: requestId,
    after: offset,
    /** The most bytes of one page; a page holds at least one entry. */
    maxBytes: z
      .int()
      .min(1)
      .max(maxRelayMessageBytes / 2),
  }),
  z.strictObject({ type: z.literal("covered"), id: requestId, names: z.array(keyed).max(maxCoveredNames) }),
  /** A token for `/v1/segments`. */
  z.strictObject({ type: z.literal("token"), id: requestId }),
]);

const coverageSchema = z.strictObject({
  name: keyed,
  /** The newest claim of each device that has written of this document. */
  claims: z.array(z.strictObject({ by: device, heads: z.array(keyed).max(256) })),
  /** What the log holds of it: in its newest snapshot, and in entries beside that. */
  snapshotBytes: z.int().min(0),
  entryBytes: z.int().min(0),
});

const relayErrorCodes = [
  "malformed", // the message is not one of this protocol; the relay closes
  "version", // another protocol version; closes
  "unknown-store", // closes
  "refused", // the proof does not hold (closes), or this role may not do that
  "too-large", // an entry is over the store's limit: nothing of the append was kept
  "quota", // the store is full: nothing of the append was kept
  "too-fast", // over the store's rate: nothing was kept, try again after `retryAfterMs`
  "too-many-connections", // closes
  "stopping", // the relay is going away; closes
  "failed", // the relay could not write; nothing was kept
] as const;
export type RelayErrorCode = (typeof relayErrorCodes)[number];

const fromRelaySchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("welcome"),
    v: z.int(),
    /** Random; another one means that the relay was emptied, and cursors into the old log mean nothing. */
    log: bytes(16, 16),
    /** The newest entry's offset. */
    end: offset,
    maxEntryBytes: z.int().min(1),
  }),
  /** On the relay's disk. One offset an entry, in order; an entry that was there already keeps its first. */
  z.strictObject({
    type: z.literal("ack"),
    id: requestId,
    entries: z.array(z.strictObject({ offset, fresh: z.boolean() })),
  }),
  z.strictObject({
    type: z.literal("entries"),
    id: requestId,
    entries: z.array(entrySchema),
    /** With this page the reader has all there is up to here (what snapshots replaced is left out). */
    through: offset,
    end: offset,
  }),
  /** Entries that somebody else just appended. A reader whose cursor is not `after` reads instead. */
  z.strictObject({ type: z.literal("push"), after: offset, entries: z.array(entrySchema).min(1) }),
  /** Instead of pushes, to a reader that is slow: there is something to read. */
  z.strictObject({ type: z.literal("behind"), end: offset }),
  z.strictObject({ type: z.literal("coverage"), id: requestId, docs: z.array(coverageSchema) }),
  z.strictObject({
    type: z.literal("token"),
    id: requestId,
    token: z.string().max(512),
    validMs: z.int().min(1),
  }),
  z.strictObject({
    type: z.literal("error"),
    /** The request it answers; absent when it concerns the connection. */
    id: requestId.optional(),
    code: z.enum(relayErrorCodes),
    /** Plain English. */
    message: z.string(),
    retryAfterMs: z.int().min(0).optional(),
  }),
]);

/** The body of `POST /v1/stores`, as JSON, with the operator's token as bearer. */
export const registerStoreSchema = z.strictObject({
  store,
  /** The store's root public key: it signs the enrolments of the tills that may speak for it. */
  root: z.string().regex(/^[0-9a-f]{64}$/),
  quota: z
    .strictObject({
      maxBytes: z.int().min(1),
      maxEntryBytes: z.int().min(1).max(maxRelayMessageBytes),
      entriesPerSecond: z.number().min(0),
      burstEntries: z.int().min(1),
      maxConnections: z.int().min(1),
    })
    .partial()
    .optional(),
});
export type RegisterStore = z.infer<typeof registerStoreSchema>;

export type ToRelay = z.infer<typeof toRelaySchema>;
export type FromRelay = z.infer<typeof fromRelaySchema>;
export type EntryDocument = z.infer<typeof entryDocumentSchema>;
export type OutgoingEntry = z.infer<typeof outgoingEntrySchema>;
export type Entry = z.infer<typeof entrySchema>;
export type Coverage = z.infer<typeof coverageSchema>;

export type Parsed<Message> =
  | { readonly type: "message"; readonly message: Message }
  | { readonly type: "malformed"; readonly problem: string };

export function encodeToRelay(message: ToRelay): Bytes {
  return encodeCanonical(withoutUndefined(message) as Canonical);
}

export function encodeFromRelay(message: FromRelay): Bytes {
  return encodeCanonical(withoutUndefined(message) as Canonical);
}

/** Never throws, whatever the bytes. */
export function parseToRelay(frame: Bytes): Parsed<ToRelay> {
  return parse(toRelaySchema, frame);
}

/** Never throws, whatever the bytes. */
export function parseFromRelay(frame: Bytes): Parsed<FromRelay> {
  return parse(fromRelaySchema, frame);
}

function parse<Message>(schema: z.ZodType<Message>, frame: Bytes): Parsed<Message> {
  let value: unknown;
  try {
    value = decodeTrusted(frame);
  } catch (error) {
    return { type: "malformed", problem: error instanceof Error ? error.message.slice(0, 200) : "not CBOR" };
  }
  const result = schema.safeParse(value);
  if (result.success) return { type: "message", message: result.data };
  const issue = result.error.issues[0];
  return {
    type: "malformed",
    problem: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`.slice(0, 200),
  };
}

/** Optional fields that are set to undefined are left out: canonical CBOR has no undefined. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return value;
  const out: Record<string, unknown> = {};
  for (const [key, part] of Object.entries(value)) if (part !== undefined) out[key] = withoutUndefined(part);
  return out;
}
