import { type PeerId, Repo } from "@automerge/automerge-repo";
import { startLan } from "../mesh/start-lan.ts";
import { guardRepo } from "./guard-repo.ts";
import { LanAdapter } from "./lan-adapter.ts";
import { defaultLinkLimits } from "./link.ts";
import { linkLog } from "./link-log.ts";
import { listen } from "./listener.ts";
import { MemoryReplica } from "./memory-replica.ts";
import { TestStore } from "./test-store.ts";
import { systemTiming } from "./timing.ts";

/**
 * A process that a test tries to end by heads of a document that never comes.
 *
 * `stock`: automerge-repo as it is, on our adapter. `guarded`: the same, with `guardRepo`. `till`: all of `startLan`.
 */
export type TrapMode = "stock" | "guarded" | "till";
export type FromTrap =
  | { readonly type: "listening"; readonly port: number }
  /** More than automerge-repo's minute has passed since the first peer came. */
  | { readonly type: "outlived"; readonly handles: number };

// Long waits pass a hundred times as fast: automerge-repo's minute is 600 ms.
const setTimer = globalThis.setTimeout;
globalThis.setTimeout = Object.assign(
  (action: () => void, ms?: number) => setTimer(action, ms !== undefined && ms >= 30_000 ? ms / 100 : ms),
  setTimer,
);

const tell = (message: FromTrap) => process.send?.(message);
const mode = process.argv[2] as TrapMode;
const store = new TestStore("trap");
const { identity, device } = store.till("victim");
const { repo, port } = mode === "till" ? await till() : await stock();
tell({ type: "listening", port });
repo.networkSubsystem.on("peer", () => {
  setTimeout(() => tell({ type: "outlived", handles: Object.keys(repo.handles).length }), 200_000);
});
process.on("disconnect", () => process.exit(0));

async function stock() {
  const log = linkLog();
  const adapter = new LanAdapter({ identity, timing: systemTiming, log });
  const repo = new Repo({ peerId: device as string as PeerId, network: [adapter] });
  if (mode === "guarded") guardRepo(repo, () => {});
  const outcome = await listen({
    identity,
    timing: systemTiming,
    log,
    limits: defaultLinkLimits,
    host: "127.0.0.1",
    port: 0,
    onLink: (link) => adapter.adopt(link),
  });
  if (outcome.type !== "listening") throw new Error(outcome.detail);
  return { repo, port: outcome.listener.port };
}

async function till() {
  const replica = new MemoryReplica(store.store, device);
  const outcome = await startLan({
    replica,
    identity,
    listen: { host: "127.0.0.1", port: 0 },
    configured: [],
    label: "victim",
    version: "test",
    discovery: { mdns: false, gossip: false },
  });
  if (outcome.type !== "started") throw new Error(outcome.detail);
  return { repo: replica.repo, port: outcome.lan.address.port };
}
