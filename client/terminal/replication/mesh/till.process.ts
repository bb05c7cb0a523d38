import { MemoryReplica } from "../lan/memory-replica.ts";
import { TestStore } from "../lan/test-store.ts";
import { startLan } from "./start-lan.ts";

/** A till of a test in a process of its own: told what to do, and telling what it sees, by its parent's messages. */
export interface TillOrders {
  readonly store: string;
  readonly label: string;
  readonly configured: readonly string[];
}
export type ToTill = { readonly type: "note"; readonly text: string } | { readonly type: "close" };
export type FromTill =
  | { readonly type: "listening"; readonly address: string }
  | {
      readonly type: "state";
      readonly peers: number;
      readonly alive: readonly string[];
      readonly notes: readonly string[];
      /** When the newest note was seen, on the clock that all processes of the machine share. */
      readonly atMs: number;
    };

const orders = JSON.parse(process.argv[2] ?? "") as TillOrders;
const store = new TestStore(orders.store);
const till = store.till(orders.label);
const replica = new MemoryReplica(store.store, till.device);
const name = store.prices();
await replica.open(name);
const outcome = await startLan({
  replica,
  identity: till.identity,
  listen: { host: "127.0.0.1", port: 0 },
  configured: orders.configured,
  label: orders.label,
  version: "test",
  discovery: { mdns: false, gossip: true },
});
if (outcome.type !== "started") throw new Error(outcome.detail);
const { lan } = outcome;

const tell = (message: FromTill) => {
  if (process.connected) process.send?.(message, () => {});
};
let last = "";
const report = () => {
  const state = {
    type: "state" as const,
    peers: lan.peers().length,
    alive: lan.presence.alive().map(({ beat }) => beat.label),
    notes: replica.notes(name),
  };
  const text = JSON.stringify(state);
  if (text === last) return;
  last = text;
  tell({ ...state, atMs: Date.now() });
};
replica.onChanged(report);
lan.onPeers(report);
lan.presence.onChange(report);
process.on("message", (message: ToTill) => {
  if (message.type === "note") replica.note(name, message.text);
  else void lan.close().then(() => process.exit(0));
});
process.on("disconnect", () => process.exit(0));
tell({ type: "listening", address: `127.0.0.1:${lan.address.port}` });
report();
