import type { Permission } from "../../wire/views.ts";
import type { ApprovalLimits } from "../settings.ts";

export type Role = "cashier" | "supervisor" | "manager";

/** Who may do what without asking. The one table: screens show the reason from it. */
export const permissions = {
  cashier: ["sell", "discount", "refund"],
  supervisor: [
    "sell",
    "discount",
    "override-price",
    "refund",
    "refund-without-receipt",
    "void-sale",
    "open-drawer",
  ],
  manager: [
    "sell",
    "discount",
    "override-price",
    "refund",
    "refund-without-receipt",
    "void-sale",
    "open-drawer",
    "manage",
  ],
} as const satisfies Record<Role, readonly Permission[]>;

export function may(role: Role, permission: Permission): boolean {
  const granted: readonly Permission[] = permissions[role];
  return granted.includes(permission);
}

/** What somebody is about to do, with the figures its limits are about. */
export type Act =
  | {
      readonly type:
        | "sell"
        | "override-price"
        | "refund-without-receipt"
        | "void-sale"
        | "open-drawer"
        | "manage";
    }
  | {
      readonly type: "discount";
      /** What comes off, all discounts on the same goods together. */
      readonly reductionMinor: number;
      readonly ofMinor: number;
    }
  | {
      readonly type: "refund";
      /** What the cart gives back by receipt, as a positive amount. */
      readonly refundMinor: number;
      /** No other till can be reached: nobody can know what was refunded elsewhere. */
      readonly alone: boolean;
    };

/**
 * The permission that somebody else must lend for this act; null when the person may do it alone. Over a limit, a
 * cashier needs the agreement of anyone for whom this is null.
 */
export function approvalNeeded(role: Role, act: Act, limits: ApprovalLimits): Permission | null {
  if (!may(role, act.type)) return act.type;
  return role === "cashier" && beyond(act, limits) ? act.type : null;
}

function beyond(act: Act, limits: ApprovalLimits): boolean {
  switch (act.type) {
    case "discount":
      return BigInt(act.reductionMinor) * 10_000n > BigInt(limits.discountBp) * BigInt(act.ofMinor);
    case "refund":
      return (
        (limits.refundMinor !== null && act.refundMinor > limits.refundMinor) ||
        (act.alone && act.refundMinor > limits.refundAloneMinor)
      );
    default:
      return false;
  }
}
