import { describe, expect, test } from "vitest";
import type { ApprovalLimits } from "../settings.ts";
import { type Act, type Role, approvalNeeded, may, permissions } from "./permissions.ts";

const limits: ApprovalLimits = { discountBp: 1000, refundMinor: 5000, refundAloneMinor: 1000 };
const roles: readonly Role[] = ["cashier", "supervisor", "manager"];

describe("approval", () => {
  test("each role may all that the one below it may", () => {
    for (const [at, role] of roles.slice(1).entries())
      for (const permission of permissions[roles[at]!]) expect(may(role, permission)).toBe(true);
  });

  test.each<[Act, Role[]]>([
    [{ type: "sell" }, ["cashier", "supervisor", "manager"]],
    [{ type: "refund-without-receipt" }, ["supervisor", "manager"]],
    [{ type: "void-sale" }, ["supervisor", "manager"]],
    [{ type: "override-price" }, ["supervisor", "manager"]],
    [{ type: "open-drawer" }, ["supervisor", "manager"]],
    [{ type: "manage" }, ["manager"]],
    [{ type: "discount", reductionMinor: 10, ofMinor: 100 }, ["cashier", "supervisor", "manager"]],
    [{ type: "discount", reductionMinor: 11, ofMinor: 100 }, ["supervisor", "manager"]],
    [{ type: "discount", reductionMinor: 1, ofMinor: 0 }, ["supervisor", "manager"]],
    [{ type: "refund", refundMinor: 5000, alone: false }, ["cashier", "supervisor", "manager"]],
    [{ type: "refund", refundMinor: 5001, alone: false }, ["supervisor", "manager"]],
    [{ type: "refund", refundMinor: 1001, alone: true }, ["supervisor", "manager"]],
    [{ type: "refund", refundMinor: 1000, alone: true }, ["cashier", "supervisor", "manager"]],
  ])("%o: alone by %j", (act, alone) => {
    expect(roles.filter((role) => approvalNeeded(role, act, limits) === null)).toEqual(alone);
    expect(roles.map((role) => approvalNeeded(role, act, limits)).filter((one) => one !== null)).toEqual(
      roles.filter((role) => !alone.includes(role)).map(() => act.type),
    );
  });

  test("without a limit a cashier refunds any sum, but not alone", () => {
    const open = { ...limits, refundMinor: null };
    expect(approvalNeeded("cashier", { type: "refund", refundMinor: 1e9, alone: false }, open)).toBeNull();
    expect(approvalNeeded("cashier", { type: "refund", refundMinor: 1e9, alone: true }, open)).toBe("refund");
  });
});
