import type { CartLineView, CartView, PaidView, SessionView } from "#schema/wire/views.ts";
import type { Words } from "../words/words.ts";

/** What of the till decides which keys may be used. */
export interface SaleState {
  readonly cart: CartView | null;
  readonly paid: PaidView | null;
  readonly selected: CartLineView | null;
  readonly session: SessionView;
}

/** What the pane beside the cart shows. Escape leads from each to `backFrom` it. */
export type Pane =
  | { readonly type: "home" }
  | { readonly type: "tender" }
  | { readonly type: "quantity" }
  | { readonly type: "discount"; readonly of: "line" | "cart" }
  | { readonly type: "price" }
  | { readonly type: "department"; readonly departmentId: string; readonly name?: string }
  /** Goods that are sold by weight or volume, waiting for how much. */
  | { readonly type: "weight"; readonly name: string; readonly unit: "kg" | "l"; readonly of: Wanted }
  | { readonly type: "suspend" }
  | { readonly type: "carts" }
  | { readonly type: "receipts" }
  | { readonly type: "receipt"; readonly receiptId: string }
  | { readonly type: "no-receipt" }
  | { readonly type: "customer" }
  | { readonly type: "age" }
  | { readonly type: "menu" }
  | { readonly type: "cash" }
  | { readonly type: "drawer" }
  | { readonly type: "void-cart" }
  | { readonly type: "close-shift" }
  | { readonly type: "network" }
  | { readonly type: "keys" };

/** What was asked for: a code, or an item of the price book. */
export type Wanted =
  | { readonly type: "code"; readonly code: string }
  | { readonly type: "item"; readonly itemId: string };

export const home: Pane = { type: "home" };

/** One step back. */
export function backFrom(pane: Pane): Pane {
  switch (pane.type) {
    case "receipt":
      return { type: "receipts" };
    case "no-receipt":
    case "customer":
    case "cash":
    case "drawer":
    case "void-cart":
    case "close-shift":
      return { type: "menu" };
    case "discount":
      return pane.of === "cart" ? { type: "menu" } : home;
    case "home":
    case "tender":
    case "quantity":
    case "price":
    case "department":
    case "weight":
    case "suspend":
    case "carts":
    case "receipts":
    case "age":
    case "menu":
    case "network":
    case "keys":
      return home;
  }
}

type Reason = keyof Words["reasons"];

/** The keys of the till that depend on nothing but the state of the sale. */
export type ActionId =
  | "keys"
  | "search"
  | "quantity"
  | "discount"
  | "price"
  | "suspend"
  | "carts"
  | "receipts"
  | "pay"
  | "menu"
  | "departments"
  | "void"
  | "undo";

interface ActionSpec {
  /** As the keyboard names it. */
  readonly key: string;
  /** As it is printed on the key. */
  readonly shown: string;
  /** Why it cannot be used now; null when it can. */
  readonly unavailable: (state: SaleState) => Reason | null;
}

const always = (): null => null;
const needsLine = (state: SaleState): Reason | null => (state.selected ? null : "noLine");
const needsGoods = (state: SaleState): Reason | null =>
  state.cart && state.cart.lines.length > 0 ? null : "emptyCart";

/** One table for the keys on the screen, the keyboard, and the page that explains them. */
export const actions = {
  keys: { key: "F1", shown: "F1", unavailable: always },
  search: { key: "F2", shown: "F2", unavailable: always },
  quantity: { key: "F3", shown: "F3", unavailable: needsLine },
  discount: {
    key: "F4",
    shown: "F4",
    unavailable: (state) => needsLine(state) ?? (state.selected?.isReturn ? "returnLine" : null),
  },
  price: {
    key: "F5",
    shown: "F5",
    unavailable: (state) => needsLine(state) ?? (state.selected?.isReturn ? "returnLine" : null),
  },
  suspend: { key: "F6", shown: "F6", unavailable: needsGoods },
  carts: { key: "F7", shown: "F7", unavailable: always },
  receipts: { key: "F8", shown: "F8", unavailable: always },
  pay: {
    key: "F9",
    shown: "F9",
    unavailable: (state) => {
      if (!state.cart || state.cart.lines.length === 0) return "emptyCart";
      if (state.cart.blocked === "storage-full") return "storageFull";
      return null;
    },
  },
  menu: { key: "F10", shown: "F10", unavailable: always },
  departments: { key: "F12", shown: "F12", unavailable: always },
  void: { key: "Delete", shown: "Del", unavailable: needsLine },
  undo: {
    key: "Ctrl+z",
    shown: "Ctrl Z",
    unavailable: (state) => (state.cart?.canUndo ? null : "nothingToUndo"),
  },
} as const satisfies Record<ActionId, ActionSpec>;

/** The action a key stands for. */
export function actionOf(key: string): ActionId | null {
  if (key === "?") return "keys";
  for (const [id, action] of Object.entries(actions)) if (action.key === key) return id as ActionId;
  return null;
}
