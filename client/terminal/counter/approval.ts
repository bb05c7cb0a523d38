import { addApproval } from "#schema/documents/floor.ts";
import type { CartAt } from "#terminal/shop/carts.ts";
import { type Act, approvalNeeded } from "#schema/domain/staff/permissions.ts";
import { changeCart } from "./cart-access.ts";
import { type CounterContext, randomId, settingsOf, stateOf } from "./context.ts";
import { type Refusal, refuse } from "./outcome.ts";
import type { PinGuard } from "./pin-guard.ts";
import type { Session } from "./session.ts";

export interface Approval {
  readonly staffId: string;
  readonly pin: string;
}

export interface Approved {
  readonly ok: true;
  /** Null where nobody else had to agree. */
  readonly by: {
    readonly permission: string;
    readonly staff: { readonly id: string; readonly name: string };
  } | null;
}

/** Writes into the cart who agreed, so that its receipt says so whichever till finishes it. */
export function noteApproval(context: CounterContext, at: CartAt, by: Approved["by"]): void {
  if (by) changeCart(context, at, (draft) => addApproval(draft, randomId(context, 4), by));
}

/** Whether the session's person, or another who typed a PIN here, may do this. */
export async function approve(
  context: CounterContext,
  pins: PinGuard,
  session: Session,
  act: Act,
  approval: Approval | undefined,
): Promise<Approved | Refusal> {
  const limits = settingsOf(context).approval;
  const permission = approvalNeeded(session.staff.role, act, limits);
  if (permission === null) return { ok: true, by: null };
  if (!approval)
    return refuse("approval-needed", `this needs somebody else's approval: ${permission}`, { permission });
  const checked = await pins.check(approval.staffId, approval.pin);
  if (!checked.ok) return checked;
  const approver = stateOf(context).staff.get(approval.staffId)!;
  if (approver.id === session.staff.id || approvalNeeded(approver.role, act, limits) !== null)
    return refuse("not-allowed", `${approver.name} may not approve this`, { permission });
  return { ok: true, by: { permission, staff: { id: approver.id, name: approver.name } } };
}
