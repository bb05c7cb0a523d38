import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
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

describe("commands", () => {
  test("a session is begun, used, and ended", async () => {
    const door = await doorWith();
    const token = await door.signIn();
    const scanned = await door.command("scan", { code: "4006381333931" }, token);
    expect(scanned.status).toBe(200);
    expect(scanned.json()).toEqual({
      ok: true,
      value: { lineId: "line-1", name: "Pencil", totalMinor: 125 },
    });
    const view = await door.ask("GET", "/api/view", { headers: { Authorization: `Bearer ${token}` } });
    expect(view.json()).toMatchObject({ session: { staffId: "ada" }, cart: { totalMinor: 125 } });
    expect(view.headers["cache-control"]).toBe("no-store");
    // No body at all is `{}`.
    const locked = await door.ask("POST", "/api/commands/lock", {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(locked.json()).toEqual({ ok: true, value: null });
    const after = await door.command("scan", { code: "4006381333931" }, token);
    expect([after.status, after.json().error.code]).toEqual([401, "session-ended"]);
  });

  test.each([
    ["not-signed-in", 401, "scan", { code: "x" }, null],
    ["session-ended", 401, "scan", { code: "x" }, "of-another-till"],
    ["wrong-pin", 401, "signIn", { staffId: "ada", pin: "1234" }, null],
    ["wrong-pin", 429, "signIn", { staffId: "ada", pin: "0000" }, null],
    ["not-allowed", 403, "setPrice", { itemId: "a", priceMinor: 1 }, "ada"],
    ["unknown-barcode", 404, "scan", { code: "nobody" }, "ada"],
    ["unknown-cart", 404, "complete", { cartId: "c" }, "ada"],
    ["no-cart", 409, "undo", {}, "ada"],
    ["confirm", 409, "scan", { code: "4006381333931", quantityMilli: 10_000_000 }, "ada"],
    ["storage-full", 503, "tender", { method: "cash", amountMinor: 1 }, "ada"],
  ])("%s is %i", async (code, status, name, input, who) => {
    const door = await doorWith();
    const token = who === "ada" ? await door.signIn() : (who ?? undefined);
    const answer = await door.command(name, input, token);
    expect([answer.status, answer.json().error.code]).toEqual([status, code]);
    expect(answer.json().error.message).not.toBe("");
    expect(answer.headers["retry-after"]).toBe(status === 429 ? "3" : undefined);
  });

  test.each([
    ["scan", {}, "code", "is missing"],
    ["scan", { code: 5 }, "code", "must be text"],
    ["scan", { code: "" }, "code", "must be at least 1 characters long"],
    ["scan", { code: "x".repeat(5000) }, "code", "must be at most 4096 characters long"],
    ["scan", { code: "x", quantityMili: 5 }, "quantityMili", "is no field of scan"],
    ["scan", { code: "x", quantityMilli: 1.5 }, "quantityMilli", "must be a whole number"],
    ["scan", [], "input", "must be a JSON object"],
    ["scan", "text", "input", "must be a JSON object"],
    [
      "moveCash",
      { direction: "up", amountMinor: 1, reason: "r" },
      "direction",
      "must be one of: in, out, drop",
    ],
    ["discountCart", { discount: { kind: "half" } }, "discount.kind", "must be one of: percent, amount"],
    ["report", { day: "2026-02-30" }, "day", "must be a day such as 2026-03-01"],
    [
      "receiveStock",
      { movement: "count", lines: [{ itemId: "a", quantityMilli: "3" }] },
      "lines.0.quantityMilli",
      "must be a number",
    ],
  ])("%s of %j: the field and the problem in words", async (name, input, field, problem) => {
    const door = await doorWith();
    const token = await door.signIn();
    const reached = door.counter.executed.length;
    const answer = await door.command(name, input, token);
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({
      ok: false,
      error: { code: "bad-input", params: { field, problem }, message: `${field} ${problem}.` },
    });
    expect(door.counter.executed.length).toBe(reached);
  });

  test("an unknown command is answered with the nearest one", async () => {
    const door = await doorWith();
    const answer = await door.command("overidePrise");
    expect(answer.status).toBe(404);
    expect(answer.json().error.params.problem).toContain("the nearest is overridePrice");
    for (const name of ["constructor", "__proto__", "toString"]) {
      expect((await door.command(name)).status).toBe(404);
    }
  });

  test("a fault of the till is 500 with an id that its log has, and says nothing more", async () => {
    const door = await doorWith();
    const token = await door.signIn();
    const answer = await door.command("report", {}, token);
    expect(answer.status).toBe(500);
    const { code, params } = answer.json().error;
    expect(code).toBe("internal");
    const logged = door.log.find(({ level }) => level === "error");
    expect(logged?.detail).toMatchObject({
      id: params.id,
      stack: expect.stringContaining("the report is broken"),
    });
    expect(answer.text).not.toContain("the report is broken");
  });

  test("what is said to be a token and is none", async () => {
    const door = await doorWith();
    for (const [authorization, code] of [
      ["Basic YTpi", "not-signed-in"],
      ["Bearer", "not-signed-in"],
      ["Bearer two words", "not-signed-in"],
      [`Bearer ${"x".repeat(200)}`, "session-ended"],
    ] as const) {
      const answer = await door.ask("GET", "/api/view", { headers: { Authorization: authorization } });
      expect([authorization, answer.status, answer.json().error.code]).toEqual([authorization, 401, code]);
    }
    expect((await door.ask("GET", "/api/view")).json()).toMatchObject({ session: null, cart: null });
  });
});

describe("bodies", () => {
  const json = { "Content-Type": "application/json" };

  test.each([
    ["not JSON", 400, "is not JSON", { headers: json, body: "{" }],
    ["nothing but a word", 400, "is not JSON", { headers: json, body: "hello" }],
    ["a form", 415, "must be application/json", { headers: { "Content-Type": "text/plain" }, body: "{}" }],
    ["no type", 415, "must be application/json", { body: "{}" }],
    [
      "compressed",
      415,
      "must not be compressed",
      { headers: { ...json, "Content-Encoding": "gzip" }, body: "{}" },
    ],
    [
      "another alphabet",
      415,
      "must be UTF-8",
      { headers: { "Content-Type": "application/json; charset=latin1" }, body: "{}" },
    ],
    [
      "deep",
      400,
      "is nested deeper than 16 levels",
      { headers: json, body: "[".repeat(99) + "]".repeat(99) },
    ],
    [
      "deeper",
      400,
      "is nested deeper than 16 levels",
      { headers: json, body: '{"a":'.repeat(30_000) + "1" + "}".repeat(30_000) },
    ],
    ["large", 413, "is larger than 262144 bytes", { headers: json, body: `"${"x".repeat(262_144)}"` }],
  ])("%s", async (_what, status, problem, sent) => {
    const door = await doorWith();
    const answer = await door.ask("POST", "/api/commands/signIn", sent);
    expect(answer.status).toBe(status);
    expect(answer.json().error.params.problem).toBe(problem);
    expect(door.counter.executed).toEqual([]);
  });

  test("a price book may be larger than any other body", async () => {
    const door = await doorWith();
    const token = await door.signIn("max", "9999");
    const csv = "x".repeat(3 * 1024 * 1024);
    const answer = await door.command("importPriceBook", { csv }, token);
    expect(answer.json()).toMatchObject({ ok: true, value: { rows: csv.length } });
  });

  test("bytes that are no HTTP end that connection alone", async () => {
    const door = await doorWith();
    const answerTo = (bytes: string) =>
      new Promise<string>((resolve) => {
        let text = "";
        const socket = connect(door.port, "127.0.0.1", () => socket.write(bytes));
        socket.on("data", (data) => (text += data.toString()));
        socket.on("error", () => undefined);
        socket.on("close", () => resolve(text));
      });
    expect(await answerTo("\u0000\u0001nonsense\r\n\r\n")).toContain("400 Bad Request");
    expect(await answerTo("GET /api/view HTTP/1.0\r\n\r\n")).toContain("403 Forbidden");
    expect((await door.ask("GET", "/healthz")).status).toBe(200);
  });
});

describe("who may ask", () => {
  test("the machine's own names, and no other", async () => {
    const door = await doorWith();
    for (const host of ["127.0.0.1", "localhost", "[::1]", "LOCALHOST"]) {
      const answer = await door.ask("GET", "/healthz", { headers: { Host: `${host}:${door.port}` } });
      expect([host, answer.status]).toEqual([host, 200]);
    }
    for (const host of [
      "evil.example",
      `evil.example:${door.port}`,
      "127.0.0.1",
      `127.0.0.1:${door.port + 1}`,
      `127.0.0.1.evil.example:${door.port}`,
    ]) {
      for (const path of ["/healthz", "/", "/api/view"]) {
        const answer = await door.ask("GET", path, { headers: { Host: host } });
        expect([host, path, answer.status]).toEqual([host, path, 403]);
        expect(answer.json().error.message).toContain("a till answers its own machine only");
      }
    }
  });

  test("the till's own pages, and no other's", async () => {
    const door = await doorWith();
    const own = [
      `http://127.0.0.1:${door.port}`,
      `http://localhost:${door.port}`,
      `http://[::1]:${door.port}`,
    ];
    for (const origin of own) {
      const answer = await door.ask("GET", "/api/view", { headers: { Origin: origin } });
      expect([origin, answer.status]).toEqual([origin, 200]);
    }
    for (const origin of [
      "null",
      "",
      "https://evil.example",
      `https://127.0.0.1:${door.port}`,
      `http://localhost:${door.port + 1}`,
      `127.0.0.1:${door.port}`,
    ]) {
      const answer = await door.ask("POST", "/api/commands/signIn", {
        headers: { Origin: origin, "Content-Type": "application/json" },
        body: JSON.stringify({ staffId: "ada", pin: "1111" }),
      });
      expect([origin, answer.status]).toEqual([origin, 403]);
    }
    expect(door.counter.executed).toEqual([]);
    const image = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors" };
    expect((await door.ask("GET", "/api/view", { headers: image })).status).toBe(403);
    const followed = { "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate" };
    expect((await door.ask("GET", "/healthz", { headers: followed })).status).toBe(200);
  });

  test("it listens on loopback alone", async () => {
    const door = await doorWith();
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address && !address.internal && address.family === "IPv4")
      .map((address) => address!.address);
    for (const host of outside) {
      await expect(door.ask("GET", "/healthz", { host })).rejects.toThrow(/ECONNREFUSED/);
    }
    expect(door.url).toBe(`http://127.0.0.1:${door.port}`);
  });

  test("a taken port is said", async () => {
    const door = await doorWith();
    await expect(openTestDoor({ port: door.port })).rejects.toThrow(/EADDRINUSE/);
  });
});

describe("pages", () => {
  function builtScreens(): string {
    const folder = mkdtempSync(join(tmpdir(), "tillmesh-ui-"));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "assets"));
    writeFileSync(join(folder, "index.html"), "<!doctype html><title>till</title>");
    writeFileSync(join(folder, "assets", "index-abc.js"), "export {};");
    writeFileSync(join(folder, "mark.svg"), "<svg/>");
    writeFileSync(join(folder, ".secret"), "no");
    return folder;
  }

  test("the screens at their addresses, never kept; hashed assets kept for good", async () => {
    const door = await doorWith({ uiDir: builtScreens() });
    for (const path of ["/", "/manager", "/customer"]) {
      const answer = await door.ask("GET", path);
      expect([path, answer.status, answer.text]).toEqual([path, 200, "<!doctype html><title>till</title>"]);
      expect(answer.headers["cache-control"]).toBe("no-store");
      expect(answer.headers["content-type"]).toContain("text/html");
    }
    const asset = await door.ask("GET", "/assets/index-abc.js");
    expect(asset.headers["cache-control"]).toBe("public, max-age=31536000, immutable");
    expect(asset.headers["content-type"]).toContain("javascript");
    expect((await door.ask("GET", "/mark.svg")).headers["content-type"]).toBe("image/svg+xml");
    for (const path of [
      "/.secret",
      "/assets/..%2f.secret",
      "/../package.json",
      "/nowhere",
      "/assets/nothing.js",
    ]) {
      expect([path, (await door.ask("GET", path)).status]).toEqual([path, 404]);
    }
  });

  test("nothing inline, nothing remote, in no frame", async () => {
    const door = await doorWith();
    const { headers, status, text } = await door.ask("GET", "/");
    expect([status, text]).toEqual([503, expect.stringContaining("none were built")]);
    expect(headers["content-security-policy"]).toMatch(/^default-src 'self'; /);
    expect(headers["content-security-policy"]).not.toContain("unsafe");
    expect(headers["content-security-policy"]).toContain("frame-ancestors 'none'");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["x-powered-by"]).toBeUndefined();
  });

  test("methods and addresses that are none", async () => {
    const door = await doorWith();
    const got = await door.ask("GET", "/api/commands/scan");
    expect([got.status, got.headers["allow"]]).toEqual([405, "POST"]);
    expect((await door.ask("GET", "/api/nothing")).json().error.code).toBe("bad-input");
    expect((await door.ask("GET", "/%E0%A4%A")).status).toBe(404);
    const garbled = await door.ask("POST", "/api/commands/%E0%A4%A");
    expect([garbled.status, garbled.json().error.params.field]).toEqual([400, "address"]);
  });
});

test("health and figures", async () => {
  const healthy = { ok: true };
  const door = await doorWith({ health: () => healthy, metrics: () => "tillmesh_more 1\n" });
  expect((await door.ask("GET", "/healthz")).json()).toEqual({ ok: true, version: "1.2.3" });
  healthy.ok = false;
  expect((await door.ask("GET", "/healthz")).status).toBe(503);
  await door.signIn();
  await door.screen();
  const figures = await door.ask("GET", "/metrics");
  expect(figures.headers["content-type"]).toContain("text/plain");
  expect(figures.text).toContain('tillmesh_door_commands_total{command="signIn",outcome="done"} 1');
  expect(figures.text).toContain('tillmesh_door_screens{display="staff"} 1');
  expect(figures.text).toContain("tillmesh_more 1");
});
