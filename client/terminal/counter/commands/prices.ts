import { type PriceEdit, type PricesDocument, putEdit } from "#schema/documents/prices.ts";
import { confirmPrice } from "#schema/domain/limits/confirm.ts";
import { confirmRefusal } from "../confirm.ts";
import { settingsOf } from "../context.ts";
import { type Refusal, answer, refuse } from "../outcome.ts";
import type { Call, UseCase } from "../use-case.ts";
import { itemDetail } from "./items.ts";
import { staffOf } from "./shift.ts";

const yearMs = 366 * 86_400_000;

export const setPrice: UseCase<"setPrice"> = async (call, input) => {
  const { context } = call;
  const now = context.clock.now();
  const item = context.shop.prices.item(input.itemId, now);
  if (!item) return refuse("unknown-item", `no such item: ${input.itemId}`, { itemId: input.itemId });
  const from = input.from === undefined ? null : Date.parse(input.from);
  if (from !== null && from <= now)
    return refuse("bad-time", "that time has passed: change the price now instead", { problem: "past" });
  if (from !== null && from > now + 2 * yearMs)
    return refuse("bad-time", "that is more than two years away", { problem: "far" });
  const doubt = confirmPrice(input.priceMinor, item.priceMinor, settingsOf(context).confirm);
  if (doubt && input.confirm !== true) return confirmRefusal(doubt);
  const latest = context.shop.prices.edits.inForce(item.itemId, now);
  const written = await write(
    call,
    item.itemId,
    input.priceMinor,
    from ?? Math.max(now, (latest?.from ?? 0) + 1),
    from === null,
  );
  return written ?? answer(itemDetail(context, context.shop.prices.item(item.itemId, now)!));
};

export const cancelPrice: UseCase<"cancelPrice"> = async (call, input) => {
  const { context } = call;
  const now = context.clock.now();
  const from = Date.parse(input.from);
  const scheduled = context.shop.prices.edits
    .of(input.itemId)
    .find((edit) => edit.from === from && !edit.now);
  if (!scheduled || from <= now)
    return refuse("bad-time", "no such price is scheduled", { problem: "unknown" });
  const written = await write(call, input.itemId, null, from, false);
  return written ?? answer(itemDetail(context, context.shop.prices.item(input.itemId, now)!));
};

/** On its way to the neighbours at once, and on disk when this resolves. */
async function write(
  call: Call,
  item: string,
  value: number | null,
  from: number,
  now: boolean,
): Promise<Refusal | undefined> {
  const { context, session } = call;
  const name = context.shop.pricesDocument();
  if (!context.replica.isOpen(name)) return refuse("busy", "the price book is being loaded: try again");
  const time = context.clock.now();
  const edit: PriceEdit = {
    store: context.store,
    device: context.device,
    item,
    field: "price",
    value,
    from,
    now,
    time,
    staff: staffOf(session),
  };
  context.replica.change<PricesDocument>(name, (document) => putEdit(document, edit, context.key), time);
  try {
    await context.replica.settle({ durable: true });
    return undefined;
  } catch {
    return refuse("storage-full", "the disk is full: the neighbours have the price, this till may forget it");
  }
}
