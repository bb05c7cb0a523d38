import {
  type FloorDocument,
  type LineItem,
  addLine,
  cartId,
  floorCart,
  nextLineId,
  openCart,
  setLineQuantity,
  setLineVoid,
} from "#schema/documents/floor.ts";
import { documentName } from "#schema/documents/names.ts";
import { type ParsedBarcode, lookupKeys, parseBarcode } from "#schema/domain/barcode/parse-barcode.ts";
import { confirmPrice, confirmQuantity } from "#schema/domain/limits/confirm.ts";
import type { PriceBookItem } from "#schema/domain/price-book/item.ts";
import { changeCart, pricedNow } from "../cart-access.ts";
import { confirmRefusal } from "../confirm.ts";
import { barcodeRulesOf, settingsOf, today } from "../context.ts";
import { type Outcome, type Refusal, answer, refuse } from "../outcome.ts";
import { remember, takeInHand } from "../session.ts";
import type { Call, UseCase } from "../use-case.ts";

interface Added {
  readonly lineId: string;
  readonly name: string;
  readonly totalMinor: number;
}

export const scan: UseCase<"scan"> = (call, input) => {
  const { context } = call;
  const code = parseBarcode(input.code, barcodeRulesOf(settingsOf(context)));
  const now = context.clock.now();
  const item =
    context.shop.prices.byBarcode(lookupKeys(code), now) ?? context.shop.prices.item(input.code.trim(), now);
  if (!item && code.type === "bad") return badCode(code);
  if (!item)
    return refuse("unknown-barcode", `not in the price book: ${input.code}. Search, or sell as department`, {
      code: input.code,
    });
  return addItemLine(call, item, measureOf(code, item, input.quantityMilli), input.code, input.confirm);
};

export const addItem: UseCase<"addItem"> = (call, input) => {
  const item = call.context.shop.prices.item(input.itemId, call.context.clock.now());
  if (!item) return refuse("unknown-item", `no such item: ${input.itemId}`, { itemId: input.itemId });
  return addItemLine(call, item, { quantityMilli: input.quantityMilli }, undefined, input.confirm);
};

export const addDepartment: UseCase<"addDepartment"> = (call, input) => {
  const department = settingsOf(call.context).departments.find((one) => one.id === input.departmentId);
  if (!department)
    return refuse("bad-input", `no such department: ${input.departmentId}`, {
      field: "departmentId",
      problem: "unknown",
    });
  const line: LineItem = {
    item: null,
    name: input.name ?? department.name,
    dept: department.id,
    class: department.taxClassId,
    unit: "piece",
    price: input.priceMinor,
    ...(department.ageYears === undefined ? {} : { age: department.ageYears }),
  };
  return add(call, line, input.quantityMilli ?? 1000, input.confirm);
};

function addItemLine(
  call: Call,
  item: PriceBookItem,
  measure: { readonly quantityMilli?: number | undefined; readonly fixed?: number | undefined },
  code: string | undefined,
  confirmed: boolean | undefined,
): Outcome<Added> {
  if (item.openPrice === true)
    return refuse("price-needed", `${item.name} has no price of its own: sell it under its department`, {
      name: item.name,
      departmentId: item.departmentId,
    });
  if (measure.quantityMilli === undefined && measure.fixed === undefined && item.unit !== "piece")
    return refuse("weight-needed", `${item.name} is sold by ${item.unit}: give its measure`, {
      name: item.name,
      unit: item.unit,
      itemId: item.itemId,
    });
  const department = settingsOf(call.context).departments.find((one) => one.id === item.departmentId);
  const age = Math.max(item.ageYears ?? 0, department?.ageYears ?? 0);
  const line: LineItem = {
    item: item.itemId,
    name: item.name,
    dept: item.departmentId,
    class: item.taxClassId,
    unit: item.unit,
    price: item.priceMinor,
    ...(measure.fixed === undefined ? {} : { fixed: measure.fixed }),
    ...(age > 0 ? { age } : {}),
    ...(code === undefined ? {} : { code }),
  };
  return add(call, line, measure.quantityMilli ?? fixedQuantity(item, measure.fixed), confirmed);
}

/** Puts a line into the cart in hand, or into a new one. */
export function add(
  call: Call,
  item: LineItem,
  quantityMilli: number,
  confirmed: boolean | undefined,
): Outcome<Added> {
  const { context, session } = call;
  if (quantityMilli === 0)
    return refuse("bad-input", "a quantity of zero", { field: "quantityMilli", problem: "zero" });
  const parted = partedPiece(item, quantityMilli);
  if (parted) return parted;
  if (quantityMilli < 0 && item.of === undefined)
    return refuse("bad-input", "to take goods back, use a return", {
      field: "quantityMilli",
      problem: "sign",
    });
  if (!context.shop.trade.openShift(context.device)) return refuse("no-shift", "open a shift first");
  const limits = settingsOf(context).confirm;
  const doubt =
    confirmQuantity(quantityMilli, limits) ??
    (item.of === undefined ? confirmPrice(item.fixed ?? item.price, null, limits) : null);
  if (doubt && confirmed !== true) return confirmRefusal(doubt);
  const cart = inHandOrNew(call);
  if (typeof cart !== "string") return cart;
  const at = context.shop.carts.get(cart)!;
  const last = at.cart.lines.at(-1);
  const again =
    last &&
    !at.remainder &&
    session.lastLine === last.id &&
    !last.void &&
    !last.price &&
    !last.discount &&
    sameGoods(last.item, item) &&
    context.neighbourhood.holders(cart).length === 0;
  const lineId = again
    ? last.id
    : nextLineId(floorCart(context.replica.doc<FloorDocument>(at.floor), cart)!, context.random(3));
  if (again) {
    const before = last.qty;
    changeCart(context, at, (draft) => setLineQuantity(draft, lineId, before + quantityMilli));
    remember(session, { cart, apply: (draft) => setLineQuantity(draft, lineId, before) });
  } else {
    changeCart(context, at, (draft) => addLine(draft, lineId, item, quantityMilli));
    remember(session, { cart, apply: (draft) => setLineVoid(draft, lineId, true) });
  }
  session.lastLine = lineId;
  const line = pricedNow(context, cart)?.totals.lines.find((one) => one.lineId === lineId);
  return answer({ lineId, name: item.name, totalMinor: line?.subtotalMinor ?? 0 });
}

/** The cart in hand; where there is none, or it is finished, an empty one is opened in today's floor. */
export function inHandOrNew(call: Call): string | Refusal {
  const { context, session } = call;
  if (session.cart !== null && context.shop.carts.get(session.cart)) return session.cart;
  if (context.vault.status() !== "ok")
    return refuse("storage-full", "the disk is full: nothing more can be recorded");
  const floor = documentName({
    store: context.store,
    kind: "floor",
    device: context.device,
    day: today(context),
  });
  if (!context.replica.isOpen(floor)) return refuse("busy", "the day is being opened: try again");
  const id = cartId(context.random(8));
  const time = context.clock.now();
  context.replica.change<FloorDocument>(
    floor,
    (document) =>
      openCart(document, id, {
        time,
        device: context.device,
        staff: session.staff.id,
        name: session.staff.name,
      }),
    time,
  );
  takeInHand(session, id);
  return id;
}

/** What is sold by the piece is sold whole. */
export function partedPiece(
  item: Pick<LineItem, "unit" | "name">,
  quantityMilli: number,
): Refusal | undefined {
  if (item.unit !== "piece" || quantityMilli % 1000 === 0) return undefined;
  return refuse("bad-input", `${item.name} is sold by the piece`, {
    field: "quantityMilli",
    problem: "part of a piece",
  });
}

function badCode(code: Extract<ParsedBarcode, { type: "bad" }>): Refusal {
  if (code.reason === "check-digit" || code.reason === "measure-digit")
    return refuse("bad-check-digit", `misread: the check digit of ${code.code} is wrong; scan again`, {
      code: code.code,
    });
  return refuse("unknown-barcode", `not a barcode: ${code.detail ?? code.reason}`, { code: code.code });
}

/** What the code itself says of how much, or for how much. */
function measureOf(
  code: ParsedBarcode,
  item: PriceBookItem,
  quantityMilli: number | undefined,
): { readonly quantityMilli?: number | undefined; readonly fixed?: number | undefined } {
  if (code.type !== "variable" && code.type !== "gs1") return { quantityMilli };
  const weight = "weightGrams" in code ? code.weightGrams : undefined;
  const price = "priceMinor" in code ? code.priceMinor : undefined;
  if (weight !== undefined && item.unit === "kg") return { quantityMilli: weight };
  if (code.type === "gs1" && code.volumeMl !== undefined && item.unit === "l")
    return { quantityMilli: code.volumeMl };
  if (price !== undefined) return { fixed: price, ...(quantityMilli === undefined ? {} : { quantityMilli }) };
  if (code.type === "gs1" && code.count !== undefined && item.unit === "piece")
    return { quantityMilli: code.count * 1000 };
  return { quantityMilli };
}

/** The measure behind a price that the label carries: what it buys at the unit price, one piece for goods by the piece. */
function fixedQuantity(item: PriceBookItem, fixed: number | undefined): number {
  if (fixed === undefined || item.unit === "piece" || item.priceMinor === 0) return 1000;
  return Math.max(1, Math.round((fixed * 1000) / item.priceMinor));
}

function sameGoods(a: LineItem, b: LineItem): boolean {
  return (
    a.item !== null &&
    a.item === b.item &&
    a.unit === "piece" &&
    a.fixed === undefined &&
    b.fixed === undefined &&
    a.of === undefined &&
    b.of === undefined &&
    a.price === b.price &&
    a.name === b.name
  );
}
