import type { HashHex } from "#schema/bytes.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import { type FloorDocument, type LiveCart, floorCart, readCart } from "#schema/documents/floor.ts";
import type { TradeFold } from "#schema/documents/fold/trade.ts";

/** A cart that somebody may still work on, and the floor document it lies in. */
export interface CartAt {
  readonly floor: DocumentName;
  readonly cart: LiveCart;
  /** Sold already, but for what these lines and tenders say: see `remainderOf`. */
  readonly remainder: boolean;
}

/**
 * The carts of all open floors that are not finished, kept up with the documents change by change. A cart is finished
 * when it was abandoned, or when records have sold all that is in it; whether it was is asked of the records, so a
 * crash between the record and the closing of the cart makes no difference.
 */
export class Carts {
  readonly #trade: TradeFold;
  readonly #open = new Map<string, CartAt>();
  readonly #floorOf = new Map<string, DocumentName>();
  readonly #seen = new Map<DocumentName, FloorDocument>();

  constructor(trade: TradeFold) {
    this.#trade = trade;
  }

  /** Reads what is new in a floor; cheap when little is. Answers whether anything was. */
  read(name: DocumentName, floor: FloorDocument): boolean {
    const before = this.#seen.get(name);
    this.#seen.set(name, floor);
    let changed = false;
    for (const [bucket, carts] of Object.entries(floor.carts)) {
      const old = before?.carts[bucket];
      if (old === carts) continue;
      for (const id of Object.keys(carts))
        if (old?.[id] !== carts[id]) {
          this.#judge(name, floor, id);
          changed = true;
        }
    }
    return changed;
  }

  /** To be called when a record of the cart was folded. */
  recordCame(cart: string): void {
    const name = this.#floorOf.get(cart);
    if (name) this.#judge(name, this.#seen.get(name)!, cart);
  }

  get(id: string): CartAt | undefined {
    return this.#open.get(id);
  }

  /** Where a cart lies, finished or not. */
  floorOf(id: string): DocumentName | undefined {
    return this.#floorOf.get(id);
  }

  all(): IterableIterator<CartAt> {
    return this.#open.values();
  }

  #judge(name: DocumentName, floor: FloorDocument, id: string): void {
    this.#floorOf.set(id, name);
    const sold = this.#trade.receiptsOfCart(id);
    if (sold.length > 0 && this.#isPlainlySold(floor, id, sold)) {
      this.#open.delete(id);
      return;
    }
    const cart = readCart(floor, id);
    // Abandoned here while money was taken for it elsewhere: it is not gone while the money is in it.
    if (!cart || (cart.state === "voided" && cart.tenders.every((tender) => tender.void)))
      this.#open.delete(id);
    else if (sold.length === 0 && cart.closedBy.length === 0)
      this.#open.set(id, { floor: name, cart, remainder: false });
    else {
      const rest = cart.closedBy.every((hash) => sold.includes(hash))
        ? remainderOf(cart, this.#trade, sold)
        : undefined;
      if (rest) this.#open.set(id, { floor: name, cart: rest, remainder: true });
      else this.#open.delete(id);
    }
  }

  /** The end of most carts, told without reading what was in them: at the start of a till there are thousands. */
  #isPlainlySold(floor: FloorDocument, id: string, sold: readonly HashHex[]): boolean {
    const cart = floorCart(floor, id);
    if (!cart?.lines || !cart.tenders || !cart.closed) return false;
    return (
      Object.keys(cart.closed).every((hash) => sold.includes(hash as HashHex)) &&
      Object.entries(cart.lines).every(
        ([line, { qty, void: struck }]) => struck === true || this.#trade.coveredOfCartLine(id, line) === qty,
      ) &&
      Object.entries(cart.tenders).every(
        ([tender, { void: struck }]) => struck === true || this.#trade.countsTender(tender),
      )
    );
  }
}

/**
 * What of a cart its records did not sell: a line, or more of a line, that another till added as it was being paid, and
 * money that another till took meanwhile. Undefined when nothing is left. Its lines are named by what was covered
 * before them, so a remainder that two tills sell apart is seen to be the same.
 */
function remainderOf(cart: LiveCart, trade: TradeFold, sold: readonly HashHex[]): LiveCart | undefined {
  const bodies = sold.flatMap((hash) => trade.receiptBody(hash) ?? []);
  const counted = new Set(bodies.flatMap((body) => body.tenders.map((tender) => tender.id)));
  const tenders = cart.tenders.filter((tender) => !tender.void && !counted.has(tender.id));
  const lines = (cart.state === "voided" ? [] : cart.lines).flatMap((line) => {
    const covered = trade.coveredOfCartLine(cart.id, line.id);
    const rest = line.void ? 0 : line.qty - covered;
    if (rest === 0 || (covered !== 0 && Math.sign(rest) !== Math.sign(covered))) return [];
    if (covered === 0) return [line];
    const { fixed: _sold, ...item } = line.item;
    return [{ ...line, id: `${line.id}+${covered}`, item, qty: rest, discount: percentOnly(line.discount) }];
  });
  if (lines.length === 0 && tenders.length === 0) return undefined;
  return { ...cart, lines, tenders, discount: percentOnly(cart.discount) };
}

/** A sum was given already; a percentage holds for the rest as well. */
function percentOnly(discount: LiveCart["discount"]): LiveCart["discount"] {
  return discount?.kind === "percent" ? discount : null;
}
