import { WebSocket } from "ws";
import { type Bytes, type DeviceId, toHex } from "#schema/bytes.ts";
import type { LinkJudge, LinkSelf } from "#schema/trust/handshake.ts";
import { maxRelayMessageBytes } from "#schema/wire/relay.ts";
import {
  type RelayConversation,
  type RelayListener,
  startRelayConversation,
} from "#schema/wire/relay-conversation.ts";

export type LinkListener = Omit<RelayListener, "send" | "onRefused"> & {
  /** Once, whatever ended it; nothing is heard afterwards. */
  readonly onEnd: (problem: string, retryAfterMs: number | undefined) => void;
};

export interface RelayLink {
  /** Undefined until the socket is open. */
  conversation(): RelayConversation | undefined;
  close(): void;
}

/** Any relay that has a key. */
export const trustRelay: LinkJudge = ({ credential }) =>
  credential.type === "key"
    ? { type: "trusted", peer: { type: "known-key", device: toHex(credential.publicKey) as DeviceId } }
    : { type: "not-enrolled" };

const handshakeTimeoutMs = 10_000;
const silenceTimeoutMs = 45_000;

/** One socket to the relay and the conversation over it. No event of the network throws out of here. */
export function openRelayLink(
  relayUrl: string,
  self: LinkSelf,
  judge: LinkJudge,
  nonce: Bytes,
  listener: LinkListener,
): RelayLink {
  const url = new URL("/v1/log", relayUrl);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(url, {
    maxPayload: 2 * maxRelayMessageBytes,
    perMessageDeflate: false,
    handshakeTimeout: handshakeTimeoutMs,
  });
  let conversation: RelayConversation | undefined;
  let problem = "The connection to the relay was lost.";
  let retryAfterMs: number | undefined;
  let over = false;
  let silence = setTimeout(() => socket.terminate(), silenceTimeoutMs);

  function heard(): void {
    clearTimeout(silence);
    silence = setTimeout(() => {
      problem = "The relay has fallen silent.";
      socket.terminate();
    }, silenceTimeoutMs);
  }

  function end(): void {
    if (over) return;
    over = true;
    clearTimeout(silence);
    conversation?.end();
    listener.onEnd(problem, retryAfterMs);
  }

  socket.on("open", () => {
    conversation = startRelayConversation(self, judge, nonce, {
      ...listener,
      send: (frame) => {
        if (socket.readyState === socket.OPEN) socket.send(frame);
      },
      onRefused(why, error) {
        problem = why;
        retryAfterMs = error?.retryAfterMs;
        socket.close();
        setTimeout(() => socket.terminate(), 1_000).unref();
      },
    });
  });
  socket.on("message", (data) => {
    heard();
    if (over || !(data instanceof Buffer)) return;
    try {
      conversation?.receive(new Uint8Array(data));
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
      socket.terminate();
    }
  });
  socket.on("ping", heard);
  socket.on("error", (error) => {
    problem = error.message;
  });
  socket.on("unexpected-response", (_request, response) => {
    problem = `The relay answered ${response.statusCode ?? 0}.`;
    response.resume();
    socket.terminate();
  });
  socket.on("close", end);
  return {
    conversation: () => (over ? undefined : conversation),
    close() {
      problem = "Closed from this side.";
      if (socket.readyState === socket.CONNECTING) socket.terminate();
      else {
        socket.close();
        setTimeout(() => socket.terminate(), 1_000).unref();
      }
    },
  };
}
