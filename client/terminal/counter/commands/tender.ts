import { addTender, voidTender } from "#schema/documents/floor.ts";
import { confirmTender } from "#schema/domain/limits/confirm.ts";
import { refuseTender } from "#schema/domain/tender/settle.ts";
import { blockedReason } from "../blocked.ts";
import { cartInHand, changeCart, isRefusal, pricedNow } from "../cart-access.ts";
import { confirmRefusal } from "../confirm.ts";
import { randomId, settingsOf } from "../context.ts";
import { type Outcome, answer, done, refuse } from "../outcome.ts";
import type { UseCase } from "../use-case.ts";
import { pricedAt } from "./change-line.ts";

interface Tendered {
  readonly tenderId: string;
  readonly dueMinor: number;
  readonly changeMinor: number;
}

/** On disk before it is acknowledged: whoever takes the cart over knows that the money was taken. */
export const tender: UseCase<"tender"> = async (call, input) => {
  const { context, session } = call;
  const request = input.requestId === undefined ? undefined : `tender/${input.requestId}`;
  const repeated = request === undefined ? undefined : session.replies.get(request);
  if (repeated) return repeated as Outcome<Tendered>;
  const at = cartInHand(context, session);
  if (isRefusal(at)) return at;
  const settings = settingsOf(context);
  const priced = pricedAt(call, at);
  const blocked = blockedReason(context, priced);
  if (blocked && blocked.error.code !== "not-paid") return blocked;
  const next = { method: input.method, amountMinor: input.amountMinor };
  const refusal = refuseTender(priced.totals.totalMinor, priced.tenders, next, settings);
  if (refusal)
    switch (refusal.type) {
      case "unknown-method":
        return refuse("bad-input", `no such tender: ${refusal.method}`, {
          field: "method",
          problem: "unknown",
        });
      case "already-paid":
        return refuse("already-paid", "the cart is paid");
      case "wrong-direction":
      case "over-tender":
        return refuse("over-tender", "that is more than is due", { dueMinor: refusal.dueMinor });
    }
  const doubt = confirmTender(
    input.amountMinor,
    priced.settlement.dueMinor,
    settings.confirm,
    settings.currency,
  );
  if (doubt && input.confirm !== true) return confirmRefusal(doubt);
  const method = settings.tenderMethods.find((one) => one.id === input.method)!;
  const id = randomId(context, 6);
  changeCart(context, at, (draft) =>
    addTender(draft, {
      id,
      method: method.id,
      kind: method.kind,
      amount: input.amountMinor,
      time: context.clock.now(),
      device: context.device,
      ...(input.reference === undefined ? {} : { ref: input.reference }),
    }),
  );
  try {
    await context.replica.settle({ durable: true });
  } catch {
    changeCart(context, at, (draft) => voidTender(draft, id, true));
    return refuse("storage-full", "the disk is full: the tender was not recorded, take no money");
  }
  const now = pricedNow(context, at.cart.id)?.settlement;
  const tendered = answer({ tenderId: id, dueMinor: now?.dueMinor ?? 0, changeMinor: now?.changeMinor ?? 0 });
  if (request !== undefined) session.replies.set(request, tendered);
  return tendered;
};

export const removeTender: UseCase<"removeTender"> = async ({ context, session }, input) => {
  const at = cartInHand(context, session);
  if (isRefusal(at)) return at;
  if (!at.cart.tenders.some((one) => one.id === input.tenderId && !one.void))
    return refuse("bad-input", "the cart has no such tender", { field: "tenderId", problem: "unknown" });
  changeCart(context, at, (draft) => voidTender(draft, input.tenderId, true));
  try {
    await context.replica.settle({ durable: true });
  } catch {
    changeCart(context, at, (draft) => voidTender(draft, input.tenderId, false));
    return refuse("storage-full", "the disk is full: the tender stays as it is");
  }
  return done;
};
