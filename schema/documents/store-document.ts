import type { Bytes } from "../bytes.ts";

/**
 * The one document of a store that says what it is: settings, staff, the labels of its tills, and which bases (price
 * books, stock balances) are published. Every leaf is one opaque value, so two managers' edits merge by field.
 */
export interface StoreDocument {
  v: number;
  /** By setting name (`schema/domain/settings.ts`): canonical CBOR of the setting's JSON text. */
  settings: Record<string, Bytes>;
  /** By staff id: see `StaffEntry`. */
  staff: Record<string, Bytes>;
  /** By device id: the signed enrolment, which holds the label. */
  tills: Record<string, Bytes>;
  /** By base id: the signed manifest, see `base.ts`. */
  bases: Record<string, Bytes>;
}
