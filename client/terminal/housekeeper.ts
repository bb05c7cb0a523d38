import { type TradingDay, documentName } from "#schema/documents/names.ts";
import { addDays, tradingDay } from "#schema/domain/day/trading-day.ts";
import type { StoreSettings } from "#schema/domain/settings.ts";
import type { DeviceId, StoreId } from "#schema/bytes.ts";
import type { Replica } from "./replica/replica.ts";
import type { Shop } from "./shop/shop.ts";
import type { TillClock } from "./counter/context.ts";

/** Trading days whose floors and journals a till keeps open: today and those before, for recall and refunds. */
const openDays = 7;
const lookMs = 500;
/** A cashier who paused for so long is not waiting for anything. */
const idleMs = 1200;
/** By then a till that has just started has heard from its neighbours, if it has any. */
const settledMs = 20_000;
/** Not even a queue that never ends may put it off for longer. */
const patienceMs = 120_000;

export interface HousekeeperOptions {
  readonly store: StoreId;
  readonly device: DeviceId;
  readonly replica: Replica;
  readonly shop: Shop;
  readonly clock: TillClock;
  readonly monotonicMs: () => number;
  /** Publishes the stock balances as they stand. */
  readonly publishStock: () => Promise<void>;
  /** Whether it falls to this till to do what one till must do for the store. */
  readonly isFirst: () => boolean;
  readonly onFailure: (what: string, error: unknown) => void;
}

/** The days around today, today first. */
export function daysKeptOpen(now: number, settings: StoreSettings): TradingDay[] {
  const today = tradingDay(now, settings);
  return Array.from({ length: openDays }, (_, back) => addDays(today, -back));
}

/** What has to be done that nobody asked for: the new day, prices that come into force, and tidy storage. */
export class Housekeeper {
  readonly #options: HousekeeperOptions;
  readonly #timer: NodeJS.Timeout;
  #busyMs: number;
  #tidiedMs: number;
  #day: TradingDay | undefined;
  #pricesMs: number;
  #tidying = false;
  #looking = false;
  readonly #startedMs: number;

  constructor(options: HousekeeperOptions) {
    this.#options = options;
    this.#startedMs = this.#busyMs = this.#tidiedMs = options.monotonicMs();
    this.#pricesMs = options.clock.now();
    this.#timer = setInterval(() => void this.#look(), lookMs);
  }

  /** A person or a program is at the counter just now. */
  busy(): void {
    this.#busyMs = this.#options.monotonicMs();
  }

  /** Makes today's documents ready; done at the start and again when a day begins. */
  async openToday(): Promise<void> {
    const { shop, clock, replica, store, device } = this.#options;
    const settings = shop.state()?.settings;
    if (!settings) return;
    const day = tradingDay(clock.now(), settings);
    if (day === this.#day) return;
    await replica.open(documentName({ store, kind: "floor", device, day }));
    await replica.open(documentName({ store, kind: "journal", device, day }));
    this.#day = day;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    try {
      await this.openToday();
      this.#pricesDue();
      await this.#tidy();
      await this.#countStock();
    } catch (error) {
      this.#options.onFailure("housekeeping", error);
    } finally {
      this.#looking = false;
    }
  }

  #pricesDue(): void {
    const { shop, clock } = this.#options;
    const now = clock.now();
    if (shop.prices.edits.comesDue(this.#pricesMs, now)) shop.pricesMayHaveChanged();
    this.#pricesMs = now;
  }

  /**
   * Once a trading day one till publishes the stock balances, so that no till has to read back through older days. Two
   * that do it apart do no harm.
   */
  async #countStock(): Promise<void> {
    const { shop, clock, isFirst, monotonicMs, publishStock } = this.#options;
    const settings = shop.state()?.settings;
    const base = shop.stockBase();
    if (!settings || !base || monotonicMs() - this.#startedMs < settledMs || !isFirst()) return;
    if (tradingDay(base.time, settings) >= tradingDay(clock.now(), settings)) return;
    await publishStock();
  }

  async #tidy(): Promise<void> {
    const { replica, monotonicMs } = this.#options;
    const now = monotonicMs();
    const idle = now - this.#busyMs > idleMs;
    if (this.#tidying || (!idle && now - this.#tidiedMs < patienceMs)) return;
    const name = replica.compactable()[0];
    if (idle && name === undefined) this.#options.shop.prices.prepareSearch();
    if (name === undefined) return;
    this.#tidying = true;
    try {
      await replica.compact(name);
      if (!idle) this.#tidiedMs = now;
    } finally {
      this.#tidying = false;
    }
  }
}
