import type { Bytes, HashHex } from "#schema/bytes.ts";
import { concatBytes } from "#schema/bytes.ts";
import { hashHex } from "#schema/trust/crypto.ts";
import type { RelayConversation } from "#schema/wire/relay-conversation.ts";
import type { Timing } from "../lan/timing.ts";
import type { LinkListener, RelayLink } from "./relay-link.ts";

export type SegmentFailure =
  /** The relay could not be reached, or went away too often; what was transferred is not lost to the next try. */
  | { readonly type: "unreachable"; readonly problem: string }
  | { readonly type: "refused"; readonly problem: string };

export type UploadResult = { readonly type: "uploaded" } | SegmentFailure;
export type FetchResult =
  | { readonly type: "fetched"; readonly bytes: Bytes }
  | { readonly type: "absent" }
  | SegmentFailure;

/** Segments at the relay, resumed where they were cut; for when no sibling has them. */
export interface SegmentClient {
  /** `hash` is that of `bytes`, which are sealed already. */
  uploadSegment(hash: HashHex, bytes: Bytes): Promise<UploadResult>;
  /** The bytes are those that the hash names. */
  fetchSegment(hash: HashHex): Promise<FetchResult>;
}

export interface SegmentClientOptions {
  readonly relayUrl: string | undefined;
  readonly timing: Timing;
  /** The conversation that is there already, if any. */
  readonly conversation: () => RelayConversation | undefined;
  readonly open: (listener: LinkListener) => RelayLink;
}

const tries = 6;
const waitMs = 500;
const silenceMs = 30_000;

type Step<T> =
  | { readonly type: "done"; readonly value: T }
  | { readonly type: "again"; readonly problem: string };

export function createSegmentClient(
  options: SegmentClientOptions,
): SegmentClient & { readonly close: () => void } {
  const { timing, relayUrl } = options;
  const stop = new AbortController();
  let token: { readonly text: string; readonly untilMs: number } | undefined;

  async function askToken(conversation: RelayConversation): Promise<string | undefined> {
    const answer = await conversation.token();
    if (answer.type !== "token") return undefined;
    token = { text: answer.token, untilMs: timing.nowMs() + answer.validMs / 2 };
    return token.text;
  }

  /** Over the conversation that is there, or over one of its own that ends at once. */
  async function bearer(): Promise<string | undefined> {
    if (token && token.untilMs > timing.nowMs()) return token.text;
    const talking = options.conversation();
    const given = talking && (await askToken(talking));
    if (given !== undefined) return given;
    return new Promise((resolve) => {
      const link = options.open({
        onWelcome() {
          void askToken(link.conversation()!)
            .then(resolve)
            .finally(() => link.close());
        },
        onPush: () => undefined,
        onBehind: () => undefined,
        onEnd: () => resolve(undefined),
      });
    });
  }

  async function request(
    hash: HashHex,
    init: { method?: string; headers: Record<string, string>; body?: Buffer<ArrayBuffer> },
  ): Promise<Response> {
    const given = await bearer();
    if (given === undefined) throw new Error("the relay gave no token");
    const response = await fetch(new URL(`/v1/segments/${hash}`, relayUrl), {
      ...init,
      headers: { ...init.headers, authorization: `Bearer ${given}` },
      signal: AbortSignal.any([stop.signal, AbortSignal.timeout(10 * silenceMs)]),
    });
    if (response.status === 401) token = undefined;
    return response;
  }

  /** Until a step is done, or nothing has moved for too many tries. */
  async function persist<T>(step: () => Promise<Step<T>>, moved: () => number): Promise<T | SegmentFailure> {
    if (relayUrl === undefined) return { type: "refused", problem: "no relay is configured" };
    let problem = "";
    let before = moved();
    for (let left = tries; left > 0 && !stop.signal.aborted; left--) {
      try {
        const result = await step();
        if (result.type === "done") return result.value;
        problem = result.problem;
      } catch (error) {
        problem = error instanceof Error ? error.message : String(error);
      }
      if (moved() > before) left = tries;
      before = moved();
      await pause(waitMs * (0.5 + timing.random()));
    }
    return { type: "unreachable", problem };
  }

  function pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const cancel = timing.after(ms, resolve);
      stop.signal.addEventListener("abort", () => {
        cancel();
        resolve();
      });
    });
  }

  async function wordsOf(response: Response): Promise<string> {
    const body: unknown = await response.json().catch(() => undefined);
    return typeof body === "object" && body !== null && "error" in body
      ? String(body.error)
      : `the relay answered ${response.status}`;
  }

  return {
    uploadSegment(hash, bytes) {
      let received = 0;
      return persist<UploadResult>(
        async () => {
          const head = await request(hash, { method: "HEAD", headers: {} });
          if (head.status === 200) return { type: "done", value: { type: "uploaded" } };
          received = head.status === 204 ? Number(head.headers.get("upload-offset") ?? 0) : 0;
          const response = await request(hash, {
            method: "PUT",
            headers: { "upload-offset": String(received), "upload-length": String(bytes.length) },
            body: Buffer.from(bytes.subarray(received)),
          });
          if (response.status === 201) return { type: "done", value: { type: "uploaded" } };
          const problem = await wordsOf(response);
          const final = [400, 413, 507].includes(response.status);
          return final ? { type: "done", value: { type: "refused", problem } } : { type: "again", problem };
        },
        () => received,
      );
    },
    fetchSegment(hash) {
      let parts: Bytes[] = [];
      let received = 0;
      return persist<FetchResult>(
        async () => {
          const headers = received > 0 ? { range: `bytes=${received}-` } : {};
          const response = await request(hash, { headers });
          if (response.status === 404) return { type: "done", value: { type: "absent" } };
          if (response.status === 200) {
            parts = [];
            received = 0;
          } else if (response.status !== 206) return { type: "again", problem: await wordsOf(response) };
          for await (const chunk of response.body ?? []) {
            parts.push(chunk);
            received += chunk.length;
          }
          const bytes = concatBytes(...parts);
          if (hashHex(bytes) === hash) return { type: "done", value: { type: "fetched", bytes } };
          parts = [];
          received = 0;
          return { type: "again", problem: "what came is not what the name says" };
        },
        () => received,
      );
    },
    close: () => stop.abort(),
  };
}
