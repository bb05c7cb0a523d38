import { expect, it } from "vitest";
import type { FromScreen, ToScreen } from "#schema/wire/screen.ts";
import { type LinkSocket, type LinkWorld, openTillLink, type SocketEvents } from "./till-link.ts";

/** A world of sockets that open and close when the test says, and a timer that runs when it says. */
function testWorld() {
  const sockets: (LinkSocket & { readonly sent: FromScreen[]; readonly heard: SocketEvents })[] = [];
  const timers: { readonly delayMs: number; readonly run: () => void }[] = [];
  const world: LinkWorld = {
    open: (_url, heard) => {
      const sent: FromScreen[] = [];
      const socket = {
        sent,
        heard,
        send: (text: string) => void sent.push(JSON.parse(text) as FromScreen),
        close: () => heard.closed(),
      };
      sockets.push(socket);
      return socket;
    },
    nowMs: () => 0,
    after: (delayMs, run) => void timers.push({ delayMs, run }),
  };
  const last = () => {
    const socket = sockets.at(-1);
    if (!socket) throw new Error("no socket");
    return socket;
  };
  return {
    world,
    last,
    timers,
    tell: (message: ToScreen) => last().heard.message(JSON.stringify(message)),
    /** Lets the next attempt to connect happen and succeed. */
    reconnect: () => {
      timers.shift()?.run();
      last().heard.opened();
    },
  };
}

const session = { staffId: "s", name: "A", role: "cashier" as const, may: [] };

it("answers a command with the reply that carries its number", async () => {
  const { world, last, tell } = testWorld();
  const link = openTillLink("ws://till/screen", world);
  last().heard.opened();
  const one = link.command("undo", {});
  const two = link.command("search", { text: "milk" });
  tell({ type: "reply", id: 2, result: { ok: true, value: { items: [], total: 0 } } });
  tell({
    type: "reply",
    id: 1,
    result: { ok: false, error: { code: "nothing-to-undo", params: {}, message: "" } },
  });
  expect(await two).toEqual({ ok: true, value: { items: [], total: 0 } });
  expect((await one).ok).toBe(false);
});

it("says at once that the till is lost for a command that must not be repeated", async () => {
  const { world, last } = testWorld();
  const link = openTillLink("ws://till/screen", world);
  last().heard.opened();
  const waiting = link.command("scan", { code: "96385074" });
  last().close();
  expect(await waiting).toMatchObject({ ok: false, error: { code: "connection-lost" } });
  expect(await link.command("undo", {})).toMatchObject({ ok: false, error: { code: "connection-lost" } });
  expect(link.picture().connection.state).toBe("lost");
});

it("sends a command that names its attempt again, unchanged, until it is answered", async () => {
  const { world, last, tell, reconnect } = testWorld();
  const link = openTillLink("ws://till/screen", world);
  last().heard.opened();
  const paid = link.command("tender", { method: "cash", amountMinor: 500, requestId: "r1" });
  const first = last().sent.at(-1);
  last().close();
  reconnect();
  expect(last().sent).toEqual([first]);
  tell({ type: "reply", id: 1, result: { ok: true, value: { tenderId: "t", dueMinor: 0, changeMinor: 0 } } });
  expect((await paid).ok).toBe(true);
});

it("goes on with its session before anything else, and forgets it when the till is locked", async () => {
  const { world, last, tell, reconnect } = testWorld();
  const link = openTillLink("ws://till/screen", world);
  last().heard.opened();
  const signedIn = link.command("signIn", { staffId: "s", pin: "1234" });
  tell({ type: "reply", id: 1, result: { ok: true, value: { token: "secret", session } } });
  await signedIn;
  last().close();
  reconnect();
  expect(last().sent[0]).toEqual({ type: "resume", token: "secret" });
  const locked = link.command("lock", {});
  tell({ type: "reply", id: 2, result: { ok: true, value: null } });
  await locked;
  last().close();
  reconnect();
  expect(last().sent).toEqual([]);
});

it("tries again ever more slowly, three seconds at most, and quickly again after it was heard", () => {
  const { world, last, timers, reconnect } = testWorld();
  openTillLink("ws://till/screen", world);
  const waits: number[] = [];
  for (let attempt = 0; attempt < 7; attempt++) {
    last().close();
    waits.push(timers.at(-1)?.delayMs ?? 0);
    timers.shift()?.run();
  }
  expect(waits).toEqual([200, 400, 800, 1_600, 3_000, 3_000, 3_000]);
  last().close();
  reconnect();
  last().close();
  expect(timers.at(-1)?.delayMs).toBe(200);
});
