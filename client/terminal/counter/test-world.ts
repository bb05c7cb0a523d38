import { readFileSync } from "node:fs";
import type { Bytes, DeviceId, HashHex, StoreId } from "#schema/bytes.ts";
import type { TradingDay } from "#schema/documents/names.ts";
import { documentName } from "#schema/documents/names.ts";
import type { StaffEntry } from "#schema/documents/staff.ts";
import type { StoreDocument } from "#schema/documents/store-document.ts";
import { tradingDay } from "#schema/domain/day/trading-day.ts";
import { englishReceipt } from "#schema/domain/receipt/words.ts";
import { type StoreSettings, parseSettings } from "#schema/domain/settings.ts";
import { hash, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { signEnrolment } from "#schema/trust/enrolment.ts";
import type { CommandInput, CommandName } from "#schema/wire/commands.ts";
import { commands } from "#schema/wire/commands.ts";
import type { CommandError, Reply, ResultOf } from "#schema/wire/screen.ts";
import { JournalWriter } from "#terminal/replica/journal-writer.ts";
import { Replica } from "#terminal/replica/replica.ts";
import { compressor } from "#terminal/segments/compressor.ts";
import { Segments } from "#terminal/segments/segments.ts";
import { initialStoreBytes } from "#terminal/setup/initial-store.ts";
import { Shop } from "#terminal/shop/shop.ts";
import { tillClock } from "#terminal/till-clock.ts";
import { type MemoryDisk, MemoryVault, memoryDisk } from "#terminal/vault/memory-vault.ts";
import { VaultFullError } from "#terminal/vault/vault.ts";
import type { CounterContext } from "./context.ts";
import { Counter } from "./counter.ts";
import { PinGuard } from "./pin-guard.ts";
import { Sessions } from "./session.ts";

/** A small shop of real counters over real replicas, with pretended disks, clock, chance and network. */
export interface World {
  readonly store: StoreId;
  readonly settings: StoreSettings;
  /** What the machines' clocks say. */
  nowMs: number;
  till(index: number): TestTill;
  /** The process dies and another starts on the same disk. */
  restart(index: number): Promise<TestTill>;
  /** Two tills have what the other has. */
  exchange(a: number, b: number): Promise<void>;
  exchangeAll(): Promise<void>;
  close(): Promise<void>;
}

export interface TestTill {
  readonly device: DeviceId;
  readonly counter: Counter;
  readonly context: CounterContext;
  readonly replica: Replica;
  readonly vault: MemoryVault;
  readonly shop: Shop;
  /** What this till believes of the others. */
  readonly network: { alone: boolean; holders: DeviceId[]; alive: DeviceId[] };
  readonly bugs: unknown[];
  /** Of the PIN guard. */
  monotonicMs: number;
  /** The session of `signIn`. */
  token: string;
  today(): TradingDay;
  signIn(staffId: string): Promise<void>;
  reply<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<Reply<Name>>;
  /** Fails the test when the till refuses. */
  do<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<ResultOf<Name>>;
  /** Fails the test when the till does not. */
  refusal<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<CommandError>;
}

/** PINs of these people; all names are of the demo shop. */
const pins = { anna: "1111", omar: "2222", sean: "5555", maria: "9999" } as const;

/** Prices and codes the tests reckon with. Stock: apples 10, milk 5, of the rest none is kept. */
const priceBook = `item_id,name,price,department,barcode,unit,tax_class,age,stock
apple,Apple,0.50,produce,4006381333931,piece,zero,,10
milk,Milk 1 l,1.23,dairy,96385074,piece,standard,,5
wine,Red wine,12.99,alcohol,,piece,standard,,
cake,Cake,4.00,bakery,2310001000007,piece,zero,,
cheese,Cheese,20.00,deli,2110001000003,kg,zero,,
free,Free sample,0.00,bakery,,piece,zero,,
card,Gift wrapping,open,kiosk,,piece,standard,,
`;

const storeId = "7e".repeat(16) as StoreId;
export const startMs = Date.UTC(2026, 10, 20, 9, 0);
const never = 2 ** 30;

export interface WorldOptions {
  readonly tills?: number;
  readonly seed?: number;
  readonly settings?: Partial<StoreSettings>;
  /** Without it the price book is imported and every till has it. */
  readonly bare?: boolean;
}

/** Disks of tills that have the price book, by how many tills: made once, copied for each world. */
const prepared = new Map<number, Promise<MemoryDisk[]>>();
let worlds = 0;

export async function testWorld(options: WorldOptions = {}): Promise<World> {
  const count = options.tills ?? 1;
  if (options.bare === true || options.settings) return await makeWorld(options, undefined);
  let disks = prepared.get(count);
  if (!disks) prepared.set(count, (disks = preparedDisks(count)));
  return await makeWorld(options, (await disks).map(copyOf));
}

async function preparedDisks(tills: number): Promise<MemoryDisk[]> {
  const disks = Array.from({ length: tills }, () => memoryDisk());
  const world = await makeWorld({ tills }, disks, true);
  await world.close();
  return disks;
}

function copyOf(disk: MemoryDisk): MemoryDisk {
  const { chunks, outbox, damaged, nextRow, generation } = disk;
  return { chunks: new Map(chunks), outbox: new Map(outbox), damaged: new Map(damaged), nextRow, generation };
}

async function makeWorld(
  options: WorldOptions,
  given: MemoryDisk[] | undefined,
  importing = options.bare !== true && given === undefined,
): Promise<World> {
  const fixed = seededBytes(1);
  const random = seededBytes((options.seed ?? 1) + 1000 * ++worlds);
  const settings = { ...demoSettings(), ...options.settings };
  const root = signingKeyFromSeed(fixed(32));
  const initial = initialStoreBytes({ settings, staff: demoStaff(), root, time: startMs, random: fixed });
  const keys = Array.from({ length: options.tills ?? 1 }, () => signingKeyFromSeed(fixed(32)));
  const disks = given ?? keys.map(() => memoryDisk());
  const tills: TestTill[] = [];
  const world: World = {
    store: storeId,
    settings,
    nowMs: startMs,
    till: (index) => tills[index]!,
    async restart(index) {
      const old = tills[index]!;
      old.shop.close();
      await old.replica.repo.shutdown();
      tills[index] = await start(index, disks[index]!);
      return tills[index];
    },
    async exchange(a, b) {
      await bring(tills[a]!, tills[b]!);
      await bring(tills[b]!, tills[a]!);
    },
    async exchangeAll() {
      for (let round = 0; round < 2; round++)
        for (const [a] of tills.entries()) for (let b = 0; b < a; b++) await world.exchange(a, b);
    },
    async close() {
      for (const till of tills) {
        till.vault.setStatus("ok");
        till.shop.close();
        await till.replica.close();
      }
    },
  };

  async function start(index: number, disk: MemoryDisk): Promise<TestTill> {
    const key = keys[index]!;
    const { device } = key;
    const vault = new MemoryVault(disk);
    const onFailure = (): void => undefined;
    const replica = await Replica.open({ store: storeId, device, vault, random, lingerMs: never, onFailure });
    const storeName = documentName({ store: storeId, kind: "store" });
    await replica.open(storeName);
    await replica.apply(storeName, [initial]);
    const series = index + 1;
    const label = `Till ${index + 1}`;
    const enrolment = { v: 1, store: storeId, device, series, label, role: "till", time: startMs } as const;
    if (replica.doc<StoreDocument>(storeName).tills[device] === undefined)
      replica.change<StoreDocument>(
        storeName,
        (document) => {
          document.tills[device] = signEnrolment(root, enrolment);
        },
        startMs,
      );
    const journal = await JournalWriter.open({ store: storeId, key, series, vault, replica });
    const segments = await Segments.open(vault);
    segments.setOrigins([
      async (name: HashHex) => {
        for (const other of tills)
          if (other.device !== device) return await other.context.segments.read(name);
        return undefined;
      },
    ]);
    const shop = new Shop({ store: storeId, device, replica, segments, compressor, onFailure });
    const clock = tillClock({
      system: () => world.nowMs,
      builtMs: startMs - 1000,
      lastRecordMs: () => journal.lastTimeMs(),
      neighbourOffsetsMs: () => [],
    });
    const today = (): TradingDay => tradingDay(clock.now(), settings);
    await shop.open(() => new Set([today()]));
    for (const kind of ["floor", "journal"] as const)
      await replica.open(documentName({ store: storeId, kind, device, day: today() }));
    const network: TestTill["network"] = { alone: false, holders: [], alive: [] };
    const context: CounterContext = {
      store: storeId,
      device,
      key,
      shop,
      replica,
      journal,
      vault,
      segments,
      compressor,
      clock,
      random,
      sessions: new Sessions(),
      neighbourhood: {
        view: () => ({
          state: network.alone ? "alone" : "neighbours",
          sinceMs: 0,
          neighbours: [],
          relay: {
            state: "unconfigured",
            via: null,
            pending: 0,
          },
        }),
        alive: () => new Set(network.alive),
        holders: () => network.holders,
        pricesSpread: () => [],
        announceCarts: () => undefined,
      },
      words: englishReceipt,
      version: "test",
      verifyPin: async (entry, pin) => entry.pin.hash.join() === pinHash(pin).join(),
    };
    const bugs: unknown[] = [];
    const monotonicMs = (): number => till.monotonicMs;
    const counter = new Counter(context, {
      pins: new PinGuard(context, monotonicMs),
      onBug: (_id, error) => bugs.push(error),
      onCommand: () => undefined,
    });
    const till: TestTill = {
      device,
      counter,
      context,
      replica,
      vault,
      shop,
      network,
      bugs,
      monotonicMs: 0,
      token: "",
      today,
      async signIn(staffId) {
        till.token = (
          await till.do("signIn", {
            staffId,
            pin: pins[staffId as keyof typeof pins],
          })
        ).token;
      },
      async reply(name, input) {
        const parsed = commands[name].input.parse(input);
        const reply = await counter.execute(name, parsed, { session: till.token === "" ? null : till.token });
        if (bugs.length > 0) throw new Error(`a fault of the till in ${name}`, { cause: bugs[0] });
        return reply;
      },
      async do(name, input) {
        const reply = await till.reply(name, input);
        if (!reply.ok) throw new Error(`${name} was refused: ${reply.error.code}: ${reply.error.message}`);
        return reply.value;
      },
      async refusal(name, input) {
        const reply = await till.reply(name, input);
        if (reply.ok) throw new Error(`${name} was not refused: ${JSON.stringify(reply.value)}`);
        return reply.error;
      },
    };
    return till;
  }

  for (const [index, disk] of disks.entries()) tills.push(await start(index, disk));
  if (importing) {
    await tills[0]!.signIn("maria");
    await tills[0]!.do("importPriceBook", { csv: priceBook });
    await tills[0]!.do("lock", {});
    tills[0]!.token = "";
    await world.exchangeAll();
  }
  return world;
}

/** Sign in, with a shift open. */
export async function openFor(till: TestTill, staffId = "anna", floatMinor = 10_000): Promise<void> {
  await till.signIn(staffId);
  await till.do("openShift", { floatMinor });
}

/** What is in hand now. Fails the test when there is nothing. */
export function cartOf(till: TestTill): NonNullable<ReturnType<Counter["view"]>["cart"]> {
  const { cart } = till.counter.view(till.token);
  if (!cart) throw new Error("no cart in hand");
  return cart;
}

/** Pays all that is due in cash and finishes. */
export async function payCash(till: TestTill, amountMinor?: number): Promise<ResultOf<"complete">> {
  const cart = cartOf(till);
  if (cart.dueMinor !== 0)
    await till.do("tender", { method: "cash", amountMinor: amountMinor ?? cart.dueCashMinor });
  return await till.do("complete", { cartId: cart.cartId });
}

async function bring(from: TestTill, to: TestTill): Promise<void> {
  for (const name of from.replica.names()) {
    await from.replica.open(name);
    await to.replica.open(name);
    const changes = from.replica.changesSince(name, to.replica.heads(name));
    // A full disk refuses; what came by the network is in memory all the same, and stored when there is room.
    await to.replica.apply(name, changes).catch((error: unknown) => {
      if (!(error instanceof VaultFullError)) throw error;
    });
  }
  await to.shop.settled();
}

function demoSettings(): StoreSettings {
  const file = new URL("../../../fixtures/demo-shop/store.json", import.meta.url);
  const parsed = parseSettings((JSON.parse(readFileSync(file, "utf8")) as { settings: unknown }).settings);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}

function demoStaff(): StaffEntry[] {
  const roles = { anna: "cashier", omar: "cashier", sean: "supervisor", maria: "manager" } as const;
  return (Object.keys(roles) as (keyof typeof roles)[]).map((id) => ({
    id,
    name: id,
    role: roles[id],
    active: true,
    pin: { salt: new Uint8Array(16), hash: pinHash(pins[id]), memoryBytes: 8192, passes: 1 },
  }));
}

/** Stands for Argon2id, which is tested where it lives. */
function pinHash(pin: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hash(new TextEncoder().encode(pin)));
}

/** Bytes that a seed repeats (mulberry32). */
function seededBytes(seed: number): (length: number) => Bytes {
  let state = seed;
  return (length) =>
    Uint8Array.from({ length }, () => {
      state = (state + 0x6d2b79f5) | 0;
      let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return (mixed ^ (mixed >>> 14)) & 255;
    });
}
