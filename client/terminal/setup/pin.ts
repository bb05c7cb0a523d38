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

/** More than this nobody's till asks for; what another till wrote must not take this one's memory away. */
const mostPinMemoryBytes = 256 * 1024 * 1024;

/** Whether that is the person's PIN; takes as long for a wrong one, some 0.1 s in a worker. */
export async function verifyPin(entry: StaffEntry, pin: string): Promise<boolean> {
  const { salt, hash, memoryBytes, passes } = entry.pin;
  if (salt.length !== 16 || memoryBytes < 8192 || memoryBytes > mostPinMemoryBytes) return false;
  if (passes < 1 || passes > 20) return false;
  return equalBytes(await stretchInWorker({ passphrase: pin, salt, cost: { memoryBytes, passes } }), hash);
}
