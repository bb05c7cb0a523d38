import { Repo, type PeerId } from "@automerge/automerge-repo";
import { runNetworkAdapterTests } from "@automerge/automerge-repo/helpers/tests/network-adapter-tests.js";
import { afterEach, describe, expect, test } from "vitest";
import { dialTill } from "./dial.ts";
import { LanAdapter } from "./lan-adapter.ts";
import { type LinkDeps, defaultLinkLimits } from "./link.ts";
import { linkLog } from "./link-log.ts";
import { type Listener, listen } from "./listener.ts";
import { type TestTill, TestStore, until } from "./test-store.ts";
import { systemTiming } from "./timing.ts";

const store = new TestStore("lan-adapter");
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()));
});

/** An adapter with its own listener; `dial` keeps a link to another until the test ends. */
async function station(till: TestTill) {
  const log = linkLog();
  const deps: LinkDeps = { identity: till.identity, timing: systemTiming, log, limits: defaultLinkLimits };
  const adapter = new LanAdapter({
    identity: till.identity,
    timing: systemTiming,
    log,
    speaksAs: () => true,
  });
  const outcome = await listen({
    ...deps,
    host: "127.0.0.1",
    port: 0,
    onLink: (link) => adapter.adopt(link),
  });
  if (outcome.type !== "listening") throw new Error(outcome.detail);
  const { listener } = outcome;
  const stop = new AbortController();
  closers.push(async () => {
    stop.abort();
    adapter.disconnect();
    await listener.close();
  });
  const dial = async (to: Listener) => {
    while (!stop.signal.aborted) {
      const result = await dialTill(`127.0.0.1:${to.port}`, deps, stop.signal);
      if (result.type === "open" && adapter.adopt(result.link)) {
        const { link } = result;
        while (link.isOpen && !stop.signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  return { adapter, listener, dial, log };
}

runNetworkAdapterTests(async () => {
  const [a, b, c] = await Promise.all(["a", "b", "c"].map((label) => station(store.till(label))));
  void a!.dial(b!.listener);
  void a!.dial(c!.listener);
  void b!.dial(c!.listener);
  // The suite gives connections 50 ms: the links are there before it begins, the repos meet on them.
  const adapters = [a!.adapter, b!.adapter, c!.adapter] as const;
  await until("all linked", () => adapters.every((adapter) => adapter.devices().length === 2));
  return { adapters: [...adapters] };
}, "LanAdapter");

describe("LanAdapter", () => {
  test("is ready at once", () => {
    const till = store.till("alone");
    const adapter = new LanAdapter({ identity: till.identity, timing: systemTiming, log: linkLog() });
    expect(adapter.isReady()).toBe(true);
    const repo = new Repo({ network: [adapter], peerId: till.device as string as PeerId });
    expect(repo.networkSubsystem.isReady()).toBe(true);
  });
});
