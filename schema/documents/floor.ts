import { z } from "zod";
import { type Bytes, type DeviceId, type HashHex, type TimeMs, fromHex, toHex } from "../bytes.ts";
import type { Canonical } from "../canonical.ts";
import { bucketOf } from "./genesis.ts";
import { fromValue, mapFromValue, toValue } from "./value.ts";

/**
 * The Automerge shape of the carts opened at one till on one trading day. Any till of the store may change any of
 * them. What merges by itself is a field of its own; what only makes sense as a whole is one opaque value.
 */
export interface FloorDocument {
  v: number;
  carts: Record<string, Record<string, FloorCart>>;
  counts: Record<string, Bytes>;
}

export interface FloorCart {
  /** Canonical `{time, device, staff, name}`: never changes. */
  opened: Bytes;
  /** The till that has it in hand; 32 bytes. */
  at: Bytes;
  /** 0 open, 1 put aside, 2 abandoned. A cart is closed by what stands in `closed`. */
  state: number;
  label?: Bytes;
  discount?: Bytes;
  customer?: Bytes;
  /** The age, in years, that somebody checked. */
  age?: number;
  lines: Record<string, FloorLine>;
  tenders: Record<string, FloorTender>;
  /** Who agreed to something in it, each a canonical `LiveApproval`, under an id of its own. */
  agreed?: Record<string, Bytes>;
  /** Why and by whom it was abandoned: canonical `{reason, staff, name, time}`. */
  dropped?: Bytes;
  /** Hashes of the records that sold it. More than one: paid apart, or a remainder paid later. */
  closed: Record<string, boolean>;
}

interface FloorLine {
  /** Canonical `LineItem`: what was scanned, as it was then. */
  item: Bytes;
  qty: number;
  price?: Bytes;
  discount?: Bytes;
  void?: boolean;
}

interface FloorTender {
  of: Bytes;
  void?: boolean;
}

/** What a line sells, fixed when it was added. Amounts in minor units. */
export interface LineItem {
  readonly item: string | null;
  readonly name: string;
  readonly dept: string;
  readonly class: string;
  readonly unit: "piece" | "kg" | "l";
  /** Per piece, kilogram or litre. */
  readonly price: number;
  /** The whole line's price, where the barcode said it. */
  readonly fixed?: number;
  readonly age?: number;
  readonly code?: string;
  /** For a return: the receipt's record and line (from 1), or null without a receipt; and why. */
  readonly of?: { readonly record: HashHex; readonly line: number } | null;
  readonly reason?: string;
}

export type LiveDiscount =
  | { readonly kind: "percent"; readonly percentBp: number; readonly reason: string }
  | { readonly kind: "amount"; readonly amountMinor: number; readonly reason: string };

export interface LivePrice {
  readonly priceMinor: number;
  readonly reason: string;
}

export interface LiveTender {
  readonly id: string;
  readonly method: string;
  readonly kind: "cash" | "card" | "other";
  readonly amount: number;
  readonly ref?: string;
  readonly time: TimeMs;
  readonly device: DeviceId;
}

export interface LiveLine {
  readonly id: string;
  readonly item: LineItem;
  readonly qty: number;
  readonly price: LivePrice | null;
  readonly discount: LiveDiscount | null;
  readonly void: boolean;
}

export interface LiveCustomer {
  readonly name: string;
  readonly certificate?: string;
}

/** Another person's agreement to something the cashier may not do alone. */
export interface LiveApproval {
  readonly permission: string;
  readonly staff: { readonly id: string; readonly name: string };
}

/** A cart as every till reads it. */
export interface LiveCart {
  readonly id: string;
  readonly openedMs: TimeMs;
  readonly openedAt: DeviceId;
  readonly staff: { readonly id: string; readonly name: string };
  readonly at: DeviceId;
  readonly state: "open" | "suspended" | "voided";
  readonly label: string;
  readonly discount: LiveDiscount | null;
  readonly customer: LiveCustomer | null;
  readonly age: number | null;
  /** In the order in which they were added. */
  readonly lines: readonly LiveLine[];
  readonly tenders: readonly (LiveTender & { readonly void: boolean })[];
  readonly approvals: readonly LiveApproval[];
  readonly closedBy: readonly HashHex[];
}

/** 16 hex digits. */
export function cartId(random: Bytes): string {
  return toHex(random.subarray(0, 8));
}

/** The key of a new line: sorts after all that are there; the tail keeps two tills' lines apart. */
export function nextLineId(cart: Pick<FloorCart, "lines">, random: Bytes): string {
  let last = -1;
  for (const id of Object.keys(cart.lines)) last = Math.max(last, Number.parseInt(id, 36));
  return `${(last + 1).toString(36).padStart(3, "0")}-${toHex(random.subarray(0, 3))}`;
}

export function floorCart(document: FloorDocument, id: string): FloorCart | undefined {
  return document.carts[cartBucket(id)]?.[id];
}

export function cartBucket(id: string): string {
  return bucketOf(Number.parseInt(id.slice(0, 2), 16) || 0);
}

const minor = z.int().min(-1e12).max(1e12);
const amount = z.int().min(0).max(1e12);
const lineItemSchema = z.object({
  item: z.string().nullable(),
  name: z.string(),
  dept: z.string(),
  class: z.string(),
  unit: z.enum(["piece", "kg", "l"]),
  price: amount,
  fixed: amount.exactOptional(),
  age: z.int().exactOptional(),
  code: z.string().exactOptional(),
  of: z
    .object({ record: z.string(), line: z.int().min(1) })
    .nullable()
    .exactOptional(),
  reason: z.string().exactOptional(),
});
const priceSchema = z.object({ priceMinor: amount, reason: z.string() });
const discountSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("percent"), percentBp: z.int().min(0).max(10_000), reason: z.string() }),
  z.object({ kind: z.literal("amount"), amountMinor: amount, reason: z.string() }),
]);
const customerSchema = z.object({ name: z.string(), certificate: z.string().exactOptional() });
const tenderSchema = z.object({
  method: z.string(),
  kind: z.enum(["cash", "card", "other"]),
  amount: minor,
  ref: z.string().exactOptional(),
  time: z.int(),
  device: z.instanceof(Uint8Array),
});

// Changes: each is made inside one Automerge change, on a draft.

export function openCart(
  document: FloorDocument,
  id: string,
  by: { readonly time: TimeMs; readonly device: DeviceId; readonly staff: string; readonly name: string },
): FloorCart {
  const bucket = document.carts[cartBucket(id)]!;
  bucket[id] = {
    opened: toValue({ time: by.time, device: fromHex(by.device), staff: by.staff, name: by.name }),
    at: fromHex(by.device),
    state: 0,
    lines: {},
    tenders: {},
    agreed: {},
    closed: {},
  };
  return bucket[id];
}

export function addLine(cart: FloorCart, id: string, item: LineItem, qty: number): void {
  cart.lines[id] = { item: toValue(plain(item)), qty };
}

export function setLineQuantity(cart: FloorCart, id: string, qty: number): void {
  cart.lines[id]!.qty = qty;
}

export function setLinePrice(cart: FloorCart, id: string, price: LivePrice | null): void {
  const line = cart.lines[id]!;
  if (price) line.price = toValue(plain(price));
  else delete line.price;
}

export function setLineDiscount(cart: FloorCart, id: string, discount: LiveDiscount | null): void {
  const line = cart.lines[id]!;
  if (discount) line.discount = toValue(plain(discount));
  else delete line.discount;
}

export function setLineVoid(cart: FloorCart, id: string, voided: boolean): void {
  const line = cart.lines[id]!;
  if (voided) line.void = true;
  else delete line.void;
}

export function setCartDiscount(cart: FloorCart, discount: LiveDiscount | null): void {
  if (discount) cart.discount = toValue(plain(discount));
  else delete cart.discount;
}

export function setCartCustomer(cart: FloorCart, customer: LiveCustomer | null): void {
  if (customer) cart.customer = toValue(plain(customer));
  else delete cart.customer;
}

export function setCartAge(cart: FloorCart, years: number | null): void {
  if (years === null) delete cart.age;
  else cart.age = years;
}

export function suspendCart(cart: FloorCart, label: string): void {
  cart.state = 1;
  if (label) cart.label = toValue(label);
}

export function takeCart(cart: FloorCart, device: DeviceId): void {
  cart.at = fromHex(device);
  cart.state = 0;
}

export function voidCart(
  cart: FloorCart,
  by: { readonly reason: string; readonly staff: string; readonly name: string; readonly time: TimeMs },
): void {
  cart.state = 2;
  cart.dropped = toValue(plain(by));
}

export function addApproval(cart: FloorCart, id: string, approval: LiveApproval): void {
  cart.agreed ??= {};
  cart.agreed[id] = toValue(plain(approval));
}

export function addTender(cart: FloorCart, tender: LiveTender): void {
  const { id, ...rest } = tender;
  cart.tenders[id] = { of: toValue(plain({ ...rest, device: fromHex(tender.device) })) };
}

export function voidTender(cart: FloorCart, id: string, voided: boolean): void {
  const tender = cart.tenders[id]!;
  if (voided) tender.void = true;
  else delete tender.void;
}

export function closeCart(cart: FloorCart, record: HashHex): void {
  cart.closed[record] = true;
}

/** Undefined where what stands there is not a cart; a reader never falls over what another till wrote. */
export function readCart(document: FloorDocument, id: string): LiveCart | undefined {
  const cart = floorCart(document, id);
  const opened = mapFromValue(cart?.opened);
  if (!cart || !opened) return undefined;
  const label = fromValue(cart.label);
  return {
    id,
    openedMs: typeof opened.time === "number" ? opened.time : 0,
    openedAt: deviceFrom(opened.device),
    staff: { id: textFrom(opened.staff), name: textFrom(opened.name) },
    at: deviceFrom(cart.at),
    state: cart.state === 2 ? "voided" : cart.state === 1 ? "suspended" : "open",
    label: typeof label === "string" ? label : "",
    discount: discountFrom(cart.discount),
    customer: readAs(customerSchema, cart.customer) ?? null,
    age: typeof cart.age === "number" ? cart.age : null,
    lines: Object.keys(cart.lines ?? {})
      .toSorted()
      .flatMap((lineId) => readLine(lineId, cart.lines[lineId]!)),
    tenders: Object.keys(cart.tenders ?? {})
      .flatMap((tenderId) => readTender(tenderId, cart.tenders[tenderId]!))
      .toSorted((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1)),
    approvals: Object.keys(cart.agreed ?? {})
      .toSorted()
      .flatMap((id) => approvalFrom(cart.agreed?.[id])),
    closedBy: Object.keys(cart.closed ?? {}).toSorted() as HashHex[],
  };
}

function readLine(id: string, line: FloorLine): LiveLine[] {
  const item = readAs(lineItemSchema, line.item);
  if (!item || !Number.isSafeInteger(line.qty)) return [];
  return [
    {
      id,
      item: item as LineItem,
      qty: line.qty,
      price: readAs(priceSchema, line.price) ?? null,
      discount: discountFrom(line.discount),
      void: line.void === true,
    },
  ];
}

function readTender(id: string, tender: FloorTender): (LiveTender & { void: boolean })[] {
  const of = readAs(tenderSchema, tender.of);
  if (!of) return [];
  return [
    {
      ...of,
      id,
      device: deviceFrom(of.device),
      void: tender.void === true,
    },
  ];
}

function discountFrom(bytes: Bytes | undefined): LiveDiscount | null {
  return readAs(discountSchema, bytes) ?? null;
}

function approvalFrom(bytes: unknown): LiveApproval[] {
  const approval = mapFromValue(bytes) as LiveApproval | undefined;
  if (typeof approval?.permission !== "string" || typeof approval.staff?.id !== "string") return [];
  return [approval];
}

function deviceFrom(bytes: unknown): DeviceId {
  return (bytes instanceof Uint8Array ? toHex(bytes) : "") as DeviceId;
}

function textFrom(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The same value is read again with every change of its cart: what it says is found out once. */
const readBefore = new WeakMap<Bytes, { readonly schema: z.ZodType; readonly value: unknown }>();

function readAs<T>(schema: z.ZodType<T>, bytes: unknown): T | undefined {
  if (!(bytes instanceof Uint8Array)) return undefined;
  const before = readBefore.get(bytes);
  if (before?.schema === schema) return before.value as T | undefined;
  const value = schema.safeParse(fromValue(bytes)).data;
  readBefore.set(bytes, { schema, value });
  return value;
}

/** Optional fields that are undefined have no canonical form and are left out. */
function plain(value: object): Canonical {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
