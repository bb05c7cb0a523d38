import { z } from "zod";
import type { Bytes, DeviceId, HashHex } from "../bytes.ts";
import type { Canonical } from "../canonical.ts";
import type { DocumentName } from "../documents/names.ts";

/**
 * What tills say to each other beside automerge-repo's own messages, on the same socket, after the handshake of
 * `schema/trust/handshake.ts`: one CBOR map a WebSocket message, told apart by `type`.
 *
 * - `tm/names`: documents the sender holds, all of them when the link begins, then each newly opened one.
 * - `tm/presence`: a heartbeat of the sender or, passed on, of a till behind it.
 * - `tm/addresses`: where tills were reached lately.
 * - `tm/segment-get`, `-part`, `-none`: a range of an immutable segment, by its hash.
 *
 * A receiver ignores fields it does not know and a `tm/` type it does not know: that is how a version grows.
 *
 * History: 1 first version.
 */
export const lanVersion = 1;
/** Most entries in one message. */
export const namesPerMessage = 500;
export const addressesPerMessage = 200;
/** Most bytes in one `tm/segment-part`. */
export const segmentPartLimit = 256 * 1024;
/** Larger segments are refused; bytes. */
export const segmentSizeLimit = 256 * 1024 * 1024;

const deviceId = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as DeviceId);
const hashHex = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => text as HashHex);
const bytes = z.custom<Bytes>((value) => value instanceof Uint8Array);
const version = z.int().min(1);
const count = z.int().min(0).max(Number.MAX_SAFE_INTEGER);

/** `digest`: first 16 bytes, hex, of the hash of the document's heads; absent when the sender did not look. */
const heldDocumentSchema = z.object({
  name: z
    .string()
    .min(1)
    .max(200)
    .transform((text) => text as DocumentName),
  digest: z
    .string()
    .regex(/^[0-9a-f]{32}$/)
    .optional(),
});

/** `host:port`, an IPv6 host in brackets. */
const addressText = z
  .string()
  .min(3)
  .max(260)
  .regex(/^[^\s/@?#]+:\d{1,5}$/);

/** `atMs`: when the sender last had a link there, by its own clock. */
const knownAddressSchema = z.object({
  device: deviceId,
  addresses: z.array(addressText).min(1).max(8),
  atMs: count,
});

export const lanMessageSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("tm/names"),
    v: version,
    held: z.array(heldDocumentSchema).max(namesPerMessage),
  }),
  z.object({
    type: z.literal("tm/presence"),
    v: version,
    /** A canonical `Beat`, signed by the device it is about: those who pass it on cannot change it. */
    beat: bytes.refine((value) => value.length <= 8192),
    signature: bytes.refine((value) => value.length === 64),
  }),
  z.object({
    type: z.literal("tm/addresses"),
    v: version,
    known: z.array(knownAddressSchema).max(addressesPerMessage),
  }),
  z.object({
    type: z.literal("tm/segment-get"),
    v: version,
    id: count,
    hash: hashHex,
    offset: count,
    length: z.int().min(1).max(segmentPartLimit),
  }),
  z.object({
    type: z.literal("tm/segment-part"),
    v: version,
    id: count,
    offset: count,
    /** Bytes in the whole segment. */
    total: z.int().min(0).max(segmentSizeLimit),
    bytes: bytes.refine((value) => value.length <= segmentPartLimit),
  }),
  z.object({ type: z.literal("tm/segment-none"), v: version, id: count }),
]);

export type LanMessage = z.infer<typeof lanMessageSchema>;
export type HeldDocument = z.infer<typeof heldDocumentSchema>;
export type KnownAddress = z.infer<typeof knownAddressSchema>;
/** A till's own messages all begin so; automerge-repo's never do. */
export const lanTypePrefix = "tm/";

export const beatDomain = "tillmesh/beat/1";

/** How a till stands to the relay; `unconfigured`: it has none. */
const relayStateSchema = z.enum(["up", "down", "unknown", "unconfigured"]);
export type RelayState = z.infer<typeof relayStateSchema>;

const canonical: z.ZodType<Canonical> = z.lazy(() =>
  z.union([
    z.int(),
    z.string().max(1000),
    z.boolean(),
    z.null(),
    bytes,
    z.array(canonical).max(100),
    z.record(z.string().max(60), canonical),
  ]),
);

/** What a till tells the others about itself every second, and at once when it changes. */
export const beatSchema = z.object({
  v: version,
  device: deviceId,
  /** What people call the till. */
  label: z.string().max(60),
  /** One process of the till; a later one has a greater number. */
  session: count,
  /** Counts the beats of a session. */
  sequence: count,
  /** By the till's own clock. */
  sentMs: count,
  /** True in the last beat of a till that stops in order. */
  leaving: z.boolean(),
  relay: relayStateSchema,
  /** Whether it acts as the store's gateway to the relay now. */
  gateway: z.boolean(),
  busy: z.boolean().optional(),
  /** Of the application. */
  version: z.string().max(40),
  /** The carts it has in hand. */
  openCartIds: z.array(z.string().max(128)).max(32),
  /** Hex; equal on two tills when their open documents have equal heads. */
  docsDigest: z.string().max(64),
  pricesDigest: z.string().max(64),
  /** For what comes later; passed on as it is. */
  extra: z.record(z.string().max(60), canonical),
});

export type Beat = z.infer<typeof beatSchema>;
