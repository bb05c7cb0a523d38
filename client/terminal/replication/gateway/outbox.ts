import { toHex } from "#schema/bytes.ts";
import { maxAppendEntries } from "#schema/wire/relay.ts";
import type { Answer, RelayConversation } from "#schema/wire/relay-conversation.ts";
import type { GatewayStorage, OutboxEntry } from "./gateway-storage.ts";
import { type LogState, grow } from "./log-state.ts";

export interface OutboxDependencies {
  readonly storage: GatewayStorage;
  readonly after: (ms: number, action: () => void) => () => void;
  /** An append was acknowledged, or there is nothing left to send. */
  readonly onMoved: () => void;
  /** The relay will not have an entry as it is: the conversation must begin again. */
  readonly onTooLarge: () => void;
  /** The relay refuses for now. */
  readonly onRefused: (problem: string) => void;
  readonly onFailure: (error: unknown) => void;
}

/** Sends what waits, in order, one request at a time, over one conversation; what is acknowledged leaves the disk. */
export interface Sender {
  /** There may be something to send. */
  wake(): void;
  stop(): void;
}

const batchBytes = 2 * 1024 * 1024;

export function createSender(
  state: LogState,
  conversation: RelayConversation,
  using: OutboxDependencies,
): Sender {
  let phase: "idle" | "asking" | "waiting" | "stopped" = "idle";
  let cancelWait: () => void = () => undefined;

  function wake(): void {
    if (phase !== "idle") return;
    const batch = nextBatch(state.outbox);
    if (batch.length === 0) return using.onMoved();
    phase = "asking";
    conversation.append(
      batch.map(({ entry }) => entry),
      (answer) => {
        if (phase !== "stopped") void answered(batch, answer).catch(using.onFailure);
      },
    );
  }

  async function answered(batch: readonly OutboxEntry[], answer: Answer<"ack">): Promise<void> {
    if (answer.type === "closed") return;
    if (answer.type === "error") return refused(answer.code, answer.message, answer.retryAfterMs);
    const sent = new Set(batch);
    state.outbox = state.outbox.filter((item) => !sent.has(item));
    answer.entries.forEach(({ offset, fresh }, i) => {
      state.cursor.saw(offset);
      if (fresh) noteSizes(state, batch[i]!);
    });
    await using.storage.commit({
      remove: batch.map(({ entry }) => toHex(entry.id)),
      covered: batch.flatMap(({ covers }) => covers),
      cursor: state.cursor.safe(),
    });
    if (isStopped()) return;
    phase = "idle";
    using.onMoved();
    wake();
  }

  function refused(code: string, problem: string, retryAfterMs: number | undefined): void {
    if (code === "too-large") return using.onTooLarge();
    using.onRefused(problem);
    phase = "waiting";
    cancelWait = using.after(retryAfterMs ?? 30_000, () => {
      if (isStopped()) return;
      phase = "idle";
      wake();
    });
  }

  const isStopped = () => phase === "stopped";

  return {
    wake,
    stop() {
      phase = "stopped";
      cancelWait();
    },
  };
}

function noteSizes(state: LogState, { entry, covers }: OutboxEntry): void {
  const share = Math.ceil(entry.bytes.length / entry.docs.length);
  const kind = entry.docs.some((doc) => doc.snapshot !== undefined) ? "snapshot" : "entry";
  for (const { name } of covers) grow(state, name, share, kind);
}

function nextBatch(outbox: readonly OutboxEntry[]): OutboxEntry[] {
  const batch: OutboxEntry[] = [];
  let room = batchBytes;
  for (const item of outbox.slice(0, maxAppendEntries)) {
    if (batch.length > 0 && item.entry.bytes.length > room) break;
    batch.push(item);
    room -= item.entry.bytes.length;
  }
  return batch;
}
