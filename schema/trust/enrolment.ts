import {
  type Bytes,
  type DeviceId,
  type StoreId,
  type TimeMs,
  equalBytes,
  fromHex,
  toHex,
} from "../bytes.ts";
import { type Canonical, decodeCanonical, encodeCanonical } from "../canonical.ts";
import { type SigningKey, sign, verify } from "./crypto.ts";

const enrolmentDomain = "tillmesh/enrol/1";

/** A till sells; a reader (headquarters) only follows. */
export type EnrolmentRole = "till" | "reader";

/**
 * That a device belongs to a store. Each enrolment of a device, also a second one of the same device, has a `series` of
 * its own: the number of its receipt series.
 */
export interface Enrolment {
  readonly v: 1;
  readonly store: StoreId;
  readonly device: DeviceId;
  /** From 1. */
  readonly series: number;
  /** What people call the till, at most 60 characters. */
  readonly label: string;
  readonly role: EnrolmentRole;
  readonly time: TimeMs;
}

/** Canonical CBOR `{body, by, signature}`: what is stored, sent and hashed. */
export type SignedEnrolment = Bytes;

/** `by` is the signer's public key; whether that key may enrol is for the caller to say. */
export interface OpenedEnrolment {
  readonly enrolment: Enrolment;
  readonly by: Bytes;
  readonly body: Bytes;
  readonly signature: Bytes;
}

export type EnrolmentRefusal =
  | { readonly type: "malformed"; readonly detail: string }
  | { readonly type: "bad-signature" }
  /** Rightly signed, but not by the key that may enrol. */
  | { readonly type: "wrong-signer" };

export type EnrolmentResult = { readonly type: "valid"; readonly enrolment: Enrolment } | EnrolmentRefusal;

export function signEnrolment(signer: SigningKey, enrolment: Enrolment): SignedEnrolment {
  const body = encodeEnrolment(enrolment);
  return encodeCanonical({
    body,
    by: signer.publicKey,
    signature: sign(signer.secret, enrolmentDomain, body),
  });
}

/** Throws `RangeError` on an enrolment that `decodeEnrolment` would not read back. */
export function encodeEnrolment(enrolment: Enrolment): Bytes {
  const body = encodeCanonical({
    v: enrolment.v,
    store: fromHex(enrolment.store),
    device: fromHex(enrolment.device),
    series: enrolment.series,
    label: enrolment.label,
    role: enrolment.role,
    time: enrolment.time,
  });
  if (decodeEnrolment(body) === undefined) throw new RangeError("not an enrolment");
  return body;
}

/** The inverse of `encodeEnrolment`; undefined for anything else. */
export function decodeEnrolment(body: Bytes): Enrolment | undefined {
  const map = readMap(body, ["v", "store", "device", "series", "label", "role", "time"]);
  if (!map) return undefined;
  const { v, store, device, series, label, role, time } = map;
  if (v !== 1 || !isBytes(store, 16) || !isBytes(device, 32)) return undefined;
  if (typeof series !== "number" || series < 1) return undefined;
  if (typeof time !== "number" || time < 0) return undefined;
  if (typeof label !== "string" || label.length < 1 || label.length > 60) return undefined;
  if (role !== "till" && role !== "reader") return undefined;
  return { v, store: toHex(store) as StoreId, device: toHex(device) as DeviceId, series, label, role, time };
}

/** Checks form and signature, not whether the signer may enrol. */
export function openEnrolment(
  bytes: SignedEnrolment,
): ({ readonly type: "opened" } & OpenedEnrolment) | EnrolmentRefusal {
  const map = readMap(bytes, ["body", "by", "signature"]);
  if (!map) return { type: "malformed", detail: "not a signed enrolment" };
  const { body, by, signature } = map;
  if (!(body instanceof Uint8Array) || !isBytes(by, 32) || !isBytes(signature, 64))
    return { type: "malformed", detail: "not a signed enrolment" };
  const enrolment = decodeEnrolment(body);
  if (!enrolment) return { type: "malformed", detail: "not an enrolment" };
  if (!verify(by, enrolmentDomain, body, signature)) return { type: "bad-signature" };
  return { type: "opened", enrolment, by, body, signature };
}

/** Valid when the store's root key itself has signed. */
export function verifyEnrolment(bytes: SignedEnrolment, rootKey: Bytes): EnrolmentResult {
  const opened = openEnrolment(bytes);
  if (opened.type !== "opened") return opened;
  if (!equalBytes(opened.by, rootKey)) return { type: "wrong-signer" };
  return { type: "valid", enrolment: opened.enrolment };
}

function readMap(bytes: Bytes, keys: readonly string[]): Record<string, Canonical> | undefined {
  let value: Canonical;
  try {
    value = decodeCanonical(bytes);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || Array.isArray(value))
    return undefined;
  const map = value as Record<string, Canonical>;
  const found = Object.keys(map);
  return found.length === keys.length && keys.every((key) => found.includes(key)) ? map : undefined;
}

function isBytes(value: Canonical | undefined, length: number): value is Bytes {
  return value instanceof Uint8Array && value.length === length;
}
