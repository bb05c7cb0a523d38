import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type Bytes, type StoreId, fromHex, toHex } from "#schema/bytes.ts";
import { type SigningKey, cryptoReady, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { type EnrolmentRole, signEnrolment } from "#schema/trust/enrolment.ts";
import type { LinkSelf } from "#schema/trust/handshake.ts";
import type { RelayConversation } from "#schema/wire/relay-conversation.ts";
import type { Entry, FromRelay, OutgoingEntry, RegisterStore } from "#schema/wire/relay.ts";
import { type RelayLink, openRelayLink, trustRelay } from "../link/relay-link.ts";

await cryptoReady;

export const random = (length: number): Bytes => new Uint8Array(randomBytes(length));

/** A store with its root key, which can enrol devices. */
export function makeStore(quota?: RegisterStore["quota"]) {
  const id = toHex(random(16)) as StoreId;
  const root = signingKeyFromSeed(random(32));
  let series = 0;
  const enrol = (key: SigningKey, role: EnrolmentRole): LinkSelf => ({
    store: id,
    key,
    credential: {
      type: "enrolment",
      signed: signEnrolment(root, {
        v: 1,
        store: id,
        device: key.device,
        series: ++series,
        label: `till ${series}`,
        role,
        time: 0,
      }),
    },
  });
  return {
    id,
    root,
    registration: {
      store: id,
      root: toHex(root.publicKey),
      ...(quota ? { quota } : {}),
    } satisfies RegisterStore,
    till: () => enrol(signingKeyFromSeed(random(32)), "till"),
    reader: () => enrol(signingKeyFromSeed(random(32)), "reader"),
    enrol,
  };
}

export interface Peer {
  readonly conversation: RelayConversation;
  readonly welcome: Extract<FromRelay, { type: "welcome" }>;
  readonly pushed: Entry[];
  readonly behind: number[];
  readonly ended: Promise<string>;
  readonly link: RelayLink;
  append(
    entries: readonly OutgoingEntry[],
  ): Promise<Parameters<Parameters<RelayConversation["append"]>[1]>[0]>;
  /** All that is there after an offset, page by page. */
  readAll(after: number, maxBytes?: number): Promise<Entry[]>;
}

/** Connected and welcomed; rejects with the problem otherwise. */
export function connectPeer(url: string, self: LinkSelf): Promise<Peer> {
  return new Promise((resolve, reject) => {
    const pushed: Entry[] = [];
    const behind: number[] = [];
    let tellEnd: (problem: string) => void = () => undefined;
    const ended = new Promise<string>((tell) => (tellEnd = tell));
    const link = openRelayLink(url, self, trustRelay, random(32), {
      onWelcome(welcome) {
        const conversation = link.conversation()!;
        resolve({
          conversation,
          welcome,
          pushed,
          behind,
          ended,
          link,
          append: (entries) => new Promise((answered) => conversation.append(entries, answered)),
          async readAll(after, maxBytes = 65_536) {
            const all: Entry[] = [];
            for (let cursor = after; ;) {
              const page = await conversation.read(cursor, maxBytes);
              if (page.type !== "entries") throw new Error(`read: ${JSON.stringify(page)}`);
              all.push(...page.entries);
              cursor = page.through;
              if (cursor === page.end) return all;
            }
          },
        });
      },
      onPush: (_after, entries) => void pushed.push(...entries),
      onBehind: (end) => void behind.push(end),
      onEnd(problem) {
        tellEnd(problem);
        reject(new Error(problem));
      },
    });
  });
}

export function entryOf(text: string, more: Partial<OutgoingEntry> = {}): OutgoingEntry {
  return {
    id: random(16),
    docs: [{ name: fromHex("00".repeat(16)), heads: [] }],
    epoch: 1,
    bytes: new TextEncoder().encode(text),
    ...more,
  };
}

export const textOf = (entry: { readonly bytes: Bytes }): string => new TextDecoder().decode(entry.bytes);

export function temporaryFolder(): { readonly path: string; readonly remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), "tillmesh-relay-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A relay as a process of its own. */
export async function spawnRelay(
  config: object,
): Promise<{ readonly url: string; readonly process: ChildProcess }> {
  const folder = temporaryFolder();
  const path = join(folder.path, "relay.json");
  writeFileSync(path, JSON.stringify(config));
  const child = spawn(process.execPath, [new URL("../relay/main.ts", import.meta.url).pathname, path], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    for await (const line of createInterface({ input: child.stdout }))
      return { url: (JSON.parse(line) as { url: string }).url, process: child };
  } finally {
    folder.remove();
  }
  throw new Error("the relay process ended before it was ready");
}

export function exited(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    else child.once("exit", () => resolve());
  });
}
