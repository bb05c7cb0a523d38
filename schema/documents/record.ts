import {
  type Bytes,
  type DeviceId,
  type HashHex,
  type StoreId,
  type TimeMs,
  fromHex,
  toHex,
} from "../bytes.ts";
import { type Canonical, decodeCanonical, decodeTrusted, encodeCanonical } from "../canonical.ts";
import { type SigningKey, hashHex, sign, verify } from "../trust/crypto.ts";
import { type RecordBody, type RecordKind, recordBodySchemas } from "./record-body.ts";

/**
 * A record is what a till states for ever: canonical bytes, signed by the device, chained to its record before.
 *
 * Bytes: CBOR `[payload, signature]`, the payload itself canonical CBOR bytes of
 * `{v, store, device, series, seq, time, prev, kind, body}`. The hash of the whole names the record and is the next
 * one's `prev`. `seq` counts all of a series' records from 1 without a gap; a series is one enrolment of a device.
 */
export type RecordOf<Kind extends RecordKind> = {
  readonly store: StoreId;
  readonly device: DeviceId;
  readonly series: number;
  readonly seq: number;
  readonly time: TimeMs;
  /** Hash of the record before; `firstPrev` for the first of a series. */
  readonly prev: HashHex;
  readonly kind: Kind;
  readonly body: RecordBody<Kind>;
};
export type TillRecord = { [Kind in RecordKind]: RecordOf<Kind> }[RecordKind];

export interface StoredRecord {
  readonly hash: HashHex;
  readonly record: TillRecord;
}

export const firstPrev = "0".repeat(64) as HashHex;

const domain = "tillmesh/record/1";
/** Larger than any receipt of a thousand lines. */
const maxRecordBytes = 1 << 20;

export type RecordFault =
  | { readonly type: "malformed"; readonly problem: string }
  | { readonly type: "bad-signature" };

export function encodeRecord(
  record: TillRecord,
  key: SigningKey,
): { readonly hash: HashHex; readonly bytes: Bytes } {
  if (record.device !== key.device) throw new Error("a record is signed by its own device");
  const payload = encodeCanonical({
    v: 1,
    store: fromHex(record.store),
    device: fromHex(record.device),
    series: record.series,
    seq: record.seq,
    time: record.time,
    prev: fromHex(record.prev),
    kind: record.kind,
    body: withoutUndefined(record.body) as Canonical,
  });
  const bytes = encodeCanonical([payload, sign(key.secret, domain, payload)]);
  return { hash: hashHex(bytes), bytes };
}

/** Checks form and signature; for bytes that come from outside. */
export function decodeRecord(bytes: Bytes): StoredRecord | RecordFault {
  try {
    if (bytes.length > maxRecordBytes) return malformed("too large");
    const envelope = decodeCanonical(bytes);
    if (!Array.isArray(envelope) || envelope.length !== 2) return malformed("not [payload, signature]");
    const [payload, signature] = envelope as Canonical[];
    if (!(payload instanceof Uint8Array) || !(signature instanceof Uint8Array))
      return malformed("not [payload, signature]");
    const record = readPayload(decodeCanonical(payload));
    if ("type" in record) return record;
    const body = recordBodySchemas[record.kind].safeParse(record.body);
    if (!body.success)
      return malformed(`body: ${body.error.issues[0]?.path.join(".")}: ${body.error.issues[0]?.message}`);
    if (!verify(fromHex(record.device), domain, payload, signature)) return { type: "bad-signature" };
    return { hash: hashHex(bytes), record };
  } catch (error) {
    return malformed(error instanceof Error ? error.message : String(error));
  }
}

/** For bytes that passed `decodeRecord` before they were sealed into the vault; throws when they are no record at all. */
export function decodeVouchedRecord(bytes: Bytes): StoredRecord {
  const [payload] = decodeTrusted(bytes) as [Bytes, Bytes];
  const record = readPayload(decodeTrusted(payload));
  if ("type" in record) throw new Error(`the vault vouched for what is no record: ${record.problem}`);
  return { hash: hashHex(bytes), record };
}

function readPayload(value: Canonical): TillRecord | Extract<RecordFault, { type: "malformed" }> {
  if (value === null || typeof value !== "object" || Array.isArray(value) || value instanceof Uint8Array)
    return malformed("the payload is not a map");
  const map = value as { readonly [key: string]: Canonical };
  if (map.v !== 1) return malformed("not of version 1");
  const { store, device, series, seq, time, prev, kind, body } = map;
  if (!(store instanceof Uint8Array) || store.length !== 16) return malformed("store");
  if (!(device instanceof Uint8Array) || device.length !== 32) return malformed("device");
  if (!(prev instanceof Uint8Array) || prev.length !== 32) return malformed("prev");
  if (!isCount(series) || !isCount(seq) || typeof time !== "number") return malformed("series, seq or time");
  if (typeof kind !== "string" || !Object.hasOwn(recordBodySchemas, kind))
    return malformed("an unknown kind");
  return {
    store: toHex(store) as StoreId,
    device: toHex(device) as DeviceId,
    series,
    seq,
    time,
    prev: toHex(prev) as HashHex,
    kind: kind as RecordKind,
    body,
  } as unknown as TillRecord; // the body's shape is judged by decodeRecord, or was before it was vouched for
}

function isCount(value: Canonical | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 1;
}

function malformed(problem: string): Extract<RecordFault, { type: "malformed" }> {
  return { type: "malformed", problem };
}

/** Optional fields that are undefined are left out: they have no canonical form. */
function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .map(([key, field]) => [key, withoutUndefined(field)]),
  );
}
