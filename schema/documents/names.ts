import type { Brand, Bytes, DeviceId, StoreId } from "../bytes.ts";
import { hash } from "../trust/crypto.ts";

/**
 * Documents are found by name: any till can compute the name of any document, and its id is the hash of the name.
 *
 * `members` and `store`: one a store. `prices`: one a price-book generation. `floor` and `journal`: one a till and
 * trading day.
 */
export type DocumentKind = "members" | "store" | "prices" | "floor" | "journal";

/** `tm1/<store>/<kind>/<device or ->/<day or generation or ->`. */
export type DocumentName = Brand<string, "DocumentName">;

/** 16 bytes, what automerge-repo calls a binary document id. */
export type DocumentIdBytes = Brand<Bytes, "DocumentIdBytes">;

/** A trading day as `2026-11-22`, in the store's own calendar. */
export type TradingDay = Brand<string, "TradingDay">;

export type DocumentAddress =
  | { readonly store: StoreId; readonly kind: "members" }
  | { readonly store: StoreId; readonly kind: "store" }
  | { readonly store: StoreId; readonly kind: "prices"; readonly generation: string }
  | {
      readonly store: StoreId;
      readonly kind: "floor" | "journal";
      readonly device: DeviceId;
      readonly day: TradingDay;
    };

const namePattern =
  /^tm1\/([0-9a-f]{32})\/(?:(members|store)\/-\/-|(prices)\/-\/([0-9a-f]{1,64})|(floor|journal)\/([0-9a-f]{64})\/(\d{4}-\d{2}-\d{2}))$/;

export function documentName(address: DocumentAddress): DocumentName {
  const [device, part] =
    "device" in address
      ? [address.device, address.day]
      : "generation" in address
        ? ["-", address.generation]
        : ["-", "-"];
  return `tm1/${address.store}/${address.kind}/${device}/${part}` as DocumentName;
}

/** Undefined for anything that is not exactly a name of this version. */
export function parseDocumentName(text: string): DocumentAddress | undefined {
  const match = namePattern.exec(text);
  if (!match) return undefined;
  const [, store, single, prices, generation, perDay, device, day] = match;
  if (single) return { store: store as StoreId, kind: single === "store" ? "store" : "members" };
  if (prices) return { store: store as StoreId, kind: "prices", generation: generation! };
  return {
    store: store as StoreId,
    kind: perDay as "floor" | "journal",
    device: device as DeviceId,
    day: day as TradingDay,
  };
}

export function documentIdBytes(name: DocumentName): DocumentIdBytes {
  return hash(new TextEncoder().encode(name)).subarray(0, 16) as DocumentIdBytes;
}
