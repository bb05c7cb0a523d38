import { createServer, connect, type Server, type Socket } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { TestStore, until } from "../lan/test-store.ts";
import type { KnownAddress } from "#schema/wire/lan.ts";
import { electGateway } from "./gateway.ts";
import type { LanOptions } from "./lan.ts";
import { type MeshTill, addressOf, allAlive, startTill } from "./test-mesh.ts";

const store = new TestStore("mesh");
const name = store.prices();
const tills: MeshTill[] = [];
const cables: Cable[] = [];
const isolated = { discovery: { mdns: false, gossip: false } };

afterEach(async () => {
  await Promise.all(tills.splice(0).map(({ lan }) => lan.close()));
  await Promise.all(cables.splice(0).map((cable) => cable.close()));
});

async function start(label: string, configured: readonly string[], options: Partial<LanOptions> = {}) {
  const till = await startTill(store, label, configured, options, (replica) => replica.open(name));
  tills.push(till);
  return till;
}

async function startMany(count: number): Promise<readonly MeshTill[]> {
  const first = await start("till 0", []);
  const others = await Promise.all(
    Array.from({ length: count - 1 }, (_, i) => start(`till ${i + 1}`, [addressOf(first)])),
  );
  const all = [first, ...others];
  await allAlive(all);
  return all;
}

function holdAll(group: readonly MeshTill[], text: string): Promise<void> {
  return until(`${text} is everywhere`, () =>
    group.every(({ replica }) => replica.notes(name).includes(text)),
  );
}

describe("a mesh", () => {
  test("of ten is sparse: each has three links, and a change costs two messages a link", async () => {
    const all = await startMany(10);
    const degrees = () => all.map(({ lan }) => lan.peers().length);
    await until("spare links are shed", () => degrees().every((degree) => degree === 3));
    all[3]!.replica.note(name, "settles");
    await holdAll(all, "settles");

    const sent = () => all.reduce((sum, { lan }) => sum + lan.traffic().sent, 0);
    const quiet = async () => {
      let before = -1;
      await until("no message for 150 ms", async () => {
        const steady = before === sent();
        before = sent();
        if (!steady) await new Promise((resolve) => setTimeout(resolve, 150));
        return steady;
      });
    };
    await quiet();
    const before = sent();
    all[7]!.replica.note(name, "reaches all");
    await holdAll(all, "reaches all");
    await quiet();
    // 15 links: there and back on each; a crossing pair of messages now and then on top.
    expect(sent() - before).toBeGreaterThanOrEqual(2 * 9);
    expect(sent() - before).toBeLessThanOrEqual(45);
  });

  test("heals: a link that is cut is back at once, a till that goes is knitted around", async () => {
    const all = await startMany(6);
    const [a] = all;
    const lostMs = performance.now();
    const lost = a!.lan.peers()[0]!;
    // Cut from outside the mesh, as by a switch that forgot the connection.
    a!.replica.repo.networkSubsystem.adapters.forEach((adapter) => {
      (adapter as unknown as { linkTo(device: string): { close(why: string): void } })
        .linkTo(lost)
        .close("overloaded");
    });
    expect(a!.lan.peers()).not.toContain(lost);
    await until("linked again", () => a!.lan.peers().includes(lost));
    expect(performance.now() - lostMs).toBeLessThan(3000);

    await all[5]!.lan.close();
    const rest = all.slice(0, 5);
    await until("it is known to have left", () =>
      rest.every(({ lan }) => lan.presence.of(all[5]!.till.device)?.state === "left"),
    );
    rest[2]!.replica.note(name, "without the sixth");
    await holdAll(rest, "without the sixth");
  });

  test("two tills that dial each other at the same moment keep one link", async () => {
    const cableToB = await cable();
    const a = await start("till a", [cableToB.address], isolated);
    const b = await start("till b", [addressOf(a)], isolated);
    cableToB.to = addressOf(b);
    await until("linked", () => a.lan.peers().length === 1 && b.lan.peers().length === 1);
    a.replica.note(name, "once");
    b.replica.note(name, "more");
    await holdAll([a, b], "once");
    await holdAll([a, b], "more");
    expect(a.lan.peers()).toEqual([b.till.device]);
    expect(b.lan.peers()).toEqual([a.till.device]);
  });

  test("a store cut in two goes on in both halves and agrees again when joined", async () => {
    const a = await start("till 1", [], isolated);
    const b = await start("till 2", [addressOf(a)], isolated);
    const between = await cable(addressOf(a));
    const c = await start("till 3", [between.address], isolated);
    const d = await start("till 4", [addressOf(c)], isolated);
    const all = [a, b, c, d];
    await allAlive(all);

    between.cut();
    await until("each half knows only itself", () =>
      all.every(({ lan }) => lan.presence.alive().length === 1),
    );
    a.replica.note(name, "left half");
    d.replica.note(name, "right half");
    await holdAll([a, b], "left half");
    await holdAll([c, d], "right half");
    expect(c.replica.notes(name)).not.toContain("left half");
    for (const till of all) till.lan.publishPresence({ relay: "unknown" });
    await until("two gateways", () => gatewayOf(a) === lowest(a, b) && gatewayOf(b) === lowest(a, b));
    await until("two gateways", () => gatewayOf(c) === lowest(c, d) && gatewayOf(d) === lowest(c, d));

    between.join();
    await holdAll(all, "left half");
    await holdAll(all, "right half");
    await allAlive(all);
    await until("one gateway", () => all.every((till) => gatewayOf(till) === lowest(...all)));
  });

  test("a till that was configured nowhere is found by the address it had when last met", async () => {
    let remembered: readonly KnownAddress[] = [];
    const addressBook = {
      load: async () => remembered,
      save: async (known: readonly KnownAddress[]) => void (remembered = known),
    };
    const a = await start("till a", []);
    const b = await start("till b", [addressOf(a)], { addressBook });
    await allAlive([a, b]);
    await b.lan.close();
    expect(remembered.map(({ device }) => device)).toContain(a.till.device);

    const again = await start("till b", [], { addressBook });
    again.replica.note(name, "remembered");
    await holdAll([a, again], "remembered");
  });

  test("a document opened on one till is opened on all, and what came early is not lost", async () => {
    const all = await startMany(5);
    const journal = store.journal(all[4]!.till);
    await all[4]!.replica.open(journal);
    all[4]!.replica.note(journal, "first sale");
    await until("all hold it", () =>
      all.every(({ replica }) => replica.notes(journal).includes("first sale")),
    );

    // Let go of on one, and wanted again when somebody writes to it.
    await all[1]!.replica.shut(journal);
    all[4]!.replica.note(journal, "second sale");
    await until("taken up again", () => all[1]!.replica.notes(journal).includes("second sale"));
    expect(all[1]!.replica.notes(journal)).toEqual(["first sale", "second sale"]);
  });
});

describe("presence", () => {
  test("what a till says of itself reaches those it has no link to, at once", async () => {
    const all = await startMany(8);
    const [speaker] = all;
    speaker!.lan.publishPresence({ openCartIds: ["cart 7"], relay: "up", extra: { build: "b1" } });
    const beats = () => all.slice(1).map(({ lan }) => lan.presence.of(speaker!.till.device)!.beat);
    await until("heard", () => beats().every(({ openCartIds }) => openCartIds[0] === "cart 7"));
    expect(beats()[0]).toMatchObject({ relay: "up", extra: { build: "b1" }, label: "till 0" });
    await until("digests agree", () =>
      beats().every(
        ({ docsDigest }) => docsDigest === all[1]!.lan.presence.of(all[2]!.till.device)!.beat.docsDigest,
      ),
    );
  });

  test("a change of prices shows in the digest that the others see", async () => {
    const [a, b] = await startMany(2);
    const digest = () => b!.lan.presence.of(a!.till.device)!.beat.pricesDigest;
    const before = digest();
    a!.replica.note(name, "new price");
    await until("another digest", () => digest() !== before);
    expect(digest()).toMatch(/^[0-9a-f]{32}$/);
  });

  test("a till whose clock was set back is heard all the same", async () => {
    const a = await start("till a", []);
    const b = await start("till b", [addressOf(a)], { session: 9_000_000 });
    await allAlive([a, b]);
    await b.lan.close();
    await until("gone", () => a.lan.presence.alive().length === 0);
    const again = await start("till b", [addressOf(a)], { session: 5, label: "till b again" });
    await until("heard", () => a.lan.presence.alive()[0]?.beat.label === "till b again");
    expect(a.lan.presence.of(again.till.device)!.beat.session).toBeGreaterThan(9_000_000);
  });

  test("another gateway is elected within seconds of the sudden end of the first", async () => {
    const labels = ["till 1", "till 2", "till 3"].sort((x, y) =>
      store.till(x).device < store.till(y).device ? -1 : 1,
    );
    const options = { ...isolated, presence: { relay: "unknown" as const } };
    const first = await start(labels[0]!, [], options);
    const [toFirst, alsoToFirst] = [await cable(addressOf(first)), await cable(addressOf(first))];
    const second = await start(labels[1]!, [toFirst.address], options);
    const third = await start(labels[2]!, [alsoToFirst.address, addressOf(second)], options);
    const rest = [second, third];
    await allAlive([first, ...rest]);
    await until("one gateway", () => rest.every((till) => gatewayOf(till) === first.till.device));

    const goneMs = performance.now();
    toFirst.cut();
    alsoToFirst.cut();
    await until("another", () => rest.every((till) => gatewayOf(till) !== first.till.device));
    expect(performance.now() - goneMs).toBeLessThan(5000);
    expect(gatewayOf(rest[0]!)).toBe(lowest(...rest));
  });
});

function gatewayOf({ lan, till }: MeshTill) {
  const { own } = lan.presence;
  const living = lan.presence.alive().map(({ beat }) => beat);
  return electGateway(living, { device: till.device, relay: own.relay, gateway: own.gateway });
}

function lowest(...group: readonly MeshTill[]) {
  return group.map(({ till }) => till.device).sort()[0];
}

interface Cable {
  readonly address: string;
  to: string | undefined;
  cut(): void;
  join(): void;
  close(): Promise<void>;
}

/** A TCP proxy that can be cut: what was connected is reset, what comes is refused. */
async function cable(to?: string): Promise<Cable> {
  const sockets = new Set<Socket>();
  let open = true;
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    if (!open || made.to === undefined) {
      socket.resetAndDestroy();
      return;
    }
    const [host, port] = made.to.split(":");
    const onward = connect(Number(port), host);
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
    onward.on("close", () => socket.destroy());
    sockets.add(socket);
    sockets.add(onward);
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
  const made: Cable = {
    address: `127.0.0.1:${(server.address() as { port: number }).port}`,
    to,
    cut() {
      open = false;
      for (const socket of sockets) socket.resetAndDestroy();
      sockets.clear();
    },
    join: () => void (open = true),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
  cables.push(made);
  return made;
}
