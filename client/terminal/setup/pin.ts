import { type RandomBytes, equalBytes } from "#schema/bytes.ts";
import type { StaffEntry } from "#schema/documents/staff.ts";
import { type StretchCost, stretchInWorker } from "#terminal/vault/passphrase-slot.ts";

/** A person as they are entered when a store is made. */
export interface NewStaff {
  readonly id: string;
  readonly name: string;
  readonly role: StaffEntry["role"];
  /** 4 to 12 digits. */
  readonly pin: string;
}

/** OWASP's second recommendation for Argon2id: a sign-in must not take a second, and the vault is around it anyway. */
export const pinCost: StretchCost = { memoryBytes: 19 * 1024 * 1024, passes: 2 };

export async function staffEntry(
  person: NewStaff,
  cost: StretchCost,
  random: RandomBytes,
): Promise<StaffEntry> {
  const salt = new Uint8Array(random(16));
  const hash = await stretchInWorker({ passphrase: person.pin, salt, cost });
  const { id, name, role } = person;
  return { id, name, role, active: true, pin: { salt, hash: new Uint8Array(hash), ...cost } };
}

/** Whether that is the person's PIN; takes as long for a wrong one. */
export async function verifyPin(entry: StaffEntry, pin: string): Promise<boolean> {
  const { salt, hash, memoryBytes, passes } = entry.pin;
  const given = await stretchInWorker({ passphrase: pin, salt, cost: { memoryBytes, passes } });
  return equalBytes(new Uint8Array(given), hash);
}
