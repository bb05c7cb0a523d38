import * as fc from "fast-check";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type CommandName, commands } from "#schema/wire/commands.ts";
import { errorCodes } from "./http-status.ts";
import { openTestDoor, type TestDoor } from "./test-door.ts";
import type { TestScreen } from "./test-screen.ts";

// What a door must do with anything at all: answer in the shape it promises, or close with a reason; hand the counter
// nothing that its schema does not know; and serve the next caller. On failure fast-check prints the seed and the case.

let door: TestDoor;
let witness: TestScreen;
beforeAll(async () => {
  door = await openTestDoor();
  witness = await door.screen();
  await witness.signIn();
});
afterAll(() => door.close());

const names = Object.keys(commands) as CommandName[];
const nasty = fc.constantFrom<unknown>(
  "",
  "__proto__",
  "constructor",
  -1,
  1e308,
  2 ** 53,
  null,
  [],
  {},
  "\u0000",
  "\ud800",
  true,
);
const jsonish = fc.oneof(fc.jsonValue({ maxDepth: 4 }), nasty);
const name = fc.oneof(
  fc.constantFrom<string>(...names),
  fc.string(),
  fc.constantFrom("toString", "__proto__"),
);
/** Near enough to the real thing to come far. */
const input = fc.oneof(
  jsonish,
  fc.record(
    {
      staffId: fc.oneof(fc.constant("ada"), jsonish),
      pin: fc.oneof(fc.constant("1111"), jsonish),
      code: fc.oneof(fc.constant("4006381333931"), jsonish),
      quantityMilli: jsonish,
      lineId: jsonish,
      discount: jsonish,
      lines: jsonish,
      csv: jsonish,
    },
    { requiredKeys: [] },
  ),
);
const message = fc.oneof(
  fc.record({ type: fc.constant("command"), id: fc.nat(99), name, input }),
  fc.record({ type: fc.constant("resume"), token: fc.oneof(fc.constant("session-1"), jsonish) }),
  fc.record({ type: jsonish, id: jsonish, name: jsonish, input: jsonish }, { requiredKeys: [] }),
  jsonish,
);
const cut = fc
  .tuple(message, fc.nat(60))
  .map(([whole, length]) => (JSON.stringify(whole) ?? "").slice(0, length));
const frame = fc.oneof(
  { weight: 6, arbitrary: message.map((whole) => JSON.stringify(whole) ?? "") },
  { weight: 1, arbitrary: cut },
  { weight: 1, arbitrary: fc.string({ unit: "binary" }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)) },
);

function everyInputWasChecked(): void {
  for (const { name: given, input: passed } of door.counter.executed.splice(0)) {
    expect(commands[given].input.safeParse(passed).success).toBe(true);
  }
}

test("any frames at all", { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(frame, { minLength: 1, maxLength: 12 }), async (frames) => {
      const screen = await door.screen();
      for (const one of frames) screen.send(one);
      // Frames are read in order: by the pong, or the end, all of them were judged.
      const judged = new Promise<void>((resolve) => screen.socket.once("pong", () => resolve()));
      screen.socket.ping();
      const end = await Promise.race([judged, screen.closed]);
      const { code, reason } = end ?? { code: 1008, reason: "none: it was let go on" };
      expect([1003, 1007, 1008]).toContain(code);
      expect(reason).not.toBe("");
      const codes = screen.of("reply").flatMap(({ result }) => (result.ok ? [] : [result.error.code]));
      expect(errorCodes).toEqual(expect.arrayContaining(codes));
      // `report` is broken on purpose; nothing else may be.
      const broken = frames.some((one) => String(one).includes("report"));
      expect(codes.includes("internal") && !broken).toBe(false);
      screen.socket.terminate();
      everyInputWasChecked();
    }),
    { numRuns: 300 },
  );
  expect(await witness.command("scan", { code: "4006381333931" })).toMatchObject({ ok: true });
});

test("any requests at all", { timeout: 60_000 }, async () => {
  const path = fc.oneof(
    name.map((wanted) => `/api/commands/${encodeURIComponent(wanted)}`),
    fc.constantFrom("/api/view", "/healthz", "/metrics", "/api/openapi.json", "/", "/assets/x", "/screen"),
    fc.webPath().map((rest) => `/${rest.replace(/^\/+/, "")}`),
  );
  const headers = fc.record(
    {
      "Content-Type": fc.constantFrom(
        "application/json",
        "application/json; charset=utf-8",
        "text/plain",
        "x",
      ),
      Authorization: fc.constantFrom("Bearer session-1", "Bearer x", "Basic x", "Bearer"),
      Origin: fc.constantFrom("null", "http://evil.example"),
    },
    { requiredKeys: [] },
  );
  const body = fc.oneof(
    input.map((whole) => JSON.stringify(whole) ?? ""),
    cut,
    fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("GET", "POST", "PUT", "DELETE"),
      path,
      headers,
      body,
      async (method, to, given, sent) => {
        const answer = await door.ask(method, to, {
          headers: given,
          ...(method === "GET" ? {} : { body: sent }),
        });
        expect(answer.status === 500 ? to : "").toBe(answer.status === 500 ? "/api/commands/report" : "");
        expect(answer.headers["x-content-type-options"]).toBe("nosniff");
        const refused = answer.status >= 400 && answer.headers["content-type"]?.includes("json");
        const { code, message } = refused ? answer.json().error : { code: errorCodes[0], message: "none" };
        expect(errorCodes).toContain(code);
        expect(message).not.toBe("");
        expect(given.Origin === undefined || answer.status === 403).toBe(true);
        everyInputWasChecked();
      },
    ),
    { numRuns: 500 },
  );
  await vi.waitFor(async () => expect((await door.ask("GET", "/healthz")).status).toBe(200));
});
