import type { PriceBookItem } from "#schema/domain/price-book/item.ts";
import type { Shop } from "#terminal/shop/shop.ts";
import { type CounterContext, settingsOf } from "./context.ts";

export interface SortedSearch {
  readonly text: string;
  readonly sort: "name" | "department" | "price" | "stock";
  readonly descending: boolean;
}

interface SortedOrder {
  readonly key: string;
  readonly madeMs: number;
  readonly itemIds: readonly string[];
}

/** Somebody who scrolls asks for page after page; for so long the order stays as it was, whatever is sold meanwhile. */
const keptMs = 5000;

const lastOrder = new WeakMap<Shop, SortedOrder>();

/** A page of all that match, ordered by one column; items that are equal there stay in the order they were found in. */
export function sortedPage(
  context: CounterContext,
  search: SortedSearch,
  limit: number,
  offset: number,
): { items: PriceBookItem[]; total: number } {
  const { shop } = context;
  const now = context.clock.now();
  const key = JSON.stringify([search.text, search.sort, search.descending, shop.prices.base()?.generation]);
  let order = lastOrder.get(shop);
  if (order?.key !== key || now - order.madeMs > keptMs) {
    order = { key, madeMs: now, itemIds: sortAll(context, search) };
    lastOrder.set(shop, order);
  }
  const page = order.itemIds.slice(offset, offset + limit);
  return {
    items: page.flatMap((itemId) => shop.prices.item(itemId, now) ?? []),
    total: order.itemIds.length,
  };
}

function sortAll(context: CounterContext, { text, sort, descending }: SortedSearch): string[] {
  const { prices, stock } = context.shop;
  const departments = new Map(
    settingsOf(context).departments.map(({ id, name }) => [id, name.toLowerCase()]),
  );
  const keyOf: Record<typeof sort, (item: PriceBookItem) => string | number> = {
    name: (item) => item.name.toLowerCase(),
    department: (item) => departments.get(item.departmentId) ?? item.departmentId,
    price: (item) => item.priceMinor,
    stock: (item) => stock.of(item.itemId) ?? Number.NEGATIVE_INFINITY,
  };
  const found = prices.search(text, Math.max(1, prices.size), 0, context.clock.now());
  const keyed = found.items.map((item) => ({ itemId: item.itemId, key: keyOf[sort](item) }));
  const way = descending ? -1 : 1;
  keyed.sort((a, b) => (a.key < b.key ? -way : a.key > b.key ? way : 0));
  return keyed.map(({ itemId }) => itemId);
}
