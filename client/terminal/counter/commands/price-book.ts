import {
  type Base,
  type StockContained,
  decodeBase,
  describeBase,
  encodeBase,
  newestBase,
} from "#schema/documents/base.ts";
import { sealSegment } from "#schema/documents/segment.ts";
import { encodeBalances } from "#schema/documents/stock-balances.ts";
import type { StoreDocument } from "#schema/documents/store-document.ts";
import { documentName } from "#schema/documents/names.ts";
import { type PriceEdit, type PricesDocument, putEdit } from "#schema/documents/prices.ts";
import { encodeColumns } from "#schema/domain/price-book/columns.ts";
import { importPriceBook as readCsv } from "#schema/domain/price-book/import-csv.ts";
import { currencyOf } from "#schema/domain/money/currency.ts";
import { type PriceBookItem, compareItemIds } from "#schema/domain/price-book/item.ts";
import type { ImportReport } from "#schema/wire/views.ts";
import { type CounterContext, settingsOf, stateOf } from "../context.ts";
import { type Outcome, answer, done, refuse } from "../outcome.ts";
import type { UseCase } from "../use-case.ts";

/** Items of one segment: small enough to fetch again, large enough to compress well. */
const itemsPerSegment = 4000;
const maxBadRows = 1000;

/** All or nothing: with one bad row, or with `check`, nothing is published. */
export const importPriceBook: UseCase<"importPriceBook"> = async ({ context, command }, input) => {
  const { currency, departments, taxClasses } = settingsOf(context);
  const reading = readCsv(input.csv, {
    currency: currencyOf(currency),
    departments,
    taxClassIds: taxClasses.map((taxClass) => taxClass.id),
  });
  let step = reading.next();
  while (step.done !== true) {
    command.onProgress?.(step.value * 0.7, "reading");
    await breathe();
    step = reading.next();
  }
  const { items, bad, rows, stock } = step.value;
  const report: ImportReport = { rows, good: items.length, bad: bad.slice(0, maxBadRows), published: null };
  if (input.check === true || bad.length > 0) return answer(report);
  if (items.length === 0) return refuse("import-rejected", "the file has no items");
  command.onProgress?.(0.8, "publishing");
  const published = await publishPrices(context, items);
  if (!published.ok) return published;
  if (!context.shop.stockBase() && stock.length > 0) {
    const counted = await publishBalances(
      context,
      new Map(stock.map((one) => [one.itemId, one.quantityMilli])),
    );
    if (!counted.ok) return counted;
  }
  await context.shop.settled();
  command.onProgress?.(1, "published");
  return answer({ ...report, published: { generation: published.value.generation, items: items.length } });
};

export const publishStock: UseCase<"publishStock"> = async ({ context }) => {
  const published = await publishBalances(context, null);
  return published.ok ? done : published;
};

async function publishPrices(
  context: CounterContext,
  items: readonly PriceBookItem[],
): Promise<Outcome<Base>> {
  const sorted = items.toSorted((a, b) => compareItemIds(a.itemId, b.itemId));
  const plain: Uint8Array[] = [];
  for (let at = 0; at < sorted.length; at += itemsPerSegment) {
    plain.push(encodeColumns(sorted.slice(at, at + itemsPerSegment)));
    await breathe();
  }
  const edits = context.shop.pricesDocument();
  const heads = context.replica.isOpen(edits) ? context.replica.heads(edits) : [];
  const after = context.shop.prices.base()?.generation ?? null;
  return await publish(context, "prices", plain, sorted.length, { kind: "prices", after, heads });
}

/** `counted` is what the shelf holds now; null: what the records make of the base before. */
export async function publishBalances(
  context: CounterContext,
  counted: ReadonlyMap<string, number> | null,
): Promise<Outcome<Base>> {
  const { stock, trade } = context.shop;
  const positions = trade.positions(stock.contained());
  const balances = counted ?? stock.upTo(positions);
  const contains: StockContained = { kind: "stock", positions: [...positions.values()] };
  return await publish(context, "stock", [encodeBalances(balances)], balances.size, contains);
}

/** The segments are on this disk before the document names them. */
async function publish(
  context: CounterContext,
  kind: Base["kind"],
  plain: readonly Uint8Array[],
  items: number,
  contains: Base["contains"],
): Promise<Outcome<Base>> {
  const sealed: ReturnType<typeof sealSegment>[] = [];
  for (const bytes of plain) {
    sealed.push(sealSegment(bytes, context.compressor, context.random));
    await breathe();
  }
  // Newer than any there is, or a till whose clock was ahead would have the last word for ever.
  const newest = newestBase(stateOf(context).bases, kind);
  const time = Math.max(context.clock.now(), (newest?.time ?? 0) + 1);
  const base = describeBase({
    store: context.store,
    kind,
    time,
    device: context.device,
    segments: sealed.map((segment) => segment.ref),
    items,
    contains,
  });
  const { id, bytes } = encodeBase(base, context.key);
  const scheduled = kind === "prices" ? [...context.shop.prices.edits.scheduledAfter(time)] : [];
  try {
    await keepScheduled(context, base, scheduled);
    await context.segments.put(sealed.map((segment) => ({ hash: segment.ref.hash, bytes: segment.sealed })));
    const name = documentName({ store: context.store, kind: "store" });
    context.replica.change<StoreDocument>(
      name,
      (document) => {
        for (const [other, signed] of Object.entries(document.bases))
          if (superseded(decodeBase(signed), base)) delete document.bases[other];
        document.bases[id] = bytes;
      },
      time,
    );
    await context.replica.settle({ durable: true });
    return answer(base);
  } catch {
    return refuse("storage-full", "the disk is full: nothing was published");
  }
}

/** What this base was made on top of, and knew, is no longer needed; one published apart from it stays. */
function superseded(old: Base | undefined, by: Base): boolean {
  if (!old || old.kind !== by.kind || old.time > by.time) return false;
  if (by.contains.kind === "prices") return old.generation === by.contains.after;
  const known = new Map(by.contains.positions.map((position) => [position.device, position]));
  return (
    old.contains.kind === "stock" &&
    old.contains.positions.every((position) => {
      const now = known.get(position.device);
      return (
        now && (now.series > position.series || (now.series === position.series && now.seq >= position.seq))
      );
    })
  );
}

/** Lets sales go on in between. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** A file says what things cost now, and nothing of prices that were set to change later: they go over to the new book. */
async function keepScheduled(
  context: CounterContext,
  base: Base,
  scheduled: readonly PriceEdit[],
): Promise<void> {
  if (scheduled.length === 0) return;
  const name = documentName({ store: context.store, kind: "prices", generation: base.generation });
  await context.replica.open(name);
  const { device, key } = context;
  context.replica.change<PricesDocument>(
    name,
    (document) => {
      for (const edit of scheduled) putEdit(document, { ...edit, device, time: base.time }, key);
    },
    base.time,
  );
}
