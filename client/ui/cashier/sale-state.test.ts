import { expect, it } from "vitest";
import { type ActionId, actionOf, actions, backFrom, home, type Pane, type SaleState } from "./sale-state.ts";

const session = { staffId: "s", name: "A", role: "cashier" as const, may: [] };
const nothing: SaleState = { cart: null, paid: null, selected: null, session };

it("gives every action a key of its own, and finds it by that key", () => {
  const ids = Object.keys(actions) as ActionId[];
  expect(new Set(ids.map((id) => actions[id].key)).size).toBe(ids.length);
  for (const id of ids) expect(actionOf(actions[id].key)).toBe(id);
  expect(actionOf("?")).toBe("keys");
  expect(actionOf("q")).toBeNull();
});

it("says why what needs goods or a line cannot be used without them", () => {
  expect(actions.pay.unavailable(nothing)).toBe("emptyCart");
  expect(actions.void.unavailable(nothing)).toBe("noLine");
  expect(actions.undo.unavailable(nothing)).toBe("nothingToUndo");
  expect(actions.carts.unavailable()).toBeNull();
});

it("leads back to the sale from every panel, in two steps at most", () => {
  const panes: readonly Pane[] = [
    { type: "tender" },
    { type: "receipt", receiptId: "r" },
    { type: "discount", of: "cart" },
    { type: "discount", of: "line" },
    { type: "no-receipt" },
    { type: "close-shift" },
    { type: "keys" },
  ];
  for (const pane of panes) expect([backFrom(pane), backFrom(backFrom(pane))]).toContainEqual(home);
});
