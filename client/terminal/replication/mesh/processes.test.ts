import { type ChildProcess, fork } from "node:child_process";
import { afterEach, expect, test } from "vitest";
import { until } from "../lan/test-store.ts";
import type { FromTill, TillOrders, ToTill } from "./till.process.ts";

interface TillProcess {
  readonly child: ChildProcess;
  readonly address: string;
  readonly errors: () => string;
  state: Extract<FromTill, { type: "state" }>;
}

const running: ChildProcess[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((child) => ended(child, () => child.kill("SIGKILL"))));
});

test("three tills in three processes agree, lose one, and heal when it is back", async () => {
  const first = await start("one", []);
  const second = await start("two", [first.address]);
  const third = await start("three", [first.address]);
  await until("all three linked", () => [first, second, third].every(({ state }) => state.peers === 2));

  say(first, { type: "note", text: "a" });
  say(second, { type: "note", text: "b" });
  say(third, { type: "note", text: "c" });
  const holds = (tills: readonly TillProcess[], notes: string) =>
    until(`all hold ${notes}`, () => tills.every(({ state }) => [...state.notes].sort().join("") === notes));
  await holds([first, second, third], "abc");

  // The one that all were told of is gone; the other two learned each other's address from it.
  await ended(first.child, () => first.child.kill("SIGKILL"));
  say(second, { type: "note", text: "d" });
  await holds([second, third], "abcd");
  await until("its silence is noticed", () => !second.state.alive.includes("one"));
  expect(second.state.alive).toEqual(["three"]);

  const back = await start("one", [third.address]);
  await holds([back, second, third], "abcd");
  await until("all three linked again", () => [back, second, third].every(({ state }) => state.peers === 2));
  say(back, { type: "note", text: "e" });
  await holds([back, second, third], "abcde");
  for (const { errors } of [second, third, back]) expect(errors()).toBe("");
});

async function start(label: string, configured: readonly string[]): Promise<TillProcess> {
  const orders: TillOrders = { store: "processes", label, configured };
  const child = fork(new URL("till.process.ts", import.meta.url), [JSON.stringify(orders)], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  running.push(child);
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const errors = () =>
    stderr
      .split("\n")
      .filter((line) => line !== "" && !/Warning|Timeout duration|trace-warnings/.test(line))
      .join("\n");
  let address: string | undefined;
  let state: TillProcess["state"] | undefined;
  const handle: { till?: TillProcess } = {};
  child.on("message", (message: FromTill) => {
    if (message.type === "listening") address = message.address;
    else {
      state = message;
      if (handle.till) handle.till.state = message;
    }
  });
  await until(`${label} listens: ${errors()}`, () => address !== undefined && state !== undefined);
  handle.till = { child, address: address!, errors, state: state! };
  return handle.till;
}

function say(till: TillProcess, message: ToTill): void {
  till.child.send(message);
}

function ended(child: ChildProcess, end: () => void): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once("exit", () => resolve());
    end();
  });
}
