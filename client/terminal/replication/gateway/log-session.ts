import { type Bytes, toHex } from "#schema/bytes.ts";
import type { DocumentName } from "#schema/documents/names.ts";
import { type Entry, type FromRelay, maxCoveredNames } from "#schema/wire/relay.ts";
import type { RelayConversation } from "#schema/wire/relay-conversation.ts";
import type { GatewayStorage } from "./gateway-storage.ts";
import type { Inbox } from "./inbox.ts";
import type { LogNames } from "./log-names.ts";
import { type LogState, beginLog, cover } from "./log-state.ts";
import { type Sender, createSender } from "./outbox.ts";
import type { ReplicaPort } from "../replica-port.ts";

export interface LogSessionDependencies {
  readonly state: LogState;
  readonly storage: GatewayStorage;
  readonly replica: ReplicaPort;
  readonly names: LogNames;
  readonly inbox: Inbox;
  readonly after: (ms: number, action: () => void) => () => void;
  /** Read to the end and told what is covered: from now on what is new may be composed. */
  readonly onLive: () => void;
  readonly onMoved: () => void;
  readonly onProblem: (problem: string) => void;
  readonly onTooLarge: () => void;
  /** The conversation is of no use any more; begin another. */
  readonly onBroken: (problem: string) => void;
}

/** One conversation of the gateway with the relay: catches up, learns what is covered, then follows and sends. */
export interface LogSession {
  push(entries: readonly Entry[]): void;
  behind(): void;
  /** The outbox has grown. */
  send(): void;
  stop(): void;
}

type Refusal = Extract<FromRelay, { readonly type: "error" }> | { readonly type: "closed" };

const pageBytes = 512 * 1024;
/** With more than this not yet merged, pushes are let go; they are read later. */
const queueBytes = 8 * 1024 * 1024;

export function startLogSession(
  conversation: RelayConversation,
  welcome: Extract<FromRelay, { type: "welcome" }>,
  using: LogSessionDependencies,
): LogSession {
  const { state, storage, replica, names, inbox } = using;
  const queue: Entry[] = [];
  let queued = 0;
  let mustRead = true;
  let stopped = false;
  const isStopped = () => stopped;
  let working = false;
  let live = false;
  let sender: Sender | undefined;

  void guard(begin());

  async function begin(): Promise<void> {
    const log = toHex(welcome.log);
    if (log !== state.log) {
      await storage.commit({ log });
      beginLog(state, log);
    }
    if (stopped) return;
    sender = createSender(state, conversation, {
      storage,
      after: using.after,
      onMoved: using.onMoved,
      onTooLarge: using.onTooLarge,
      onRefused: using.onProblem,
      onFailure: fail,
    });
    sender.wake();
    await work();
  }

  /** One thing at a time: merges what was pushed, reads when pushes do not suffice, then says that it is live. */
  async function work(): Promise<void> {
    if (working || sender === undefined) return;
    working = true;
    try {
      while (!isStopped() && (queue.length > 0 || mustRead)) {
        if (mustRead) await readOn();
        else await takeQueue();
        if (!mustRead && queue.length === 0 && state.cursor.hasGap()) mustRead = true;
      }
      if (!stopped && !live) {
        await askCovered();
        if (stopped) return;
        live = true;
        using.onLive();
      }
    } finally {
      working = false;
    }
    if (!stopped && (queue.length > 0 || mustRead)) await work();
  }

  async function readOn(): Promise<void> {
    mustRead = false;
    for (;;) {
      const page = await conversation.read(state.cursor.through(), pageBytes);
      if (stopped || !isAnswer(page)) return;
      await inbox.take(page.entries);
      state.cursor.sawAllThrough(page.through);
      if (page.through >= page.end) await inbox.atEnd();
      await remember();
      if (stopped || page.through >= page.end) return;
    }
  }

  async function takeQueue(): Promise<void> {
    const entries = queue.splice(0);
    queued = 0;
    await inbox.take(entries);
    if (!state.cursor.hasGap()) await inbox.atEnd();
    await remember();
  }

  async function remember(): Promise<void> {
    await storage.commit({ cursor: state.cursor.safe() });
    using.onMoved();
  }

  /** What other gateways have brought there, in our own hashes; documents that are closed and fully covered stay closed. */
  async function askCovered(): Promise<void> {
    const inOutbox = new Map(
      state.outbox.flatMap(({ covers }) => covers).map(({ name, heads }) => [name, heads]),
    );
    const all = replica.names().filter((name) => names.isOpen(name) || !state.covered.has(name));
    for (let at = 0; at < all.length && !isStopped(); at += maxCoveredNames) {
      const some = all.slice(at, at + maxCoveredNames);
      const byKeyed = new Map<string, DocumentName>(some.map((name) => [toHex(names.name(name)), name]));
      const answer = await conversation.covered(some.map((name): Bytes => names.name(name)));
      if (stopped || !isAnswer(answer)) return;
      for (const { name: keyed, claims, entryBytes, snapshotBytes } of answer.docs) {
        const name = byKeyed.get(toHex(keyed));
        if (name === undefined) continue;
        await replica.open(name);
        state.covered.delete(name);
        state.sizes.set(name, { entryBytes, snapshotBytes });
        const believed = claims.filter(({ by }) => !state.distrusted.has(by)).flatMap(({ heads }) => heads);
        cover(state, name, names.known(name, believed), replica.heads(name));
        cover(state, name, inOutbox.get(name) ?? [], replica.heads(name));
      }
    }
  }

  function isAnswer<Message extends { readonly type: string }>(
    answer: Message | Refusal,
  ): answer is Exclude<Message, Refusal> {
    if (answer.type === "closed") stop();
    else if (answer.type === "error") fail(new Error("message" in answer ? answer.message : "refused"));
    return answer.type !== "closed" && answer.type !== "error";
  }

  async function guard(promise: Promise<void>): Promise<void> {
    try {
      await promise;
    } catch (error) {
      fail(error);
    }
  }

  function fail(error: unknown): void {
    if (stopped) return;
    stop();
    using.onBroken(error instanceof Error ? error.message : String(error));
  }

  function stop(): void {
    stopped = true;
    sender?.stop();
  }

  return {
    push(entries) {
      if (stopped) return;
      const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
      // A push that does not follow on what was seen leaves a gap in the cursor, and that is read.
      if (queued + bytes > queueBytes) mustRead = true;
      else {
        queue.push(...entries);
        queued += bytes;
      }
      void guard(work());
    },
    behind() {
      mustRead = true;
      void guard(work());
    },
    send: () => sender?.wake(),
    stop,
  };
}
