import { currencyOf } from "#schema/domain/money/currency.ts";
import type {
  CartView,
  CustomerView,
  OpenCartView,
  ScreenView,
  ShiftView,
  StoreView,
  TillView,
} from "#schema/wire/views.ts";
import type { CartAt } from "#terminal/shop/carts.ts";
import type { ShopPart } from "#terminal/shop/shop.ts";
import { priceCart } from "./cart-model.ts";
import { cartView } from "./cart-view.ts";
import { openExceptions } from "./commands/report.ts";
import { sessionView } from "./commands/sign-in.ts";
import { type CounterContext, today } from "./context.ts";
import type { Session } from "./session.ts";

type Part = ShopPart | "network" | "session";

/** Which parts a slice of the picture is made of: it is made anew when one of them changed. */
const madeOf = {
  till: ["store", "prices", "trade", "network", "session"],
  store: ["store"],
  network: ["network", "store"],
  shift: ["trade", "session"],
  openCarts: ["carts", "trade", "network", "store"],
  exceptions: ["trade"],
  cart: ["carts", "trade", "network", "store", "session"],
} as const satisfies Record<string, readonly Part[]>;

const mostOpenCarts = 100;

/** The picture each screen is shown, made anew slice by slice. */
export class Views {
  readonly #context: CounterContext;
  readonly #versions: Record<Part, number> = {
    store: 0,
    prices: 0,
    carts: 0,
    trade: 0,
    network: 0,
    session: 0,
  };
  readonly #slices = new Map<string, { readonly version: string; readonly value: unknown }>();
  readonly #carts = new WeakMap<Session, { readonly version: string; readonly value: CartView | null }>();
  readonly #totals = new WeakMap<object, number>();

  constructor(context: CounterContext) {
    this.#context = context;
  }

  changed(part: Part): void {
    this.#versions[part]++;
  }

  screen(session: Session | undefined): ScreenView {
    const context = this.#context;
    return {
      till: this.#slice("till", () => tillView(context)),
      store: this.#slice("store", () => storeView(context)),
      network: this.#slice("network", () => context.neighbourhood.view()),
      session: session ? sessionView(session) : null,
      shift: this.#slice("shift", () => shiftView(context)),
      cart: session ? this.#cart(session) : null,
      openCarts: session
        ? this.#slice("openCarts", () => this.#openCarts()).filter((cart) => cart.cartId !== session.cart)
        : [],
      paid: session?.paid ?? null,
      exceptions: this.#slice("exceptions", () => openExceptions(context)),
    };
  }

  customer(session: Session | undefined): CustomerView {
    const store = this.#slice("store", () => storeView(this.#context));
    const cart = session ? this.#cart(session) : null;
    const paid = session?.paid ?? null;
    const open = this.#slice("shift", () => shiftView(this.#context)) !== null;
    return {
      storeName: store.name,
      currency: store.currency,
      currencyDigits: store.currencyDigits,
      state: !open
        ? "closed"
        : cart
          ? cart.tenders.length > 0
            ? "paying"
            : cart.lines.length > 0
              ? "shopping"
              : "welcome"
          : paid
            ? "thanks"
            : "welcome",
      lines: (cart?.lines ?? []).map(({ name, quantityMilli, unit, totalMinor }) => ({
        name,
        quantityMilli,
        unit,
        totalMinor,
      })),
      savingsMinor: cart?.savingsMinor ?? 0,
      totalMinor: cart?.totalMinor ?? paid?.totalMinor ?? 0,
      dueMinor: cart?.dueMinor ?? 0,
      changeMinor: cart?.changeMinor ?? paid?.changeMinor ?? 0,
    };
  }

  #slice<T>(name: keyof typeof madeOf, make: () => T): T {
    const version = this.#versionOf(name);
    const kept = this.#slices.get(name);
    if (kept?.version === version) return kept.value as T;
    const made = make();
    // The same once more is not sent once more.
    const same = kept !== undefined && name === "till" && JSON.stringify(kept.value) === JSON.stringify(made);
    const value = same ? (kept.value as T) : made;
    this.#slices.set(name, { version, value });
    return value;
  }

  #versionOf(name: keyof typeof madeOf): string {
    return madeOf[name].map((part) => this.#versions[part]).join();
  }

  #cart(session: Session): CartView | null {
    const version = `${this.#versionOf("cart")} ${session.cart}`;
    const kept = this.#carts.get(session);
    if (kept?.version === version) return kept.value;
    const at = session.cart === null ? undefined : this.#context.shop.carts.get(session.cart);
    const value = at ? cartView(this.#context, session, at) : null;
    this.#carts.set(session, { version, value });
    return value;
  }

  #openCarts(): OpenCartView[] {
    const open: OpenCartView[] = [];
    for (const at of this.#context.shop.carts.all()) {
      if (at.cart.lines.every((line) => line.void) && at.cart.tenders.every((tender) => tender.void))
        continue;
      open.push(this.#openCart(at));
    }
    return open
      .toSorted((a, b) => b.openedMs - a.openedMs || (a.cartId < b.cartId ? -1 : 1))
      .slice(0, mostOpenCarts);
  }

  #openCart(at: CartAt): OpenCartView {
    const { cart, remainder } = at;
    const { device, neighbourhood, shop } = this.#context;
    const lines = cart.lines.filter((line) => !line.void);
    return {
      cartId: cart.id,
      state: remainder ? "remainder" : cart.state === "suspended" ? "suspended" : "open",
      label: cart.label,
      tillLabel: shop.labelOf(cart.at),
      tillAlive: cart.at === device || neighbourhood.alive().has(cart.at),
      here: cart.at === device,
      staffName: cart.staff.name,
      openedMs: cart.openedMs,
      lines: lines.length,
      totalMinor: this.#totalOf(at),
      lastLineName: lines.at(-1)?.item.name ?? "",
    };
  }

  /** A cart as it was read never changes: its total is reckoned once. */
  #totalOf({ cart }: CartAt): number {
    let total = this.#totals.get(cart);
    if (total === undefined) {
      const settings = this.#context.shop.state()?.settings;
      total = settings ? priceCart(cart, this.#context.shop.trade, settings).totals.totalMinor : 0;
      this.#totals.set(cart, total);
    }
    return total;
  }
}

function tillView(context: CounterContext): TillView {
  const { shop, vault, clock, replica } = context;
  const base = shop.prices.base();
  const doubt = clock.distrust();
  const status = vault.status();
  return {
    device: context.device,
    label: shop.labelOf(context.device),
    version: context.version,
    storage:
      status === "full" ? "full" : status === "broken" || replica.damaged().length > 0 ? "damaged" : "ok",
    clock: doubt === null ? { trusted: true } : { trusted: false, reason: doubt },
    day: shop.state() ? today(context) : "",
    priceBook: base ? { generation: base.generation, items: shop.prices.size } : null,
  };
}

/** Before the store document has arrived there is little to say. */
const noStore: StoreView = {
  name: "",
  currency: "XXX",
  currencyDigits: 2,
  timeZone: "UTC",
  departments: [],
  tenderMethods: [],
  staff: [],
  discountReasons: [],
};

function storeView(context: CounterContext): StoreView {
  const state = context.shop.state();
  if (!state) return noStore;
  const { settings, staff } = state;
  return {
    name: settings.name,
    currency: settings.currency,
    currencyDigits: currencyOf(settings.currency).digits,
    timeZone: settings.timeZone,
    departments: settings.departments.map(({ id, name }) => ({ id, name })),
    tenderMethods: settings.tenderMethods.map(({ id, kind, name }) => ({ id, kind, name })),
    staff: [...staff.values()]
      .filter((entry) => entry.active)
      .map(({ id, name, role }) => ({ id, name, role }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    discountReasons: settings.discountReasons,
  };
}

function shiftView(context: CounterContext): ShiftView | null {
  const shift = context.shop.trade.openShift(context.device);
  return shift
    ? { id: shift.id, openedMs: shift.openedMs, staffName: shift.staff.name, floatMinor: shift.float }
    : null;
}
