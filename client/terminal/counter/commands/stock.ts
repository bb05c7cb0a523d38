import { stockOfMovement } from "#schema/domain/stock/movements.ts";
import { today } from "../context.ts";
import { refuse } from "../outcome.ts";
import type { UseCase } from "../use-case.ts";
import { appendOr, staffOf } from "./shift.ts";

export const receiveStock: UseCase<"receiveStock"> = async ({ context, session }, input) => {
  const now = context.clock.now();
  const unknown = input.lines.find((line) => !context.shop.prices.item(line.itemId, now));
  if (unknown) return refuse("unknown-item", `no such item: ${unknown.itemId}`, { itemId: unknown.itemId });
  const changes = stockOfMovement(
    input.movement,
    input.lines,
    (itemId) => context.shop.stock.of(itemId) ?? 0,
  );
  return await appendOr(context, "stock", {
    day: today(context),
    staff: staffOf(session),
    movement: input.movement,
    lines: changes.map(({ itemId, quantityMilli }) => ({ item: itemId, qty: quantityMilli })),
    ...(input.reason === undefined ? {} : { reason: input.reason }),
  });
};
