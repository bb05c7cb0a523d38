import type { CommandName } from "#schema/wire/commands.ts";
import type { CommandError, Reply } from "#schema/wire/screen.ts";
import type { CartLineView, CartView, CustomerView, ScreenView, SessionView } from "#schema/wire/views.ts";
import type { CommandContext, CounterPort, SessionToken } from "#terminal/counter/counter-port.ts";
import type { AnyReply } from "./run-command.ts";

const items: Readonly<Record<string, { readonly name: string; readonly priceMinor: number }>> = {
  "4006381333931": { name: "Pencil", priceMinor: 125 },
  "5901234123457": { name: "Notebook", priceMinor: 499 },
};

const people: Readonly<Record<string, { readonly pin: string; readonly session: SessionView }>> = {
  ada: { pin: "1111", session: { staffId: "ada", name: "Ada", role: "cashier", may: ["sell"] } },
  max: { pin: "9999", session: { staffId: "max", name: "Max", role: "manager", may: ["sell", "manage"] } },
};

interface Held {
  readonly staff: SessionView;
  cart: CartView | null;
  view: ScreenView | null;
}

/**
 * A counter in memory for the door's tests: two people, two items, one cart a session. It keeps the port's promises
 * (parts that did not change are the same objects; changes are told), and counts what reached it.
 */
export class TestCounter implements CounterPort {
  readonly executed: { readonly name: CommandName; readonly input: unknown }[] = [];
  /** How often a whole view was made. */
  views = 0;
  /** What the next commands do before they answer. */
  before: (name: CommandName, context: CommandContext) => Promise<void> = async () => undefined;
  readonly #sessions = new Map<SessionToken, Held>();
  readonly #listeners = new Set<() => void>();
  #shared: Omit<ScreenView, "session" | "cart"> = emptyStore();
  #nobody: ScreenView | null = null;
  #customer: CustomerView = customerOf(null);
  #tokens = 0;

  async execute<Name extends CommandName>(
    name: Name,
    input: unknown,
    context: CommandContext,
  ): Promise<Reply<Name>> {
    this.executed.push({ name, input });
    await this.before(name, context);
    return this.#answer(name, input as Record<string, never>, context) as Reply<Name>;
  }

  hasSession(token: SessionToken): boolean {
    return this.#sessions.has(token);
  }

  view(session: SessionToken | null): ScreenView {
    const held = session === null ? undefined : this.#sessions.get(session);
    if (!held) return (this.#nobody ??= this.#make(null, null));
    return (held.view ??= this.#make(held.staff, held.cart));
  }

  customerView(): CustomerView {
    return this.#customer;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Something of the shop changed that every screen shows. */
  change(part: Partial<Omit<ScreenView, "session" | "cart">>): void {
    this.#shared = { ...this.#shared, ...part };
    this.#tell();
  }

  endSession(token: SessionToken): void {
    this.#sessions.delete(token);
    this.#tell();
  }

  #make(session: SessionView | null, cart: CartView | null): ScreenView {
    this.views += 1;
    return { ...this.#shared, session, cart };
  }

  #tell(): void {
    this.#nobody = null;
    for (const held of this.#sessions.values()) held.view = null;
    for (const listener of this.#listeners) listener();
  }

  #answer(name: CommandName, input: Record<string, never>, context: CommandContext): AnyReply {
    if (name === "signIn") return this.#signIn(input["staffId"] ?? "", input["pin"] ?? "");
    const held = context.session === null ? undefined : this.#sessions.get(context.session);
    if (!held) return no("not-signed-in");
    switch (name) {
      case "lock":
        this.#sessions.delete(context.session!);
        this.#tell();
        return { ok: true, value: null };
      case "scan":
        return this.#scan(
          held,
          input["code"] ?? "",
          input["quantityMilli"] ?? 1000,
          input["confirm"] === true,
        );
      case "complete":
        return held.cart ? no("not-paid", { dueMinor: held.cart.dueMinor }) : no("unknown-cart");
      case "setPrice":
        return held.staff.role === "manager"
          ? no("unknown-item")
          : no("not-allowed", { permission: "manage" });
      case "tender":
        return no("storage-full");
      case "importPriceBook":
        for (let done = 0; done <= 1000; done++) context.onProgress?.(done / 1000, "rows");
        return { ok: true, value: { rows: String(input["csv"]).length, good: 0, bad: [], published: null } };
      case "report":
        throw new Error("the report is broken");
      case "search":
        return { ok: true, value: { items: [], total: 0 } };
      default:
        return no("no-cart");
    }
  }

  #signIn(staffId: string, pin: string): AnyReply {
    const person = people[staffId];
    if (person?.pin !== pin) return no("wrong-pin", { waitMs: pin === "0000" ? 2_500 : 0 });
    const token = `session-${++this.#tokens}`;
    this.#sessions.set(token, { staff: person.session, cart: null, view: null });
    this.#tell();
    return { ok: true, value: { token, session: person.session } };
  }

  #scan(held: Held, code: string, quantityMilli: number, confirmed: boolean): AnyReply {
    const item = items[code];
    if (!item) return no("unknown-barcode", { code });
    if (quantityMilli >= 10_000_000 && !confirmed)
      return no("confirm", { what: "quantity", figure: quantityMilli });
    const lines = held.cart?.lines ?? [];
    const line: CartLineView = {
      lineId: `line-${lines.length + 1}`,
      itemId: code,
      name: item.name,
      quantityMilli,
      unit: "piece",
      unitPriceMinor: item.priceMinor,
      discounts: [],
      totalMinor: Math.round((item.priceMinor * quantityMilli) / 1000),
      isReturn: false,
    };
    held.cart = cartOf([...lines, line]);
    this.#customer = customerOf(held.cart);
    this.#tell();
    return { ok: true, value: { lineId: line.lineId, name: line.name, totalMinor: line.totalMinor } };
  }
}

function no(code: CommandError["code"], params: CommandError["params"] = {}): AnyReply {
  return { ok: false, error: { code, params, message: code } };
}

function cartOf(lines: readonly CartLineView[]): CartView {
  const totalMinor = lines.reduce((sum, line) => sum + line.totalMinor, 0);
  return {
    cartId: "cart-1",
    state: "open",
    openedMs: 0,
    lines,
    lastLineId: lines.at(-1)?.lineId ?? null,
    discount: null,
    customer: null,
    subtotalMinor: totalMinor,
    savingsMinor: 0,
    taxMinor: 0,
    taxes: [],
    totalMinor,
    tenders: [],
    dueMinor: totalMinor,
    dueCashMinor: totalMinor,
    changeMinor: 0,
    quickCashMinor: [],
    ageNeeded: null,
    canUndo: false,
    alsoOpenOn: [],
    moneyMayBeInFlight: false,
    blocked: "not-paid",
  };
}

function customerOf(cart: CartView | null): CustomerView {
  return {
    storeName: "Test shop",
    currency: "EUR",
    currencyDigits: 2,
    state: cart ? "shopping" : "welcome",
    lines: cart?.lines ?? [],
    savingsMinor: 0,
    totalMinor: cart?.totalMinor ?? 0,
    dueMinor: cart?.dueMinor ?? 0,
    changeMinor: 0,
  };
}

function emptyStore(): Omit<ScreenView, "session" | "cart"> {
  return {
    till: {
      device: "d1",
      label: "Till 1",
      version: "0",
      storage: "ok",
      clock: { trusted: true },
      day: "2026-03-02",
      priceBook: null,
    },
    store: {
      name: "Test shop",
      currency: "EUR",
      currencyDigits: 2,
      timeZone: "Europe/Berlin",
      departments: [],
      tenderMethods: [],
      staff: [],
      discountReasons: [],
    },
    network: {
      state: "alone",
      sinceMs: 0,
      neighbours: [],
      relay: { state: "unconfigured", via: null, pending: 0 },
    },
    shift: null,
    openCarts: [],
    paid: null,
    exceptions: 0,
  };
}
