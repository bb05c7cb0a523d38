import type { RecordBody } from "#schema/documents/record-body.ts";
import { confirmFloat } from "#schema/domain/limits/confirm.ts";
import { approve } from "../approval.ts";
import { confirmRefusal } from "../confirm.ts";
import { type CounterContext, randomId, settingsOf, today } from "../context.ts";
import { type Outcome, answer, done, refuse } from "../outcome.ts";
import type { Session } from "../session.ts";
import type { UseCase } from "../use-case.ts";

export const openShift: UseCase<"openShift"> = async ({ context, session }, input) => {
  const open = context.shop.trade.openShift(context.device);
  if (open) return refuse("shift-open", `a shift is open since ${new Date(open.openedMs).toISOString()}`);
  const doubt = confirmFloat(input.floatMinor, settingsOf(context).confirm);
  if (doubt && input.confirm !== true) return confirmRefusal(doubt);
  const id = randomId(context, 8);
  return await appendOr(context, "shift", {
    event: "open",
    id,
    day: today(context),
    staff: staffOf(session),
    float: input.floatMinor,
  });
};

export const closeShift: UseCase<"closeShift"> = async ({ context, session }, input) => {
  const shift = context.shop.trade.openShift(context.device);
  if (!shift) return refuse("no-shift", "no shift is open on this till");
  const inHand = [...context.shop.carts.all()].find(
    ({ cart }) => cart.at === context.device && cart.tenders.some((one) => !one.void),
  );
  if (inHand) return refuse("has-tenders", "a cart has been paid in part: finish it first");
  const expected = context.shop.trade.expectedCash(shift);
  const closed = await appendOr(context, "shift", {
    event: "close",
    id: shift.id,
    day: today(context),
    staff: staffOf(session),
    expected,
    counted: input.countedCashMinor,
    ...(input.note === undefined ? {} : { note: input.note }),
  });
  return closed.ok
    ? answer({
        expectedCashMinor: expected,
        countedCashMinor: input.countedCashMinor,
        overShortMinor: input.countedCashMinor - expected,
      })
    : closed;
};

export const moveCash: UseCase<"moveCash"> = async ({ context, session }, input) => {
  const shift = context.shop.trade.openShift(context.device);
  if (!shift) return refuse("no-shift", "open a shift first");
  const doubt = confirmFloat(input.amountMinor, settingsOf(context).confirm);
  if (doubt && input.confirm !== true) return confirmRefusal(doubt);
  return await appendOr(context, "cash", {
    day: today(context),
    shift: shift.id,
    staff: staffOf(session),
    direction: input.direction,
    amount: input.amountMinor,
    reason: input.reason,
  });
};

/** Opening the drawer without a sale is on record, with who agreed to it. */
export const openDrawer: UseCase<"openDrawer"> = async ({ context, session, pins }, input) => {
  const shift = context.shop.trade.openShift(context.device);
  if (!shift) return refuse("no-shift", "open a shift first");
  const approved = await approve(context, pins, session, { type: "open-drawer" }, input.approval);
  if (!approved.ok) return approved;
  return await appendOr(context, "cash", {
    day: today(context),
    shift: shift.id,
    staff: staffOf(session),
    direction: "no-sale",
    amount: 0,
    reason: input.reason,
    ...(approved.by ? { approvals: [approved.by] } : {}),
  });
};

export function staffOf(session: Session): { readonly id: string; readonly name: string } {
  return { id: session.staff.id, name: session.staff.name };
}

/** Appends a record of a kind that bears no receipt number. */
export async function appendOr<Kind extends "shift" | "cash" | "stock" | "settle">(
  context: CounterContext,
  kind: Kind,
  body: RecordBody<Kind>,
): Promise<Outcome<null>> {
  try {
    await context.journal.append(kind, today(context), context.clock.now(), () => body);
    return done;
  } catch {
    return refuse("storage-full", "the disk is full: nothing was recorded");
  }
}
