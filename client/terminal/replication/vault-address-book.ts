import { decodeTrusted, encodeCanonical } from "#schema/canonical.ts";
import type { KnownAddress } from "#schema/wire/lan.ts";
import type { Vault } from "#terminal/vault/vault.ts";
import type { AddressBook } from "./mesh/address-book.ts";

const key = ["addresses"];

/** The neighbours' addresses, remembered in the vault. */
export function vaultAddressBook(vault: Vault): AddressBook {
  return {
    async load() {
      const stored = await vault.load(key);
      return stored ? (decodeTrusted(stored) as unknown as KnownAddress[]) : [];
    },
    async save(known) {
      await vault.commit([{ op: "put", key, data: encodeCanonical(known) }], {
        durable: false,
      });
    },
  };
}
