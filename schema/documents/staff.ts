import { z } from "zod";
import type { Bytes } from "../bytes.ts";
import { mapFromValue, toValue } from "./value.ts";

/** A person who works in the store, as one opaque value under its id in the store document. */
const staffSchema = z.object({
  id: z.string().min(1).max(40),
  name: z.string().min(1).max(80),
  role: z.enum(["cashier", "supervisor", "manager"]),
  active: z.boolean(),
  /** Argon2id of the PIN: 16 bytes of salt, 32 of hash, and the cost it was stretched at. */
  pin: z.object({
    salt: z.instanceof(Uint8Array),
    hash: z.instanceof(Uint8Array),
    memoryBytes: z.int(),
    passes: z.int(),
  }),
});

export type StaffEntry = z.infer<typeof staffSchema>;

export function encodeStaff(entry: StaffEntry): Bytes {
  return toValue(entry);
}

/** Undefined for what is not a person. */
export function decodeStaff(bytes: unknown): StaffEntry | undefined {
  const parsed = staffSchema.safeParse(mapFromValue(bytes));
  return parsed.success ? parsed.data : undefined;
}
