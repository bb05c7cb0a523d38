import type { CommandName } from "#schema/wire/commands.ts";
import { commands } from "#schema/wire/commands.ts";
import type { Reply } from "#schema/wire/screen.ts";
import type { CustomerView, ScreenView } from "#schema/wire/views.ts";
import { type CounterContext, randomId } from "./context.ts";
import type { CommandContext, CounterPort, SessionToken } from "./counter-port.ts";
import { addDepartment, addItem, scan } from "./commands/add-line.ts";
import {
  confirmAge,
  discountCart,
  newCart,
  recall,
  setCustomer,
  suspend,
  takeOver,
  voidCart,
} from "./commands/cart.ts";
import { discountLine, overridePrice, setQuantity, voidLine } from "./commands/change-line.ts";
import { complete } from "./commands/complete.ts";
import { item, search } from "./commands/items.ts";
import { importPriceBook, publishStock } from "./commands/price-book.ts";
import { cancelPrice, setPrice } from "./commands/prices.ts";
import { findReceipts, receipt, reprint } from "./commands/receipts.ts";
import { exceptions, report, settleException } from "./commands/report.ts";
import { returnLine, returnWithoutReceipt } from "./commands/returns.ts";
import { closeShift, moveCash, openDrawer, openShift } from "./commands/shift.ts";
import { lock, signIn } from "./commands/sign-in.ts";
import { receiveStock } from "./commands/stock.ts";
import { removeTender, tender } from "./commands/tender.ts";
import { undo } from "./commands/undo.ts";
import { voidSale } from "./commands/void-sale.ts";
import { type Outcome, refuse } from "./outcome.ts";
import type { PinGuard } from "./pin-guard.ts";
import type { UseCase } from "./use-case.ts";
import { Views } from "./views.ts";

const useCases: { readonly [Name in Exclude<CommandName, "signIn">]: UseCase<Name> } = {
  lock,
  openShift,
  closeShift,
  moveCash,
  openDrawer,
  scan,
  addItem,
  addDepartment,
  setQuantity,
  discountLine,
  discountCart,
  overridePrice,
  voidLine,
  undo,
  setCustomer,
  confirmAge,
  newCart,
  suspend,
  recall,
  takeOver,
  voidCart,
  tender,
  removeTender,
  complete,
  findReceipts,
  receipt,
  returnLine,
  returnWithoutReceipt,
  voidSale,
  reprint,
  search,
  item,
  setPrice,
  cancelPrice,
  importPriceBook,
  receiveStock,
  publishStock,
  report,
  exceptions,
  settleException,
};

/** Slow, and nothing a cart depends on: a sale does not wait for them. */
const aside: ReadonlySet<CommandName> = new Set(["signIn", "importPriceBook"]);

/** Only read: they need not wait for a sale that is being recorded. */
const readers: ReadonlySet<CommandName> = new Set([
  "findReceipts",
  "receipt",
  "reprint",
  "search",
  "item",
  "report",
  "exceptions",
]);

export interface CounterHooks {
  readonly pins: PinGuard;
  /** `id` stands in the reply, so that the log can be asked about it. */
  readonly onBug: (id: string, error: unknown) => void;
  /** Somebody is at work. */
  readonly onCommand: () => void;
}

/** The counter: sessions, commands one after the other, and the views they change. */
export class Counter implements CounterPort {
  readonly #context: CounterContext;
  readonly #hooks: CounterHooks;
  readonly #views: Views;
  readonly #listeners = new Set<() => void>();
  #queue: Promise<unknown> = Promise.resolve();
  #telling = false;

  constructor(context: CounterContext, hooks: CounterHooks) {
    this.#context = context;
    this.#hooks = hooks;
    this.#views = new Views(context);
    context.shop.onChange((part) => {
      this.#views.changed(part);
      this.#tell();
    });
    context.vault.onStatus(() => this.networkChanged());
  }

  /** The neighbourhood, the clock or the disk looks different: nothing in the documents tells of it. */
  networkChanged(): void {
    this.#views.changed("network");
    this.#tell();
  }

  async execute<Name extends CommandName>(
    name: Name,
    input: unknown,
    command: CommandContext,
  ): Promise<Reply<Name>> {
    this.#hooks.onCommand();
    try {
      const outcome = readers.has(name)
        ? await this.#run(name, input, command)
        : await this.#inTurn(name, input, command);
      return outcome as Reply<Name>;
    } catch (error) {
      const id = randomId(this.#context, 4);
      this.#hooks.onBug(id, error);
      return refuse("internal", `a fault of the till, logged as ${id}`, { id });
    }
  }

  hasSession(token: SessionToken): boolean {
    return this.#context.sessions.get(token) !== undefined;
  }

  view(token: SessionToken | null): ScreenView {
    return this.#views.screen(this.#context.sessions.get(token));
  }

  customerView(): CustomerView {
    return this.#views.customer(this.#context.sessions.latest());
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** One after the other: what a command validated still holds when it applies. */
  #inTurn(name: CommandName, input: unknown, command: CommandContext): Promise<Outcome<unknown>> {
    if (aside.has(name)) return this.#run(name, input, command);
    const run = this.#queue.then(() => this.#run(name, input, command));
    this.#queue = run.catch(() => undefined);
    return run;
  }

  async #run(name: CommandName, input: unknown, command: CommandContext): Promise<Outcome<unknown>> {
    try {
      if (name === "signIn")
        return await signIn(this.#context, this.#hooks.pins, input as Parameters<typeof signIn>[2]);
      const session = this.#context.sessions.get(command.session);
      if (!session)
        return command.session === null
          ? refuse("not-signed-in", "sign in first")
          : refuse("session-ended", "the session has ended: sign in again");
      if (commands[name].access === "manage" && session.staff.role !== "manager")
        return refuse("not-allowed", "only a manager may do this", { permission: "manage" });
      this.#context.sessions.touch(session);
      const useCase = useCases[name] as UseCase<CommandName>;
      return await useCase(
        { context: this.#context, session, pins: this.#hooks.pins, command },
        input as never,
      );
    } finally {
      if (!readers.has(name)) {
        this.#announce();
        this.#views.changed("session");
        this.#tell();
      }
    }
  }

  #announce(): void {
    const carts = [...this.#context.sessions.all()].flatMap((session) => session.cart ?? []);
    this.#context.neighbourhood.announceCarts([...new Set(carts)].toSorted());
  }

  #tell(): void {
    if (this.#telling) return;
    this.#telling = true;
    queueMicrotask(() => {
      this.#telling = false;
      for (const listener of this.#listeners) listener();
    });
  }
}
