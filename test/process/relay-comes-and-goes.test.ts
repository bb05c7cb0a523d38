import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { OpenShop } from "./support/open-shop.ts";
import { inspectVault } from "./support/inspect-vault.ts";
import { killEverything, type Program, runProgram, startProgram } from "./support/program.ts";
import { seeded } from "./support/seeded.ts";
import { openProxy, type TcpProxy } from "./support/tcp-proxy.ts";
import { TestShop } from "./support/test-shop.ts";
import type { TestTill } from "./support/test-till.ts";
import { until } from "./support/until.ts";

afterEach(killEverything);

/** A relay whose address stays while its process, and all it stores, come and go. */
class TestRelay {
  readonly #wire: TcpProxy;
  #program: Program | undefined;
  shop: TestShop | undefined;

  private constructor(wire: TcpProxy) {
    this.#wire = wire;
  }

  static async make(): Promise<TestRelay> {
    return new TestRelay(await openProxy());
  }

  get url(): string {
    return `http://${this.#wire.address}`;
  }

  get dataDir(): string {
    return this.shop!.path("relay", "data");
  }

  async start(): Promise<void> {
    const shop = this.shop!;
    mkdirSync(join(this.dataDir, ".."), { recursive: true });
    this.#program = await startProgram(["relay", "--data", this.dataDir, "--port", "0"], {
      logFile: shop.path("relay", "log"),
    });
    this.#wire.lead(new URL(String(this.#program.ready["url"])).host);
    await runProgram([
      "register",
      "--company",
      shop.companyFile,
      "--relay",
      this.url,
      "--operator-token-file",
      join(this.dataDir, "operator-token"),
      "--passphrase-file",
      shop.passphraseFile,
    ]);
  }

  async stop(how: "stop" | "kill"): Promise<void> {
    await this.#program![how]();
    this.#wire.lead(null);
  }

  async entries(): Promise<number> {
    const text = await (await fetch(`${this.url}/metrics`)).text();
    return Number(/^tillmesh_relay_appends_total (\d+)/m.exec(text)?.[1]);
  }

  empty(): void {
    rmSync(this.dataDir, { recursive: true });
  }

  async close(): Promise<void> {
    await this.#wire.close();
  }
}

async function relayIs(till: TestTill, state: "up" | "down"): Promise<void> {
  await until(
    `${till.label} to see the relay ${state}`,
    async () => (await till.client.view()).network.relay.state === state,
    60_000,
  );
}

test(
  "tills that only a relay joins: it is stopped, killed, and emptied, and no till cares",
  {
    timeout: 400_000,
  },
  async () => {
    const relay = await TestRelay.make();
    const shop = await TestShop.make({ tills: 3, relay: relay.url });
    relay.shop = shop;
    try {
      await relay.start();
      const [a, b, late] = shop.tills as [TestTill, TestTill, TestTill];
      await Promise.all([a.start(), b.start()]);
      await Promise.all([relayIs(a, "up"), relayIs(b, "up")]);
      const open = await OpenShop.open(shop, seeded("relay-comes-and-goes"), [a, b]);
      await open.sell(a, 2);
      await open.sell(b, 2);
      await open.everyTillAgrees([a, b]);

      await relay.stop("stop");
      await Promise.all([relayIs(a, "down"), relayIs(b, "down")]);
      await open.sell(a, 3);
      await open.sell(b, 1);
      await relay.start();
      await open.everyTillAgrees([a, b]);

      // Killed in the middle of trade, it has lost nothing that it said it had.
      await Promise.all([open.sell(a, 3), relay.stop("kill")]);
      await open.sell(b, 2);
      await relay.start();
      await open.everyTillAgrees([a, b]);

      // Emptied, it is filled again: by what the tills still had for it, and by what it had already.
      await relay.stop("stop");
      relay.empty();
      await open.sell(a, 2);
      await open.sell(b, 2);
      await relay.start();
      await open.everyTillAgrees([a, b]);
      expect(await relay.entries()).toBeGreaterThan(0);
      await a.stop();
      await b.stop();

      // All that a till knows which comes now is what the relay was filled with.
      await late.start();
      await OpenShop.openShift(late);
      await open.sell(late);
      await open.everyTillAgrees([late]);
      await a.start();
      await b.start();
      await open.everyTillAgrees();
      await Promise.all(shop.tills.map((till) => till.stop()));
      const vaults = await Promise.all(shop.tills.map(inspectVault));
      for (const { journals } of vaults)
        for (const [, verdict] of journals) expect(verdict.type).toBe("right");
    } finally {
      await shop.close();
      await relay.close();
    }
  },
);
