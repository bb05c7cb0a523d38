import type { RandomBytes, TimeMs } from "#schema/bytes.ts";
import { firstEpochKeys } from "#schema/documents/bundle.ts";
import { documentName } from "#schema/documents/names.ts";
import type { StoreDocument } from "#schema/documents/store-document.ts";
import { englishReceipt, hebrewReceipt } from "#schema/domain/receipt/words.ts";
import { Counter } from "./counter/counter.ts";
import { publishBalances } from "./counter/commands/price-book.ts";
import type { CounterContext } from "./counter/context.ts";
import { PinGuard } from "./counter/pin-guard.ts";
import { Sessions } from "./counter/session.ts";
import { type Door, startDoor } from "./door/start-door.ts";
import type { DoorLog } from "./door/door-log.ts";
import { Housekeeper, daysKeptOpen } from "./housekeeper.ts";
import { JournalWriter } from "./replica/journal-writer.ts";
import { Replica } from "./replica/replica.ts";
import { type Gateway, startGateway } from "./replication/gateway/gateway.ts";
import { enrolledIdentity } from "./replication/lan/enrolled-identity.ts";
import { linkLog } from "./replication/lan/link-log.ts";
import { systemTiming } from "./replication/lan/timing.ts";
import { andFewStray, daysAround } from "./replication/mesh/day-rule.ts";
import type { Lan } from "./replication/mesh/lan.ts";
import { startLan } from "./replication/mesh/start-lan.ts";
import { StoreNetwork } from "./replication/store-network.ts";
import { vaultGatewayStorage } from "./replication/gateway/vault-storage.ts";
import { vaultAddressBook } from "./replication/vault-address-book.ts";
import { compressor } from "./segments/compressor.ts";
import { SegmentCourier } from "./segments/segment-courier.ts";
import { Segments, segmentSource } from "./segments/segments.ts";
import type { Identity } from "./setup/identity.ts";
import { verifyPin } from "./setup/pin.ts";
import { Shop } from "./shop/shop.ts";
import { tillClock } from "./till-clock.ts";
import type { TillConfig } from "./till-config.ts";
import { builtMs, version } from "./version.ts";
import type { Vault } from "./vault/vault.ts";

export interface TillOptions {
  readonly vault: Vault;
  readonly identity: Identity;
  readonly config: TillConfig;
  /** The built screens; null: the API alone. */
  readonly uiDir: string | null;
  readonly random: RandomBytes;
  /** The machine's clock. */
  readonly system: () => TimeMs;
  readonly log: DoorLog;
}

export interface Till {
  readonly door: Door;
  readonly lan: Lan;
  close(): Promise<void>;
}

/** The till of an opened vault: ready to sell when it resolves. Rejects when a port it must have is taken. */
export async function startTill(options: TillOptions): Promise<Till> {
  const { vault, identity, config, random, log } = options;
  const { store, key } = identity;
  const onFailure = (what: string, error: unknown): void => log("error", what, { error: String(error) });
  const monotonicMs = (): number => performance.now();

  const replica = await Replica.open({ store, device: key.device, vault, random, onFailure });
  const storeName = documentName({ store, kind: "store" });
  await replica.open(storeName);
  const settings = Object.keys(replica.doc<StoreDocument>(storeName).settings);
  if (settings.length === 0) await replica.apply(storeName, [identity.initialStore]);
  const journal = await JournalWriter.open({ store, key, series: identity.series, vault, replica });
  const segments = await Segments.open(vault);
  const shop = new Shop({ store, device: key.device, replica, segments, compressor, onFailure });

  let counter: Counter | undefined;
  const network = new StoreNetwork({
    device: key.device,
    replica,
    hasRelay: relayOf(options) !== null,
    labelOf: (device) => shop.labelOf(device),
    systemMs: options.system,
    nowMs: () => Math.floor(systemTiming.nowMs()),
    onChange: () => counter?.networkChanged(),
    onSame: () => void replica.healed().catch((error: unknown) => onFailure("healing", error)),
  });
  segments.setOrigins([(hash) => network.segmentFromSibling(hash), (hash) => network.segmentFromRelay(hash)]);
  const clock = tillClock({
    system: options.system,
    builtMs,
    lastRecordMs: () => journal.lastTimeMs(),
    neighbourOffsetsMs: () => network.neighbourOffsetsMs(),
  });

  // Before any neighbour is heard: what is read now comes out of this till's own vault.
  await shop.open((state) => new Set(daysKeptOpen(clock.now(), state.settings)));
  const lan = await openLan(options, replica, segments, () => clock.now());
  network.useLan(lan);
  const gateway = await openGateway(options, replica, network, onFailure);
  network.useGateway(gateway);
  const courier = new SegmentCourier({ shop, segments, gateway, network, onFailure });

  const context: CounterContext = {
    store,
    device: key.device,
    key,
    shop,
    replica,
    journal,
    vault,
    segments,
    compressor,
    clock,
    random,
    verifyPin,
    version,
    sessions: new Sessions(),
    neighbourhood: network,
    words: config.language === "he" ? hebrewReceipt : englishReceipt,
  };
  const housekeeper = new Housekeeper({
    store,
    device: key.device,
    replica,
    shop,
    clock,
    monotonicMs,
    publishStock: async () => void (await publishBalances(context, null)),
    isFirst: () => [...network.alive()].every((other) => key.device < other),
    onFailure,
  });
  await housekeeper.openToday();
  addOwnLabel(replica, identity, clock.now());
  counter = new Counter(context, {
    pins: new PinGuard(context, monotonicMs),
    onBug: (id, error) =>
      log("error", "a command failed", { id, error: error instanceof Error ? error.stack : String(error) }),
    onCommand: () => housekeeper.busy(),
  });
  const door = await startDoor({
    counter,
    port: config.door.port,
    uiDir: options.uiDir,
    version,
    health: () => ({
      ok: vault.status() === "ok",
      storage: vault.status(),
      network: network.view().state,
      doubts: shop.doubts(),
    }),
    log,
  });
  return {
    door,
    lan,
    async close() {
      housekeeper.close();
      courier.close();
      await door.close();
      await gateway.close();
      await lan.close();
      shop.close();
      await replica.close();
      await vault.close();
    },
  };
}

function relayOf({ config, identity }: TillOptions): string | null {
  return config.relay ?? identity.relay;
}

async function openLan(
  options: TillOptions,
  replica: Replica,
  segments: Segments,
  nowMs: () => number,
): Promise<Lan> {
  const { config, identity, random, vault, log } = options;
  const floors = andFewStray(daysAround(nowMs, { past: 10, future: 1 }), 4);
  // A till that was cut off for weeks still has sales that nobody else has.
  const trade = andFewStray(daysAround(nowMs, { past: 92, future: 1 }), 4);
  const outcome = await startLan({
    replica,
    identity: enrolledIdentity({
      store: identity.store,
      key: identity.key,
      enrolment: identity.enrolment,
      rootKey: identity.rootPublicKey,
      random,
    }),
    listen: { host: config.lan.host, port: config.lan.port },
    configured: [...config.lan.neighbours, ...identity.neighbours],
    label: identity.label,
    version,
    discovery: { mdns: config.lan.mdns, gossip: config.lan.gossip },
    addressBook: vaultAddressBook(vault),
    segments: segmentSource(segments),
    nameRule: (address) => (address.kind === "journal" ? trade(address) : floors(address)),
    presence: { relay: relayOf(options) === null ? "unconfigured" : "unknown" },
    log: linkLog((trouble, detail) => log("warn", `network: ${trouble}`, { detail })),
  });
  if (outcome.type === "started") return outcome.lan;
  throw new Error(`nothing can listen on ${config.lan.host}:${config.lan.port}: ${outcome.detail}`);
}

async function openGateway(
  options: TillOptions,
  replica: Replica,
  network: StoreNetwork,
  onFailure: (what: string, error: unknown) => void,
): Promise<Gateway> {
  const { identity, random, vault } = options;
  return await startGateway({
    replica,
    relayUrl: relayOf(options) ?? undefined,
    self: {
      store: identity.store,
      key: identity.key,
      credential: { type: "enrolment", signed: identity.enrolment },
    },
    keys: firstEpochKeys(identity.epochKey),
    storage: vaultGatewayStorage(vault, replica),
    isGateway: () => network.isGateway(),
    onGatewayChange: (listener) => network.onGatewayChange(listener),
    timing: systemTiming,
    random,
    note: (what) => onFailure("relay", what),
  });
}

/** The store knows its tills by the enrolments they have put there. */
function addOwnLabel(replica: Replica, identity: Identity, now: TimeMs): void {
  const name = documentName({ store: identity.store, kind: "store" });
  const { device } = identity.key;
  if (replica.doc<StoreDocument>(name).tills[device] !== undefined) return;
  replica.change<StoreDocument>(
    name,
    (document) => {
      document.tills[device] = identity.enrolment;
    },
    now,
  );
}
