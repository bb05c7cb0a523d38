import type { BlockedReason } from "#schema/wire/views.ts";
import type { PricedCart } from "./cart-model.ts";
import type { CounterContext } from "./context.ts";
import { type Refusal, refuse } from "./outcome.ts";

/** Why a cart cannot be finished now, in the order in which a cashier would mend it; undefined when it can. */
export function blockedReason(
  context: CounterContext,
  priced: PricedCart,
): (Refusal & { readonly reason: BlockedReason }) | undefined {
  const { totals, live, settlement } = priced;
  if (!context.shop.trade.openShift(context.device))
    return because("no-shift", refuse("no-shift", "open a shift first"));
  if (context.vault.status() !== "ok")
    return because(
      "storage-full",
      refuse("storage-full", "the disk is full: take no money that cannot be recorded"),
    );
  if (totals.lines.length === 0 && priced.tenders.length === 0)
    return because("empty", refuse("no-cart", "the cart is empty"));
  const problem = totals.problems[0];
  if (problem)
    return because(
      "unsellable",
      refuse("bad-input", `the cart cannot be sold: ${problem.type}`, {
        field: "cart",
        problem: problem.type,
      }),
    );
  const over = priced.overReturned[0];
  if (over)
    return because(
      "return-too-many",
      refuse("return-too-many", "more is returned than the receipt has left", {
        returnableMilli: over.returnableMilli,
      }),
    );
  if (totals.ageNeeded !== null && (live.age ?? 0) < totals.ageNeeded)
    return because(
      "age-not-checked",
      refuse("age-not-checked", `check the customer's age: ${totals.ageNeeded}`, { years: totals.ageNeeded }),
    );
  if (!settlement.paid)
    return because(
      "not-paid",
      refuse("not-paid", "there is still money due", { dueMinor: settlement.dueMinor }),
    );
  return undefined;
}

function because(reason: BlockedReason, refusal: Refusal): Refusal & { readonly reason: BlockedReason } {
  return { ...refusal, reason };
}
