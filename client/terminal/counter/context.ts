import type { DeviceId, RandomBytes, StoreId, TimeMs } from "#schema/bytes.ts";
import { type TradingDay } from "#schema/documents/names.ts";
import type { Compressor } from "#schema/documents/compressor.ts";
import type { StaffEntry } from "#schema/documents/staff.ts";
import { makeBarcodeRules, type BarcodeRules } from "#schema/domain/barcode/parse-barcode.ts";
import { tradingDay } from "#schema/domain/day/trading-day.ts";
import { currencyOf } from "#schema/domain/money/currency.ts";
import type { ReceiptWords } from "#schema/domain/receipt/words.ts";
import type { StoreSettings } from "#schema/domain/settings.ts";
import type { SigningKey } from "#schema/trust/crypto.ts";
import type { NetworkView } from "#schema/wire/views.ts";
import type { JournalWriter } from "#terminal/replica/journal-writer.ts";
import type { Replica } from "#terminal/replica/replica.ts";
import type { Segments } from "#terminal/segments/segments.ts";
import type { Shop } from "#terminal/shop/shop.ts";
import type { StoreState } from "#terminal/shop/store-reader.ts";
import type { Vault } from "#terminal/vault/vault.ts";
import type { Sessions } from "./session.ts";

/** What the counter asks of the network; nothing here is ever waited for. */
export interface Neighbourhood {
  view(): NetworkView;
  /** The other tills that were heard just now. */
  alive(): ReadonlySet<DeviceId>;
  /** Those of them that have this cart in hand. */
  holders(cart: string): readonly DeviceId[];
  /** Whether a till said last that it has the same price documents as this one, and when it said so. */
  pricesSpread(): readonly {
    readonly device: DeviceId;
    readonly has: boolean;
    readonly lastHeardMs: TimeMs;
  }[];
  /** Tells the others which carts are in hand here. */
  announceCarts(carts: readonly string[]): void;
}

/** Everything a use case works with. */
export interface CounterContext {
  readonly store: StoreId;
  readonly device: DeviceId;
  readonly key: SigningKey;
  readonly shop: Shop;
  readonly replica: Replica;
  readonly journal: JournalWriter;
  readonly vault: Vault;
  readonly segments: Segments;
  readonly compressor: Compressor;
  readonly sessions: Sessions;
  readonly neighbourhood: Neighbourhood;
  readonly words: ReceiptWords;
  readonly version: string;
  readonly clock: TillClock;
  readonly random: RandomBytes;
  readonly verifyPin: (entry: StaffEntry, pin: string) => Promise<boolean>;
}

/** The till's time: never before what its own journal already says. */
export interface TillClock {
  now(): TimeMs;
  /** Why the machine's clock is not believed; null when it is. */
  distrust(): "before-last-record" | "before-build" | "neighbours-disagree" | null;
}

/** Throws on a till whose store document has not arrived: the caller asked `shop.state()` first. */
export function stateOf(context: CounterContext): StoreState {
  const state = context.shop.state();
  if (!state) throw new Error("the store document has not arrived");
  return state;
}

export function settingsOf(context: CounterContext): StoreSettings {
  return stateOf(context).settings;
}

export function today(context: CounterContext): TradingDay {
  return tradingDay(context.clock.now(), settingsOf(context));
}

const rulesBySettings = new WeakMap<StoreSettings, BarcodeRules>();

export function barcodeRulesOf(settings: StoreSettings): BarcodeRules {
  let rules = rulesBySettings.get(settings);
  if (!rules) {
    const currency = currencyOf(settings.currency);
    const made = makeBarcodeRules(currency, settings.variableMeasures);
    rules = made.type === "rules" ? made.rules : { currency, variable: [] };
    rulesBySettings.set(settings, rules);
  }
  return rules;
}

/** Random hex, for ids. */
export function randomId(context: Pick<CounterContext, "random">, bytes: number): string {
  return Array.from(context.random(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
