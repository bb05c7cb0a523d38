import { createConnection } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { openTestDoor, type TestDoor } from "./test-door.ts";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

async function doorWith(options?: Parameters<typeof openTestDoor>[0]): Promise<TestDoor> {
  const door = await openTestDoor(options);
  cleanups.push(() => door.close());
  return door;
}

const pencil = "4006381333931";

describe("a screen", () => {
  test("is greeted, sees the whole picture, and then only what changes", async () => {
    const door = await doorWith();
    const screen = await door.screen();
    await vi.waitFor(() => expect(screen.received.length).toBe(2));
    expect(screen.received[0]).toEqual({ type: "hello", protocol: 1, version: "1.2.3" });
    expect(screen.received[1]).toEqual({ type: "view", view: door.counter.view(null) });
    await screen.signIn();
    expect(screen.received.at(-2)).toMatchObject({ type: "view", view: { session: { staffId: "ada" } } });
    expect(Object.keys(screen.of("view").at(-1)!.view)).toEqual(["session"]);
    const reply = await screen.command("scan", { code: pencil });
    expect(reply).toEqual({ ok: true, value: { lineId: "line-1", name: "Pencil", totalMinor: 125 } });
    // The picture, the sound, the reply: in that order, and nothing twice.
    const kinds = screen.received.slice(-3).map(({ type }) => type);
    expect(kinds).toEqual(["view", "signal", "reply"]);
    expect(Object.keys(screen.of("view").at(-1)!.view)).toEqual(["cart"]);
    expect(screen.picture.cart?.totalMinor).toBe(125);
    expect(screen.of("signal")).toEqual([{ type: "signal", signal: "accepted" }]);
    door.counter.change({ exceptions: 3 });
    door.counter.change({ exceptions: 4 });
    await vi.waitFor(() => expect(screen.picture.exceptions).toBe(4));
    // Two changes in one turn of the event loop are one message.
    expect(screen.of("view").filter(({ view }) => "exceptions" in view).length).toBe(2);
    expect(screen.picture).toEqual(door.counter.view("session-1"));
  });

  test("is not sent what says the same in another object", async () => {
    const door = await doorWith();
    const screen = await door.screen();
    await vi.waitFor(() => expect(screen.of("view").length).toBe(1));
    const { network, till } = door.counter.view(null);
    door.counter.change({ network: structuredClone(network), till: { ...till, storage: "full" } });
    await vi.waitFor(() => expect(screen.of("view").length).toBe(2));
    expect(Object.keys(screen.of("view")[1]!.view)).toEqual(["till"]);
  });

  test("hears what its scans came to", async () => {
    const door = await doorWith();
    const screen = await door.screen();
    await screen.signIn();
    await screen.command("scan", { code: pencil });
    await screen.command("scan", { code: "nobody" });
    await screen.command("scan", { code: pencil, quantityMilli: 10_000_000 });
    await screen.command("undo");
    expect(screen.of("signal").map(({ signal }) => signal)).toEqual(["accepted", "rejected", "attention"]);
    // Scanned by another program, in the same session: heard and seen all the same.
    await door.command("scan", { code: pencil }, "session-1");
    await vi.waitFor(() => expect(screen.of("signal").length).toBe(4));
    await vi.waitFor(() => expect(screen.picture.cart?.lines.length).toBe(2));
  });

  test("goes on with its session at another socket, and is told when it is over", async () => {
    const door = await doorWith();
    const first = await door.screen();
    const token = await first.signIn();
    await first.command("scan", { code: pencil });
    first.socket.terminate();
    const second = await door.screen();
    second.send(JSON.stringify({ type: "resume", token }));
    await vi.waitFor(() => expect(second.picture.cart?.totalMinor).toBe(125));
    expect(await second.command("scan", { code: pencil })).toMatchObject({ ok: true });
    door.counter.endSession(token);
    await vi.waitFor(() => expect(second.picture.session).toBe(null));
    expect(await second.command("scan", { code: pencil })).toMatchObject({
      error: { code: "session-ended" },
    });
    await second.signIn();
    expect(await second.command("scan", { code: pencil })).toMatchObject({ ok: true });
  });

  test("with the token of another till is told that its session is over", async () => {
    const door = await doorWith();
    const screen = await door.screen();
    expect(await screen.command("scan", { code: pencil })).toMatchObject({
      error: { code: "not-signed-in" },
    });
    screen.send(JSON.stringify({ type: "resume", token: "of-another-till" }));
    expect(await screen.command("scan", { code: pencil })).toMatchObject({
      error: { code: "session-ended" },
    });
    expect(screen.picture.session).toBe(null);
    expect(door.counter.executed).toEqual([]);
  });

  test("locked, it holds no session; a session locked elsewhere is over here too", async () => {
    const door = await doorWith();
    const [one, two] = [await door.screen(), await door.screen()];
    const token = await one.signIn();
    two.send(JSON.stringify({ type: "resume", token }));
    await vi.waitFor(() => expect(two.picture.session?.staffId).toBe("ada"));
    expect(await one.command("lock")).toEqual({ ok: true, value: null });
    expect(one.picture.session).toBe(null);
    expect(await one.command("scan", { code: pencil })).toMatchObject({ error: { code: "not-signed-in" } });
    await vi.waitFor(() => expect(two.picture.session).toBe(null));
    expect(await two.command("scan", { code: pencil })).toMatchObject({ error: { code: "session-ended" } });
  });

  test("sees how far long work has come", async () => {
    const door = await doorWith();
    const screen = await door.screen();
    await screen.signIn("max", "9999");
    const csv = "x".repeat(1024 * 1024);
    expect(await screen.command("importPriceBook", { csv })).toMatchObject({ value: { rows: csv.length } });
    const steps = screen.of("progress").map(({ done }) => done);
    // A thousand steps are told by the percent.
    expect(steps).toEqual(Array.from({ length: 101 }, (_, percent) => percent / 100));
  });

  test("is answered by a fault's id when the counter throws", async () => {
    const door = await doorWith();
    const screen = await door.screen();
    await screen.signIn();
    const reply = await screen.command("report");
    const id = reply.ok ? "" : reply.error.params["id"];
    expect(door.log.find(({ level }) => level === "error")?.detail).toMatchObject({ id });
    expect(await screen.command("scan", { code: pencil })).toMatchObject({ ok: true });
  });
});

describe("the customer's display", () => {
  test("sees its own view and nothing else", async () => {
    const door = await doorWith();
    const display = await door.screen({ path: "/screen?display=customer" });
    const screen = await door.screen();
    await screen.signIn();
    await screen.command("scan", { code: pencil });
    await vi.waitFor(() => expect(display.customer?.totalMinor).toBe(125));
    expect(new Set(display.received.map(({ type }) => type))).toEqual(new Set(["hello", "customer"]));
    const before = display.received.length;
    door.counter.change({ exceptions: 1 });
    await vi.waitFor(() => expect(screen.picture.exceptions).toBe(1));
    expect(display.received.length).toBe(before);
  });

  test("gives no command and takes no session", async () => {
    const door = await doorWith();
    const display = await door.screen({ path: "/screen?display=customer" });
    for (const name of ["scan", "signIn", "complete"] as const) {
      expect(await display.command(name, { staffId: "ada", pin: "1111" })).toMatchObject({
        error: { code: "not-allowed", params: { permission: name } },
      });
    }
    expect(door.counter.executed).toEqual([]);
    const token = await door.signIn();
    display.send(JSON.stringify({ type: "resume", token }));
    expect(await display.closed).toMatchObject({ code: 1008 });
  });
});

describe("who may open a screen", () => {
  test("the till's own pages, from the machine's own names, at a screen's address", async () => {
    const door = await doorWith();
    const own = await door.screen({ origin: `http://localhost:${door.port}` });
    own.socket.terminate();
    for (const [refused, options] of [
      ["403", { origin: "https://evil.example" }],
      ["403", { origin: "null" }],
      ["403", { origin: `http://localhost:${door.port + 1}` }],
      ["403", { headers: { Host: `evil.example:${door.port}` } }],
      ["404", { path: "/socket" }],
      ["404", { path: "/" }],
      ["400", { path: "/screen?display=kitchen" }],
      ["400", { path: "/screen?display=customer&display=staff" }],
    ] as const) {
      await expect(door.screen(options)).rejects.toThrow(refused);
    }
  });

  test("so many screens, and no more", async () => {
    const door = await doorWith();
    const screens = await Promise.all(Array.from({ length: 128 }, () => door.screen()));
    await expect(door.screen()).rejects.toThrow("503");
    screens[0]!.socket.close();
    await screens[0]!.closed;
    await vi.waitFor(async () => (await door.screen()).socket.terminate());
    // Each of the others is sent a change once, and it was put into words once for all of them.
    await Promise.all(
      screens.slice(1).map((screen) => vi.waitFor(() => expect(screen.picture.store).toBeDefined())),
    );
    let written = 0;
    const departments = [{ id: "d", name: "D", toJSON: () => (written++, { id: "d", name: "D" }) }];
    door.counter.change({ store: { ...door.counter.view(null).store, departments } });
    await Promise.all(
      screens
        .slice(1)
        .map((screen) => vi.waitFor(() => expect(screen.picture.store?.departments.length).toBe(1))),
    );
    expect(written).toBe(1);
  });
});

describe("frames that are none of a screen", () => {
  test.each([
    ["bytes", Buffer.from([1, 2, 3]), 1003],
    ["no JSON", "{", 1007],
    ["no object", "5", 1008],
    ["an empty list", "[]", 1008],
    ["null", "null", 1008],
    ["no id", '{"type":"command","name":"scan","input":{}}', 1008],
    ["deep", "[".repeat(100_000) + "]".repeat(100_000), 1008],
    ["another type", '{"type":"shout"}', 1008],
    ["a token that is none", '{"type":"resume","token":7}', 1008],
  ])("%s: closed, with the reason", async (_what, frame, code) => {
    const door = await doorWith();
    const screen = await door.screen();
    screen.send(frame);
    const closed = await screen.closed;
    expect(closed.code).toBe(code);
    expect(closed.reason).not.toBe("");
    expect(door.counter.executed).toEqual([]);
    expect((await door.ask("GET", "/healthz")).status).toBe(200);
  });

  test.each([
    ["an unknown command", { type: "command", id: 7, name: "scam", input: {} }, "name"],
    ["a method of objects", { type: "command", id: 7, name: "constructor", input: {} }, "name"],
    ["another type", { type: "shout", id: 7 }, "message"],
    ["a wrong field", { type: "command", id: 7, name: "signIn", input: { staffId: 5 } }, "staffId"],
    ["no input", { type: "command", id: 7, name: "signIn" }, "input"],
    [
      "too large",
      { type: "command", id: 7, name: "signIn", input: { staffId: "x".repeat(300_000) } },
      "message",
    ],
    ["deep", { type: "command", id: 7, name: "signIn", input: deep(20) }, "message"],
  ])("%s: answered by the id it gave", async (_what, frame, field) => {
    const door = await doorWith();
    const screen = await door.screen();
    screen.send(JSON.stringify(frame));
    await vi.waitFor(() => expect(screen.of("reply").length).toBe(1));
    expect(screen.of("reply")[0]).toMatchObject({
      id: 7,
      result: { ok: false, error: { code: "bad-input", params: { field } } },
    });
    expect(door.counter.executed).toEqual([]);
  });

  test("after too many of them the screen is sent away", async () => {
    const door = await doorWith();
    const screen = await door.screen();
    for (let id = 0; id < 60; id++) screen.send(JSON.stringify({ type: "shout", id }));
    expect(await screen.closed).toMatchObject({
      code: 1008,
      reason: "too many frames that are none of a screen",
    });
    expect(screen.of("reply").length).toBe(50);
  });

  test("frames that break the protocol itself end that socket alone", async () => {
    const door = await doorWith();
    const answer = await new Promise<string>((resolve) => {
      let text = "";
      const socket = createConnection(door.port, "127.0.0.1", () => {
        socket.write(
          `GET /screen HTTP/1.1\r\nHost: 127.0.0.1:${door.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        );
        socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff]));
      });
      socket.on("data", (data) => (text += data.toString("latin1")));
      socket.on("close", () => resolve(text));
      socket.on("error", () => undefined);
    });
    expect(answer).toContain("101 Switching Protocols");
    expect((await door.ask("GET", "/healthz")).status).toBe(200);
  });
});

function deep(levels: number): unknown {
  return levels === 0 ? 1 : { a: deep(levels - 1) };
}

describe("a screen that does not keep up", () => {
  test("gets the newest picture when it reads again, and never more than a little waits for it", async () => {
    const door = await doorWith();
    const slow = await door.screen();
    const quick = await door.screen();
    await vi.waitFor(() => expect(slow.picture.store).toBeDefined());
    slow.socket.pause();
    const store = door.counter.view(null).store;
    const rounds = 200;
    for (let round = 1; round <= rounds; round++) {
      // 512 KiB a change: 100 MiB in all, were each of them to wait.
      door.counter.change({ store: { ...store, name: `${round} ${"x".repeat(512 * 1024)}` } });
      await vi.waitFor(() => expect(quick.picture.store?.name.startsWith(`${round} `)).toBe(true), {
        interval: 1,
      });
      quick.received.length = 0;
    }
    const coalesced = /views_coalesced_total (\d+)/.exec((await door.ask("GET", "/metrics")).text)?.[1];
    expect(Number(coalesced)).toBeGreaterThan(rounds / 2);
    slow.socket.resume();
    await vi.waitFor(() => expect(slow.picture.store?.name.startsWith(`${rounds} `)).toBe(true));
    // What the kernel's buffers held, one that the door had begun, and the newest.
    expect(slow.of("view").length).toBeLessThan(40);
    expect(await slow.command("signIn", { staffId: "ada", pin: "1111" })).toMatchObject({ ok: true });
  });

  test("is read from no further while too many of its commands are unanswered; all are answered in the end", async () => {
    const door = await doorWith();
    const screen = await door.screen();
    await screen.signIn();
    let running = 0;
    let most = 0;
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    door.counter.before = async () => {
      most = Math.max(most, ++running);
      await gate;
      running -= 1;
    };
    const replies = Promise.all(Array.from({ length: 5_000 }, () => screen.command("search", { text: "x" })));
    await vi.waitFor(() => expect(running).toBe(32));
    // The other door goes on meanwhile.
    expect((await door.ask("GET", "/healthz")).status).toBe(200);
    open();
    expect((await replies).every((reply) => reply.ok)).toBe(true);
    expect(most).toBe(32);
  });

  test("is ended when it gives no sign of life; one that does stays", async () => {
    const door = await doorWith({ heartbeatMs: 50 });
    const dead = await door.screen({ autoPong: false });
    const alive = await door.screen();
    expect((await dead.closed).code).toBe(1006);
    let beats = 0;
    alive.socket.on("ping", () => beats++);
    await vi.waitFor(() => expect(beats).toBeGreaterThan(3));
    expect(alive.socket.readyState).toBe(alive.socket.OPEN);
  });
});

test("closing the door tells every screen and frees the port", async () => {
  const door = await openTestDoor();
  const screen = await door.screen();
  const deaf = await door.screen();
  deaf.socket.pause();
  await door.close();
  expect(await screen.closed).toEqual({ code: 1001, reason: "the till is stopping" });
  await expect(door.screen()).rejects.toThrow(/ECONNREFUSED/);
  deaf.socket.terminate();
});
