import { type Socket, connect } from "node:net";
import { WebSocket } from "ws";
import { Link, type LinkDeps, defaultLinkLimits } from "./link.ts";
import { linkLog } from "./link-log.ts";
import { encodeFrame } from "./frame.ts";
import type { TestTill } from "./test-store.ts";
import { systemTiming } from "./timing.ts";

/** A till of a test that says whatever it is told to. */
export interface HostilePeer {
  readonly link: Link;
  readonly socket: WebSocket;
  /** What came, decoded by nobody. */
  readonly heard: Uint8Array[];
  readonly ended: Promise<string>;
  say(message: object): void;
}

/** Proves itself as `till`, then waits for orders. */
export async function hostilePeer(till: TestTill, port: number): Promise<HostilePeer> {
  const deps: LinkDeps = {
    identity: till.identity,
    timing: systemTiming,
    log: linkLog(),
    limits: defaultLinkLimits,
  };
  const socket = new WebSocket(`ws://127.0.0.1:${port}/v1/mesh`, { perMessageDeflate: false });
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  const outcome = await Link.establish(socket, undefined, "dialler", deps);
  if (outcome.type !== "open") throw new Error(`no link: ${JSON.stringify(outcome)}`);
  const { link } = outcome;
  const heard: Uint8Array[] = [];
  const ended = new Promise<string>((resolve) =>
    link.start({
      frame: (bytes) => void heard.push(bytes),
      ended: (end) => resolve(end.type === "there" ? `there ${end.code}` : `here ${end.reason}`),
    }),
  );
  return { link, socket, heard, ended, say: (message) => void link.send(encodeFrame(message as never)) };
}

/** Introduces itself to the repo by its own device id, or another name. */
export function join(peer: HostilePeer, till: TestTill, as: string = till.device): void {
  peer.say({ type: "join", senderId: as, peerMetadata: {}, supportedProtocolVersions: ["1"] });
}

/** A bare TCP connection, and what ends it. */
export async function rawSocket(port: number): Promise<{ socket: Socket; closed: Promise<void> }> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.resume();
  await new Promise((resolve) => socket.once("connect", resolve));
  return { socket, closed };
}
