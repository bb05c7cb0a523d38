import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { encodeSyncMessage } from "@automerge/automerge";
import { afterEach, expect, test } from "vitest";
import { idOf } from "./document-door.ts";
import { hostilePeer, join } from "./hostile-peer.ts";
import { TestStore } from "./test-store.ts";
import type { FromTrap, TrapMode } from "./trap.process.ts";

const store = new TestStore("trap");
const running: ChildProcess[] = [];
afterEach(() => {
  for (const child of running.splice(0)) child.kill("SIGKILL");
});

// The first row shows that the trap is real: what the others survive ends an unguarded process.
test.each<[TrapMode, string]>([
  ["stock", "exit 1"],
  ["guarded", "outlived with 1 handles"],
  ["till", "outlived with 0 handles"],
])("heads of a document that never comes, sent to a %s process: %s", async (mode, fate) => {
  const child = fork(new URL("trap.process.ts", import.meta.url), [mode], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  running.push(child);
  const port = await new Promise<number>((resolve) =>
    child.on("message", (message: FromTrap) => {
      if (message.type === "listening") resolve(message.port);
    }),
  );
  const met = new Promise<string>((resolve) => {
    child.once("exit", (code) => resolve(`exit ${code}`));
    child.on("message", (message: FromTrap) => {
      if (message.type === "outlived") resolve(`outlived with ${message.handles} handles`);
    });
  });
  const evil = store.till("evil");
  const peer = await hostilePeer(evil, port);
  join(peer, evil);
  const head = randomBytes(32).toString("hex");
  peer.say({
    type: "sync",
    senderId: evil.device,
    targetId: store.till("victim").device,
    documentId: idOf(store.journal(evil, "2026-01-01")),
    data: encodeSyncMessage({
      heads: [head],
      need: [],
      have: [{ lastSync: [], bloom: new Uint8Array() }],
      changes: [],
    }),
  });
  expect(await met).toBe(fate);
  peer.link.close("stopping");
});
