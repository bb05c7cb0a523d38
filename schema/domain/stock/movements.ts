/** A change of one item's stock, in thousandths: below zero for goods that go out. */
export interface StockChange {
  readonly itemId: string;
  readonly quantityMilli: number;
}

interface SoldGoods {
  /** Null for an open-department sale, of which no stock is kept. */
  readonly itemId: string | null;
  /** Below zero where goods came back. */
  readonly quantityMilli: number;
}

/** What a receipt's lines do to the shelf: what is sold leaves it, what comes back returns. */
export function stockOfReceipt(lines: readonly SoldGoods[]): StockChange[] {
  return merged(
    lines.flatMap(({ itemId, quantityMilli }) =>
      itemId === null ? [] : [{ itemId, quantityMilli: 0 - quantityMilli }],
    ),
  );
}

/** What voiding that receipt does: the opposite. */
export function stockOfVoid(lines: readonly SoldGoods[]): StockChange[] {
  return merged(
    lines.flatMap(({ itemId, quantityMilli }) => (itemId === null ? [] : [{ itemId, quantityMilli }])),
  );
}

export type Movement = "delivery" | "count" | "waste" | "correction";

/**
 * What a booked movement changes. A delivery adds, waste takes away whatever its sign, a correction changes by itself,
 * a count makes the balance what was counted: its change is the difference to what is believed at this till.
 */
export function stockOfMovement(
  movement: Movement,
  lines: readonly StockChange[],
  believed: (itemId: string) => number,
): StockChange[] {
  if (movement !== "count")
    return merged(
      lines.map(({ itemId, quantityMilli }) => ({
        itemId,
        quantityMilli: movement === "waste" ? 0 - Math.abs(quantityMilli) : quantityMilli,
      })),
    );
  // Counted in two places of the store: the counts add up before they are compared.
  return merged(lines).map(({ itemId, quantityMilli }) => ({
    itemId,
    quantityMilli: quantityMilli - believed(itemId),
  }));
}

/** Balances after some changes; what is not in `base` was 0. The order of changes does not matter. */
export function foldStock(
  base: ReadonlyMap<string, number>,
  changes: Iterable<StockChange>,
): Map<string, number> {
  const balances = new Map(base);
  for (const { itemId, quantityMilli } of changes)
    balances.set(itemId, (balances.get(itemId) ?? 0) + quantityMilli);
  return balances;
}

/** Items below zero: goods that were sold and, by the books, not there. They sell all the same and are flagged. */
export function negativeStock(balances: ReadonlyMap<string, number>): StockChange[] {
  return [...balances]
    .filter(([, quantityMilli]) => quantityMilli < 0)
    .map(([itemId, quantityMilli]) => ({ itemId, quantityMilli }))
    .sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
}

/** One change an item, in the order in which the items first come. */
function merged(changes: readonly StockChange[]): StockChange[] {
  return [...foldStock(new Map(), changes)].map(([itemId, quantityMilli]) => ({ itemId, quantityMilli }));
}
