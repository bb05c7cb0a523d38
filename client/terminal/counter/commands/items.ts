import type { PriceBookItem } from "#schema/domain/price-book/item.ts";
import type { ItemDetailView, ItemView } from "#schema/wire/views.ts";
import { type CounterContext, settingsOf } from "../context.ts";
import { answer, refuse } from "../outcome.ts";
import type { UseCase } from "../use-case.ts";
import { sortedPage } from "../sorted-items.ts";

export const search: UseCase<"search"> = ({ context }, input) => {
  const limit = input.limit ?? 30;
  const offset = input.offset ?? 0;
  const { prices } = context.shop;
  const page =
    input.sort === undefined
      ? prices.search(input.text, limit, offset, context.clock.now())
      : sortedPage(
          context,
          { text: input.text, sort: input.sort, descending: input.descending ?? false },
          limit,
          offset,
        );
  return answer({ items: page.items.map((item) => itemView(context, item)), total: page.total });
};

export const item: UseCase<"item"> = ({ context }, input) => {
  const found = context.shop.prices.item(input.itemId, context.clock.now());
  return found
    ? answer(itemDetail(context, found))
    : refuse("unknown-item", `no such item: ${input.itemId}`, { itemId: input.itemId });
};

export function itemDetail(context: CounterContext, item: PriceBookItem): ItemDetailView {
  const now = context.clock.now();
  const edits = context.shop.prices.edits.of(item.itemId);
  const inForce = context.shop.prices.edits.inForce(item.itemId, now);
  const published = context.shop.prices.published(item.itemId);
  const base = context.shop.prices.base();
  return {
    ...itemView(context, item),
    prices: [
      ...(published && base
        ? [
            {
              priceMinor: published.priceMinor,
              fromMs: base.time,
              staffName: "",
              state: inForce ? ("past" as const) : ("in-force" as const),
            },
          ]
        : []),
      ...edits.map((edit) => ({
        priceMinor: edit.value!,
        fromMs: edit.from,
        staffName: edit.staff.name,
        state:
          edit === inForce
            ? ("in-force" as const)
            : !edit.now && edit.from > now
              ? ("scheduled" as const)
              : ("past" as const),
      })),
    ],
    spread: context.neighbourhood
      .pricesSpread()
      .map((till) => ({ ...till, label: context.shop.labelOf(till.device) })),
  };
}

function itemView(context: CounterContext, item: PriceBookItem): ItemView {
  const department = settingsOf(context).departments.find((one) => one.id === item.departmentId);
  return {
    itemId: item.itemId,
    name: item.name,
    barcodes: item.barcodes,
    departmentId: item.departmentId,
    departmentName: department?.name ?? item.departmentId,
    unit: item.unit,
    priceMinor: item.priceMinor,
    taxClass: item.taxClassId,
    stockMilli: context.shop.stock.of(item.itemId) ?? null,
    ...(item.ageYears === undefined ? {} : { ageYears: item.ageYears }),
  };
}
