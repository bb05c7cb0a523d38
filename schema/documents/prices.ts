import { type Bytes, type DeviceId, type StoreId, type TimeMs, fromHex, toHex } from "../bytes.ts";
import { type Canonical, decodeCanonical, decodeTrusted, encodeCanonical } from "../canonical.ts";
import { type SigningKey, hash, sign, verify } from "../trust/crypto.ts";
import { bucketOf } from "./genesis.ts";

/** The Automerge shape of the live edits on top of one price-book generation: signed leaves in 64 buckets. */
export interface PricesDocument {
  v: number;
  edits: Record<string, Record<string, Bytes>>;
}

/** A manager's change of one field of one item. */
export interface PriceEdit {
  readonly store: StoreId;
  readonly item: string;
  readonly field: "price";
  /** Minor units; null withdraws the edit that stood under the same `from`. */
  readonly value: number | null;
  /** In force from then on; the latest `from` that has come wins. */
  readonly from: TimeMs;
  /** Made to hold at once: in force wherever it arrives, whatever that till's clock says. */
  readonly now: boolean;
  readonly time: TimeMs;
  readonly device: DeviceId;
  readonly staff: { readonly id: string; readonly name: string };
}

const domain = "tillmesh/price-edit/1";

/** Where an edit stands in the document: edits of different times stand side by side, so a past price stays known. */
export function editPlace(edit: Pick<PriceEdit, "item" | "field" | "from">): {
  readonly bucket: string;
  readonly key: string;
} {
  return { bucket: itemBucket(edit.item), key: `${edit.item}\n${edit.field}\n${edit.from}` };
}

function itemBucket(item: string): string {
  return bucketOf(hash(new TextEncoder().encode(item))[0]!);
}

export function putEdit(document: PricesDocument, edit: PriceEdit, key: SigningKey): void {
  const place = editPlace(edit);
  document.edits[place.bucket]![place.key] = encodeEdit(edit, key);
}

export function encodeEdit(edit: PriceEdit, key: SigningKey): Bytes {
  if (edit.device !== key.device) throw new Error("a price edit is signed by its own device");
  const payload = encodeCanonical({
    ...edit,
    v: 1,
    store: fromHex(edit.store),
    device: fromHex(edit.device),
  });
  return encodeCanonical([payload, sign(key.secret, domain, payload)]);
}

/** Undefined for what is no edit or, unless the vault `vouched` for it, is not rightly signed. */
export function decodeEdit(bytes: unknown, vouched: boolean): PriceEdit | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined;
  try {
    const read = vouched ? decodeTrusted : decodeCanonical;
    const [payload, signature] = read(bytes) as [Bytes, Bytes];
    const edit = readEdit(read(payload));
    if (!edit) return undefined;
    return vouched || verify(fromHex(edit.device), domain, payload, signature) ? edit : undefined;
  } catch {
    return undefined;
  }
}

function readEdit(value: Canonical): PriceEdit | undefined {
  const {
    v,
    store,
    item,
    field,
    value: to,
    from,
    now,
    time,
    device,
    staff,
  } = value as Record<string, Canonical>;
  const person = staff as { id?: Canonical; name?: Canonical } | undefined;
  if (v !== 1 || !(store instanceof Uint8Array) || !(device instanceof Uint8Array)) return undefined;
  if (typeof item !== "string" || field !== "price" || typeof now !== "boolean") return undefined;
  if (typeof from !== "number" || typeof time !== "number") return undefined;
  if (to !== null && (typeof to !== "number" || to < 0)) return undefined;
  if (typeof person?.id !== "string" || typeof person.name !== "string") return undefined;
  return {
    store: toHex(store) as StoreId,
    device: toHex(device) as DeviceId,
    item,
    field,
    value: to!,
    from,
    now,
    time,
    staff: { id: person.id, name: person.name },
  };
}
