import { MemoryReplica } from "../lan/memory-replica.ts";
import { type TestStore, type TestTill, until } from "../lan/test-store.ts";
import type { Lan, LanOptions } from "./lan.ts";
import { startLan } from "./start-lan.ts";

/** A whole till of a test: its documents and its place on the LAN. */
export interface MeshTill {
  readonly till: TestTill;
  readonly replica: MemoryReplica;
  readonly lan: Lan;
}

export async function startTill(
  store: TestStore,
  label: string,
  configured: readonly string[],
  options: Partial<LanOptions> = {},
  documents?: (replica: MemoryReplica) => Promise<void>,
): Promise<MeshTill> {
  const till = store.till(label);
  const replica = new MemoryReplica(store.store, till.device);
  await documents?.(replica);
  const outcome = await startLan({
    replica,
    identity: till.identity,
    listen: { host: "127.0.0.1", port: 0 },
    configured,
    label,
    version: "test",
    discovery: { mdns: false, gossip: true },
    ...options,
  });
  if (outcome.type !== "started") throw new Error(outcome.detail);
  return { till, replica, lan: outcome.lan };
}

export function addressOf({ lan }: MeshTill): string {
  return `127.0.0.1:${lan.address.port}`;
}

/** Every till hears every other. */
export async function allAlive(tills: readonly MeshTill[]): Promise<void> {
  await until(`${tills.length} tills hear each other`, () =>
    tills.every(({ lan }) => lan.presence.alive().length === tills.length - 1),
  );
}
