import * as A from "@automerge/automerge";
import { type Bytes, type RandomBytes, type TimeMs, toHex } from "#schema/bytes.ts";
import { frozenChangeBytes } from "#schema/documents/genesis.ts";
import { type StaffEntry, encodeStaff } from "#schema/documents/staff.ts";
import type { StoreDocument } from "#schema/documents/store-document.ts";
import { toValue } from "#schema/documents/value.ts";
import type { StoreSettings } from "#schema/domain/settings.ts";
import type { SigningKey } from "#schema/trust/crypto.ts";

export interface InitialStore {
  readonly settings: StoreSettings;
  readonly staff: readonly StaffEntry[];
  /** The company's root key is the author of what a store begins with. */
  readonly root: SigningKey;
  readonly time: TimeMs;
  readonly random: RandomBytes;
}

/**
 * The store document as it is on the first day, as Automerge bytes. Made once for a store: every till begins with these
 * very bytes, so that the tills' copies merge and none of them writes the beginning a second time.
 */
export function initialStoreBytes({ settings, staff, root, time, random }: InitialStore): Bytes {
  const actor = `01${toHex(root.publicKey)}${toHex(random(8))}`;
  const [empty] = A.applyChanges(A.init<StoreDocument>({ actor }), frozenChangeBytes("store"));
  const filled = A.change(empty, { time: Math.floor(time / 1000) }, (draft) => {
    for (const [name, value] of Object.entries(settings))
      draft.settings[name] = toValue(JSON.stringify(value));
    for (const person of staff) draft.staff[person.id] = encodeStaff(person);
  });
  return A.save(filled);
}
