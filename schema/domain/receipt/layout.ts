import type { ReceiptLine } from "../../wire/views.ts";
import type { TaxTotal, Unit } from "../cart/cart.ts";
import { formatDecimal, formatMilli, formatPercentPpm } from "../money/decimal.ts";
import type { ReceiptWords } from "./words.ts";
import { cells, receiptColumns, wrap } from "./wrap.ts";

/** A finished receipt as its record tells it; figures signed as there, below zero where goods or money go back. */
export interface ReceiptContent {
  readonly kind: "sale" | "refund" | "void";
  readonly storeName: string;
  readonly header: readonly string[];
  readonly footer: readonly string[];
  /** Already in words: `formatLocal`. */
  readonly time: string;
  readonly number: string;
  readonly tillLabel: string;
  readonly staffName: string;
  /** The number of the receipt that this one voids. */
  readonly ofNumber?: string;
  readonly customer?: { readonly name: string; readonly taxExemptCertificate?: string };
  readonly lines: readonly ReceiptItem[];
  readonly subtotalMinor: number;
  /** On the whole cart, by reason; what came back takes its share back below zero. */
  readonly cartDiscounts: readonly { readonly amountMinor: number; readonly reason: string }[];
  readonly exemptedMinor: number;
  readonly taxes: readonly TaxTotal[];
  readonly totalMinor: number;
  readonly roundingMinor: number;
  readonly tenders: readonly { readonly methodName: string; readonly amountMinor: number }[];
  readonly changeMinor: number;
  readonly savingsMinor: number;
  /** Printed again: says so at the top and the bottom. */
  readonly copy: boolean;
  /** What a scanner finds this receipt by. */
  readonly barcode?: string;
}

export interface ReceiptItem {
  readonly name: string;
  readonly quantityMilli: number;
  readonly unit: Unit;
  readonly unitPriceMinor: number;
  /** The price-book price, where another was charged, and why. */
  readonly was?: { readonly priceMinor: number; readonly reason: string };
  readonly grossMinor: number;
  /** Its own, not its share of the cart's. */
  readonly discounts: readonly { readonly amountMinor: number; readonly reason: string }[];
  readonly isReturn: boolean;
  readonly returnReason?: string;
  /** The number of the receipt it was sold on. */
  readonly ofNumber?: string;
}

/**
 * Lays a receipt out for 42 columns: no text is wider, a name that is too long wraps above its amount. Every figure
 * that makes up the total is there, so that a customer can add it up by hand.
 */
export function layOutReceipt(
  content: ReceiptContent,
  words: ReceiptWords,
  currency: { readonly code: string; readonly digits: number },
): ReceiptLine[] {
  const money = (amountMinor: number): string =>
    formatDecimal(amountMinor, currency.digits).replace(".", words.decimalPoint);
  const quantity = (milli: number): string => formatMilli(milli).replace(".", words.decimalPoint);
  return [
    ...head(content, words),
    rule,
    ...content.lines.flatMap((line) => itemLines(line, words, money, quantity)),
    ...(content.lines.length === 0 ? [] : [rule]),
    ...sumLines(content, words, money, currency.code),
    ...taxLines(content.taxes, words, money),
    ...foot(content, words, money),
  ];
}

type Format = (value: number) => string;

const rule: ReceiptLine = { kind: "rule", left: "" };

function head(content: ReceiptContent, words: ReceiptWords): ReceiptLine[] {
  const { customer } = content;
  return [
    ...copyMark(content, words),
    ...title(content.storeName),
    ...content.header.flatMap(text),
    ...(content.kind === "sale" ? [] : title(words[content.kind])),
    ...row(`${words.receipt} ${content.number}`, content.time),
    ...row(content.tillLabel, `${words.servedBy} ${content.staffName}`),
    ...(content.ofNumber === undefined ? [] : text(`${words.ofReceipt} ${content.ofNumber}`)),
    ...(customer ? text(`${words.customer}: ${customer.name}`) : []),
    ...(customer?.taxExemptCertificate === undefined
      ? []
      : text(`${words.taxExempt} ${customer.taxExemptCertificate}`)),
  ];
}

function itemLines(line: ReceiptItem, words: ReceiptWords, money: Format, quantity: Format): ReceiptLine[] {
  const unit = words.units[line.unit];
  const per = unit === "" ? "" : `/${unit}`;
  const amount = `${quantity(Math.abs(line.quantityMilli))}${unit === "" ? "" : ` ${unit}`}`;
  const single = line.unit === "piece" && Math.abs(line.quantityMilli) === 1000;
  const back = line.isReturn ? [words.returned, line.returnReason, line.ofNumber] : [];
  const returned = back.filter((part) => part !== undefined && part !== "").join(", ");
  return [
    ...row(line.name, money(line.grossMinor)),
    ...(single && !line.was ? [] : text(`  ${amount} x ${money(line.unitPriceMinor)}${per}`)),
    ...(line.was ? text(`  ${words.insteadOf} ${money(line.was.priceMinor)}${per}: ${line.was.reason}`) : []),
    ...(returned === "" ? [] : text(`  ${returned}`)),
    ...line.discounts.flatMap((one) => row(`  ${words.discount}: ${one.reason}`, money(0 - one.amountMinor))),
  ];
}

function sumLines(content: ReceiptContent, words: ReceiptWords, money: Format, code: string): ReceiptLine[] {
  const added = content.taxes.filter((tax) => !tax.included && tax.taxMinor !== 0);
  const steps = [
    ...content.cartDiscounts.flatMap((one) =>
      row(`${words.discount}: ${one.reason}`, money(0 - one.amountMinor)),
    ),
    ...(content.exemptedMinor === 0 ? [] : row(words.taxTakenOff, money(0 - content.exemptedMinor))),
    ...added.flatMap((tax) => row(taxName(tax, words), money(tax.taxMinor))),
  ];
  return [
    ...(steps.length === 0 ? [] : [...row(words.subtotal, money(content.subtotalMinor)), ...steps]),
    { kind: "total", left: `${words.total} ${code}`, right: money(content.totalMinor) },
    ...(content.roundingMinor === 0 ? [] : row(words.rounding, money(content.roundingMinor))),
    ...content.tenders.flatMap((tender) =>
      row(
        tender.amountMinor < 0 ? `${words.paidOut}: ${tender.methodName}` : tender.methodName,
        money(Math.abs(tender.amountMinor)),
      ),
    ),
    ...(content.changeMinor === 0 ? [] : row(words.change, money(content.changeMinor))),
  ];
}

function taxLines(taxes: readonly TaxTotal[], words: ReceiptWords, money: Format): ReceiptLine[] {
  if (taxes.every((tax) => tax.taxId === null)) return [];
  return [
    rule,
    ...text(words.taxHeading),
    ...taxes.flatMap((tax) =>
      row(`${taxName(tax, words)} ${words.taxOn} ${money(tax.baseMinor)}`, money(tax.taxMinor)),
    ),
  ];
}

function taxName(tax: TaxTotal, words: ReceiptWords): string {
  if (tax.taxId === null) return words.exempt;
  if (tax.ratePpm === null) return tax.name;
  const percent = `${formatPercentPpm(tax.ratePpm).replace(".", words.decimalPoint)}%`;
  return tax.name.includes(percent) ? tax.name : `${tax.name} ${percent}`;
}

function foot(content: ReceiptContent, words: ReceiptWords, money: Format): ReceiptLine[] {
  return [
    ...(content.savingsMinor > 0 ? [rule, ...row(words.savings, money(content.savingsMinor))] : []),
    ...(content.footer.length > 0 ? [rule, ...content.footer.flatMap(text)] : []),
    ...(content.barcode === undefined ? [] : [{ kind: "barcode" as const, left: content.barcode }]),
    ...copyMark(content, words),
  ];
}

function copyMark(content: ReceiptContent, words: ReceiptWords): ReceiptLine[] {
  return content.copy ? title(words.copy) : [];
}

/** Titles are set twice as wide. */
function title(words: string): ReceiptLine[] {
  return wrap(words, receiptColumns / 2).map((left) => ({ kind: "title", left }));
}

function text(words: string): ReceiptLine[] {
  const indent = words.startsWith("  ") ? "  " : "";
  return wrap(words, receiptColumns - indent.length).map((line) => ({ kind: "text", left: indent + line }));
}

/** The right side stands on the last line of the left. */
function row(left: string, right: string): ReceiptLine[] {
  const indent = left.startsWith("  ") ? "  " : "";
  const room = receiptColumns - cells(right) - 1 - indent.length;
  if (room < -indent.length) return [...text(left), ...text(right)];
  // A right side that leaves no room stands alone under the left.
  if (room < receiptColumns / 3) return [...text(left), { kind: "row", left: "", right }];
  const lines = wrap(left, room).map((line) => indent + line);
  const last = lines.pop()!;
  return [
    ...lines.map((line): ReceiptLine => ({ kind: "text", left: line })),
    { kind: "row", left: last, right },
  ];
}
