import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import type { ResultOf } from "#schema/wire/screen.ts";
import type { CartLineView } from "#schema/wire/views.ts";
import { emptyEntry, type Entry, typeEntry } from "../keys/entry.ts";
import { useDesk } from "../parts/desk.tsx";
import { useKeyLayer, useView, useWords } from "../parts/screen-context.tsx";
import {
  type ActionId,
  actionOf,
  actions,
  backFrom,
  home,
  type Pane,
  type SaleState,
  type Wanted,
} from "./sale-state.ts";
import { newRequestId } from "./request-id.ts";
import { useSearch, type Search } from "./use-search.ts";

interface Counter {
  readonly state: SaleState;
  readonly pane: Pane;
  readonly show: (pane: Pane) => void;
  readonly back: () => void;
  readonly entry: Entry;
  readonly type: (key: string) => void;
  readonly clearEntry: () => void;
  readonly search: Search;
  readonly select: (lineId: string) => void;
  readonly lookUp: (code: string) => void;
  readonly addItem: (itemId: string) => void;
  /** Adds what waited for its weight or volume. */
  readonly addWeighed: (of: Wanted, quantityMilli: number) => void;
  readonly act: (id: ActionId) => void;
  readonly whyNot: (id: ActionId) => string | null;
  readonly nextSale: () => void;
  /** Keeps the count for the screen that follows: closing the shift takes this one away. */
  readonly shiftClosed: (closed: ResultOf<"closeShift">) => void;
}

interface Chosen {
  readonly lineId: string;
  readonly cartId: string | null;
  readonly lastLineId: string | null;
}

const CounterContext = createContext<Counter | null>(null);

export function useCounter(): Counter {
  const counter = useContext(CounterContext);
  if (!counter) throw new Error("drawn outside a CounterProvider");
  return counter;
}

/** What the cashier has in hand, beside what the till knows: the entry, the pane, the chosen line; and all the keys. */
export function CounterProvider(props: {
  readonly onShiftClosed: (closed: ResultOf<"closeShift">) => void;
  readonly children: ReactNode;
}): ReactNode {
  const { run, say, message } = useDesk();
  const words = useWords();
  const cart = useView("cart");
  const paid = useView("paid");
  const session = useView("session");
  if (!session) throw new Error("no session");
  const [wanted, setPane] = useState<Pane>(home);
  const show = useCallback(
    (next: Pane): void => {
      setPane(next);
      say(null);
    },
    [say],
  );
  const [entry, setEntry] = useState<Entry>(emptyEntry);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const search = useSearch();
  const { clear: clearSearch } = search;

  const lastLineId = cart?.lastLineId ?? null;
  const cartId = cart?.cartId ?? null;
  // A line stays chosen until another is added: then that one is.
  const chosenLineId =
    chosen?.cartId === cartId && chosen?.lastLineId === lastLineId ? chosen.lineId : lastLineId;
  const selected: CartLineView | null =
    cart?.lines.find((line) => line.lineId === chosenLineId) ?? cart?.lines.at(-1) ?? null;
  const select = useCallback(
    (lineId: string) => setChosen({ lineId, cartId, lastLineId }),
    [cartId, lastLineId],
  );

  const isPaid = cart === null && paid !== null;
  const pane = cart === null && wanted.type === "tender" ? home : wanted;

  const state: SaleState = useMemo(
    () => ({ cart, paid, selected, session }),
    [cart, paid, selected, session],
  );
  const whyNot = (id: ActionId): string | null => {
    const reason = actions[id].unavailable(state);
    return reason === null ? null : words.reasons[reason];
  };

  const quantity = entry.quantityMilli === null ? {} : { quantityMilli: entry.quantityMilli };
  const afterAdding = (): void => {
    setEntry(emptyEntry);
    clearSearch();
    if (pane.type !== "tender") setPane(home);
  };
  const add = async (of: Wanted, milli: { readonly quantityMilli?: number }): Promise<void> => {
    const outcome =
      of.type === "code"
        ? await run("scan", { code: of.code, ...milli })
        : await run("addItem", { itemId: of.itemId, ...milli });
    if (outcome.ok) return;
    const { code, params } = outcome.error;
    const name = String(params["name"] ?? "");
    if (code === "weight-needed") {
      show({ type: "weight", name, unit: params["unit"] === "l" ? "l" : "kg", of });
    } else if (code === "price-needed") {
      show({ type: "department", departmentId: String(params["departmentId"] ?? ""), name });
    }
  };
  const want = (of: Wanted): void => {
    void add(of, quantity);
    afterAdding();
  };
  const lookUp = (code: string): void => want({ type: "code", code });
  const addItem = (itemId: string): void => want({ type: "item", itemId });
  const nextSale = (): void => {
    show(home);
    void run("newCart", {});
  };

  const act = (id: ActionId): void => {
    const why = whyNot(id);
    if (why !== null) return say({ type: "note", text: why });
    switch (id) {
      case "search":
        show(home);
        requestAnimationFrame(search.focus);
        return;
      case "pay":
        if (pane.type === "tender") {
          if (cart?.blocked === null)
            void run("complete", { cartId: cart.cartId, requestId: newRequestId() });
          else say({ type: "note", text: words.reasons.notPaid });
        } else show(cart?.ageNeeded ? { type: "age" } : { type: "tender" });
        return;
      case "void":
        if (selected) void run("voidLine", { lineId: selected.lineId });
        return;
      case "undo":
        void run("undo", {});
        return;
      case "quantity": {
        const typed = typeEntry(entry, "*").quantityMilli;
        if (selected && entry.text !== "" && typed !== null) {
          void run("setQuantity", { lineId: selected.lineId, quantityMilli: typed });
          setEntry(emptyEntry);
        } else show({ type: "quantity" });
        return;
      }
      case "discount":
        return show({ type: "discount", of: "line" });
      case "departments":
        show(home);
        requestAnimationFrame(() => document.querySelector<HTMLElement>("[data-department]")?.focus());
        return;
      case "keys":
      case "price":
      case "suspend":
      case "carts":
      case "receipts":
      case "menu":
        return show({ type: id });
    }
  };

  const back = (): void => {
    if (pane.type !== "home") show(backFrom(pane));
    else if (search.text !== "" || search.focused) clearSearch();
    else if (entry.text !== "" || entry.quantityMilli !== null) setEntry(emptyEntry);
    else if (message !== null) say(null);
    else if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  };

  const step = (by: number): boolean => {
    if (!cart || cart.lines.length === 0) return false;
    const at = cart.lines.findIndex((line) => line.lineId === selected?.lineId);
    const next = cart.lines[Math.min(cart.lines.length - 1, Math.max(0, at + by))];
    if (next) select(next.lineId);
    return true;
  };

  useKeyLayer(0, {
    onScan: (code) => {
      lookUp(code);
      return true;
    },
    onKey: (key, inText) => {
      if (key === "Escape") {
        back();
        return true;
      }
      const id = inText && (key === "?" || key === "Delete" || key === "Ctrl+z") ? null : actionOf(key);
      if (id !== null) {
        act(id);
        return true;
      }
      if (inText || pane.type !== "home") return false;
      if (key === "ArrowUp") return step(-1);
      if (key === "ArrowDown") return step(1);
      if (key === "Backspace") {
        setEntry(typeEntry(entry, key));
        return true;
      }
      if (key === "Enter" && entry.text !== "") {
        lookUp(entry.text);
        return true;
      }
      if (key === "Enter" && isPaid && !(document.activeElement instanceof HTMLButtonElement)) {
        nextSale();
        return true;
      }
      if (key === "+") {
        act("pay");
        return true;
      }
      return false;
    },
    onCharacter: (character) => {
      if (pane.type !== "home") return false;
      if (/[\d.,*]/.test(character)) {
        setEntry((before) => typeEntry(before, character));
        return true;
      }
      if (/\p{L}/u.test(character)) {
        search.begin(character);
        return true;
      }
      return false;
    },
  });

  const counter: Counter = {
    state,
    pane,
    show,
    back,
    entry,
    type: (key) => setEntry((before) => typeEntry(before, key)),
    clearEntry: () => setEntry(emptyEntry),
    search,
    select,
    lookUp,
    addItem,
    addWeighed: (of, quantityMilli) => void add(of, { quantityMilli }).then(() => show(home)),
    act,
    whyNot,
    nextSale,
    shiftClosed: props.onShiftClosed,
  };
  return <CounterContext value={counter}>{props.children}</CounterContext>;
}
