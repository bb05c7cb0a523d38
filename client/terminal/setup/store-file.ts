import { z } from "zod";
import { type SettingsProblem, type StoreSettings, parseSettings } from "#schema/domain/settings.ts";
import type { NewStaff } from "./pin.ts";

/** What a store is made from: `tillmesh init --file`, or the answers to its questions. */
export interface StoreFile {
  readonly settings: StoreSettings;
  readonly staff: readonly NewStaff[];
  /** One pack is made for each. */
  readonly tillLabels: readonly string[];
  readonly relay: string | null;
}

export type StoreFileResult =
  | { readonly ok: true; readonly file: StoreFile }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

const personSchema = z.strictObject({
  id: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,39}$/, { error: "lower-case letters, digits and hyphens, at most 40" }),
  name: z.string().trim().min(1).max(80),
  role: z.enum(["cashier", "supervisor", "manager"], { error: "cashier, supervisor or manager" }),
  pin: z.string().regex(/^\d{4,12}$/, { error: "a PIN of 4 to 12 digits, in quotes" }),
});

const label = z.string().trim().min(1).max(60);
const mostTills = 200;

/** The relay's address as a till dials it. */
export const relayUrlSchema = z
  .url({ protocol: /^https?$/, error: "an address such as https://relay.example:4180" })
  .nullable();

const storeFileSchema = z
  .strictObject({
    settings: z.unknown(),
    staff: z.array(personSchema).min(1, { error: "at least one person" }).max(2000),
    /** How many, or what each is called. */
    tills: z
      .union([z.int().min(1).max(mostTills), z.array(label).min(1).max(mostTills)], {
        error: `a number from 1 to ${mostTills}, or a list of names`,
      })
      .default(1),
    relay: relayUrlSchema.default(null),
  })
  .check(({ value: { staff, tills }, issues }) => {
    const problem = (path: (string | number)[], message: string) =>
      issues.push({ code: "custom", path, message, input: undefined });
    for (const [at, { id }] of staff.entries())
      if (staff.findIndex((other) => other.id === id) < at)
        problem(["staff", at, "id"], `"${id}" is there twice`);
    if (staff.length > 0 && !staff.some(({ role }) => role === "manager"))
      problem(["staff"], "one of them must be a manager, or nobody can change a price");
    if (Array.isArray(tills))
      for (const [at, one] of tills.entries())
        if (tills.indexOf(one) < at) problem(["tills", at], `"${one}" is there twice`);
  });

/** Checks a parsed JSON value; all that is wrong with it is reported at once, by place. */
export function parseStoreFile(value: unknown): StoreFileResult {
  const parsed = storeFileSchema.safeParse(value);
  const given =
    value !== null && typeof value === "object" && "settings" in value ? value.settings : undefined;
  const settings = parseSettings(given);
  const problems = [
    ...(settings.ok
      ? []
      : settings.problems.map(({ path, message }) => ({
          path: path === "" ? "settings" : `settings.${path}`,
          message,
        }))),
    ...(parsed.error?.issues ?? []).map(({ path, message }) => ({ path: path.join("."), message })),
  ];
  if (!parsed.success || !settings.ok) return { ok: false, problems };
  const { staff, tills, relay } = parsed.data;
  return { ok: true, file: { settings: settings.settings, staff, tillLabels: labelsOf(tills), relay } };
}

function labelsOf(tills: number | readonly string[]): readonly string[] {
  return typeof tills === "number" ? Array.from({ length: tills }, (_, at) => `Till ${at + 1}`) : tills;
}
