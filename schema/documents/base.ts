import {
  type Bytes,
  type DeviceId,
  type HashHex,
  type StoreId,
  type TimeMs,
  fromHex,
  toHex,
} from "../bytes.ts";
import { type Canonical, decodeCanonical, encodeCanonical } from "../canonical.ts";
import { type SigningKey, type SymmetricKey, hash, hashHex, sign, verify } from "../trust/crypto.ts";
import type { SegmentRef } from "./segment.ts";

/**
 * A base: what was published as segments, with exactly what it contains, so that what came after is applied on top and
 * nothing twice. Published in the store document as signed bytes; of several, the newest by a fixed rule counts.
 */
export interface Base {
  readonly store: StoreId;
  readonly kind: "prices" | "stock";
  readonly time: TimeMs;
  readonly device: DeviceId;
  readonly segments: readonly SegmentRef[];
  readonly items: number;
  /** Names the content and what it contains: hash of all above but time and device. */
  readonly generation: string;
  readonly contains: PricesContained | StockContained;
}

/** The live edits that went into a price book: of the generation before, up to these change hashes. */
export interface PricesContained {
  readonly kind: "prices";
  readonly after: string | null;
  readonly heads: readonly string[];
}

/** The records that went into stock balances: of each journal, all up to this position. */
export interface StockContained {
  readonly kind: "stock";
  readonly positions: readonly StockPosition[];
}

export interface StockPosition {
  readonly device: DeviceId;
  readonly series: number;
  readonly seq: number;
  readonly hash: HashHex;
}

const domain = "tillmesh/base/1";

export function describeBase(base: Omit<Base, "generation">): Base {
  const { segments, items, contains, store, kind } = base;
  const content = encodeCanonical({
    store,
    kind,
    items,
    segments: segments.map((ref) => ref.hash),
    contains: contained(contains),
  });
  return { ...base, generation: toHex(hash(content)).slice(0, 32) };
}

/** `id` is where it stands in the store document. */
export function encodeBase(base: Base, key: SigningKey): { readonly id: string; readonly bytes: Bytes } {
  const payload = encodeCanonical({
    v: 1,
    store: fromHex(base.store),
    kind: base.kind,
    time: base.time,
    device: fromHex(base.device),
    items: base.items,
    generation: base.generation,
    segments: base.segments.map((ref) => [fromHex(ref.hash), ref.key, ref.bytes]),
    contains: contained(base.contains),
  });
  const bytes = encodeCanonical([payload, sign(key.secret, domain, payload)]);
  return { id: hashHex(bytes).slice(0, 32), bytes };
}

/** Undefined for what is no base or is not rightly signed by the device it names. */
export function decodeBase(bytes: unknown): Base | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    const [payload, signature] = decodeCanonical(bytes) as [Bytes, Bytes];
    const map = decodeCanonical(payload) as Record<string, Canonical>;
    if (map.v !== 1 || (map.kind !== "prices" && map.kind !== "stock")) return undefined;
    if (!verify(map.device as Bytes, domain, payload, signature)) return undefined;
    const base = describeBase({
      store: toHex(map.store as Bytes) as StoreId,
      kind: map.kind,
      time: map.time as number,
      device: toHex(map.device as Bytes) as DeviceId,
      items: map.items as number,
      segments: (map.segments as [Bytes, Bytes, number][]).map(([name, key, size]) => ({
        hash: toHex(name) as HashHex,
        key: key as SymmetricKey,
        bytes: size,
      })),
      contains: map.contains as unknown as Base["contains"],
    });
    return base.generation === map.generation ? base : undefined;
  } catch {
    return undefined;
  }
}

/** The base that counts: the newest, and of two of one time the one with the greater generation. */
export function newestBase(bases: Iterable<Base>, kind: Base["kind"]): Base | undefined {
  let newest: Base | undefined;
  for (const base of bases) {
    if (base.kind !== kind) continue;
    if (
      !newest ||
      base.time > newest.time ||
      (base.time === newest.time && base.generation > newest.generation)
    )
      newest = base;
  }
  return newest;
}

function contained(contains: Base["contains"]): Canonical {
  return contains.kind === "prices"
    ? { kind: "prices", after: contains.after, heads: [...contains.heads].toSorted() }
    : {
        kind: "stock",
        positions: contains.positions
          .map(({ device, series, seq, hash }) => ({ device, series, seq, hash }))
          .toSorted((a, b) => (a.device < b.device ? -1 : 1)),
      };
}
