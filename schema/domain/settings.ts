import { z } from "zod";
import { type VariableMeasureRule, compilePattern } from "./barcode/variable-measure.ts";
import { type CurrencyCode, currencyOf, isCurrencyCode } from "./money/currency.ts";
import { parseDecimal } from "./money/decimal.ts";
import type { TaxClass, TaxRounding } from "./tax/tax.ts";
import type { TenderMethod } from "./tender/settle.ts";
import type { CashRounding } from "./money/cash-rounding.ts";

interface Department {
  readonly id: string;
  readonly name: string;
  readonly taxClassId: string;
  /** Age asked for when anything of it is sold. */
  readonly ageYears?: number;
}

/** Figures so unusual that the till asks whether they are meant. Null: never asks. */
export interface ConfirmLimits {
  /** A line's quantity from here on, in thousandths. */
  readonly quantityMilli: number;
  /** A tender of more than this many times what is due. */
  readonly tenderTimes: number;
  /** A tender of more than this above what is due. */
  readonly tenderAboveMinor: number | null;
  /** A price that differs from the one before by more than this, in hundredths of a percent. */
  readonly priceChangeBp: number;
  /** A float of more than this. */
  readonly floatMinor: number | null;
}

/** Up to here a cashier needs nobody's approval; a supervisor and a manager never do. */
export interface ApprovalLimits {
  /** Discount on a line or cart, in hundredths of a percent of what it reduces. */
  readonly discountBp: number;
  /** A refund by receipt. Null: any. */
  readonly refundMinor: number | null;
  /** The same while no other till can be reached, so nobody can know what was refunded elsewhere. */
  readonly refundAloneMinor: number;
}

/** What a store is set up with: the `store` document holds it, `tillmesh init` reads it. */
export interface StoreSettings {
  readonly name: string;
  readonly currency: CurrencyCode;
  /** IANA name. */
  readonly timeZone: string;
  /** When the trading day begins, in minutes after local midnight: 240 for a bar that closes at four. */
  readonly dayBoundaryMinutes: number;
  readonly taxClasses: readonly TaxClass[];
  readonly taxRounding: TaxRounding;
  readonly departments: readonly Department[];
  readonly tenderMethods: readonly TenderMethod[];
  readonly cashRounding: CashRounding;
  readonly discountReasons: readonly string[];
  /** How in-store codes carry a price or a weight; the first that fits counts. */
  readonly variableMeasures: readonly VariableMeasureRule[];
  readonly receiptHeader: readonly string[];
  readonly receiptFooter: readonly string[];
  readonly confirm: ConfirmLimits;
  readonly approval: ApprovalLimits;
}

export interface SettingsProblem {
  /** Where in the file, such as `departments.2.taxClassId`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

export type SettingsResult =
  | { readonly ok: true; readonly settings: StoreSettings }
  | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/** Checks a parsed JSON value. All that is wrong is reported at once. */
export function parseSettings(value: unknown): SettingsResult {
  const parsed = storeSettingsSchema.safeParse(value);
  if (parsed.success) return { ok: true, settings: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message })),
  };
}

const id = z.string().trim().min(1).max(40);
const name = z.string().trim().min(1).max(80);
const rule = z.enum(["half-up", "half-even", "up", "down"]);
const minor = z.int().min(0).max(1e12);
const lines = z.array(z.string().max(80)).max(20);

const taxCommon = { id, name, included: z.boolean(), inLaterBase: z.boolean().exactOptional() };
/** At most 100%, and at most 8 a class: what `cart/limits.ts` reckons with. */
const ratePpm = z.int().min(0).max(1_000_000);

const percentText = z.string().transform((text, context) => {
  const parsed = parseDecimal(text, 4);
  if (parsed.ok && parsed.value >= 0 && parsed.value <= 1_000_000) return parsed.value;
  context.addIssue({
    code: "custom",
    message: "a percentage from 0 to 100 with at most 4 decimals, as text",
  });
  return z.NEVER;
});

/** A percentage may be written as `"percent": "5.5"` or as `"ratePpm": 55000`. */
const taxSchema = z.union(
  [
    z.strictObject({
      ...taxCommon,
      kind: z.literal("percent"),
      ratePpm,
      onPriceOnly: z.boolean().exactOptional(),
    }),
    z
      .strictObject({
        ...taxCommon,
        kind: z.literal("percent"),
        percent: percentText,
        onPriceOnly: z.boolean().exactOptional(),
      })
      .transform(({ percent, ...tax }) => ({ ...tax, ratePpm: percent })),
    z.strictObject({ ...taxCommon, kind: z.literal("fixed"), perUnitMinor: z.int().min(0).max(1e7) }),
  ],
  { error: "a tax: kind `percent` with `percent` or `ratePpm`, or kind `fixed` with `perUnitMinor`" },
);

const roundingDefault = { per: "line", stepMinor: 1, rule: "half-up" } as const;
const confirmDefault: ConfirmLimits = {
  quantityMilli: 1_000_000,
  tenderTimes: 10,
  tenderAboveMinor: null,
  priceChangeBp: 5000,
  floatMinor: null,
};
const approvalDefault: ApprovalLimits = { discountBp: 2000, refundMinor: null, refundAloneMinor: 10_000 };

const storeSettingsSchema = z
  .strictObject({
    name,
    currency: z.string().refine(isCurrencyCode, { error: "an ISO 4217 code with minor units, such as EUR" }),
    timeZone: z.string().refine(isTimeZone, { error: "an IANA time zone, such as Europe/Berlin" }),
    dayBoundaryMinutes: z.int().min(0).max(1439).default(0),
    taxClasses: z
      .array(z.strictObject({ id, name, taxes: z.array(taxSchema).max(8) }))
      .min(1)
      .max(100),
    taxRounding: z
      .strictObject({ per: z.enum(["line", "document"]), stepMinor: z.int().min(1).max(1e6), rule })
      .default(roundingDefault),
    departments: z
      .array(z.strictObject({ id, name, taxClassId: id, ageYears: z.int().min(1).max(120).exactOptional() }))
      .min(1)
      .max(1000),
    tenderMethods: z
      .array(
        z.strictObject({
          id,
          name,
          kind: z.enum(["cash", "card", "other"]),
          givesChange: z.boolean().exactOptional(),
        }),
      )
      .min(1)
      .max(50),
    cashRounding: z
      .strictObject({ stepMinor: z.int().min(1).max(1e6), rule })
      .default({ stepMinor: 1, rule: "half-up" }),
    discountReasons: z.array(name).max(50).default([]),
    variableMeasures: z
      .array(z.strictObject({ pattern: z.string().max(80), measure: z.enum(["price", "weight"]) }))
      .max(20)
      .default([]),
    receiptHeader: lines.default([]),
    receiptFooter: lines.default([]),
    confirm: z
      .strictObject({
        quantityMilli: z.int().min(1).default(confirmDefault.quantityMilli),
        tenderTimes: z.int().min(1).default(confirmDefault.tenderTimes),
        tenderAboveMinor: minor.nullable().default(confirmDefault.tenderAboveMinor),
        priceChangeBp: z.int().min(0).default(confirmDefault.priceChangeBp),
        floatMinor: minor.nullable().default(confirmDefault.floatMinor),
      })
      .default(confirmDefault),
    approval: z
      .strictObject({
        discountBp: z.int().min(0).max(10_000).default(approvalDefault.discountBp),
        refundMinor: minor.nullable().default(approvalDefault.refundMinor),
        refundAloneMinor: minor.default(approvalDefault.refundAloneMinor),
      })
      .default(approvalDefault),
  })
  .superRefine((settings, context) => {
    const problem = (path: (string | number)[], message: string): void =>
      context.addIssue({ code: "custom", path, message });
    for (const list of ["taxClasses", "departments", "tenderMethods"] as const)
      for (const [at, one] of settings[list].entries())
        if (settings[list].findIndex((other) => other.id === one.id) < at)
          problem([list, at, "id"], `"${one.id}" is there twice`);
    for (const [at, department] of settings.departments.entries())
      if (!settings.taxClasses.some((taxClass) => taxClass.id === department.taxClassId))
        problem(["departments", at, "taxClassId"], `no tax class "${department.taxClassId}"`);
    for (const [at, measure] of settings.variableMeasures.entries()) {
      if (!isCurrencyCode(settings.currency)) break;
      const compiled = compilePattern(measure, currencyOf(settings.currency).digits);
      if (compiled.type === "bad-pattern") problem(["variableMeasures", at, "pattern"], compiled.problem);
    }
    if (!settings.tenderMethods.some((method) => method.kind === "cash"))
      problem(["tenderMethods"], "one of them must be of kind `cash`");
    checkTaxes(settings.taxClasses, problem);
  });

/** A tax's id may stand in several classes, but then it is the same tax: the receipt has one row for it. */
function checkTaxes(
  taxClasses: readonly TaxClass[],
  problem: (path: (string | number)[], message: string) => void,
): void {
  const seen = new Map<string, string>();
  for (const [at, taxClass] of taxClasses.entries())
    for (const [index, tax] of taxClass.taxes.entries()) {
      if (taxClass.taxes.findIndex((other) => other.id === tax.id) < index)
        problem(["taxClasses", at, "taxes", index, "id"], `"${tax.id}" is there twice`);
      const meaning = JSON.stringify([
        tax.name,
        tax.kind === "percent" ? tax.ratePpm : tax.perUnitMinor,
        tax.kind,
        tax.included,
      ]);
      if ((seen.get(tax.id) ?? meaning) !== meaning)
        problem(["taxClasses", at, "taxes", index], `"${tax.id}" means another tax in another class`);
      seen.set(tax.id, meaning);
    }
}

function isTimeZone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: text }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false;
  }
}
