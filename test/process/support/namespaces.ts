import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { TillSetup } from "./test-till.ts";
import type { DoorAddress } from "./till-client.ts";

const relay = fileURLToPath(new URL("./unix-relay.ts", import.meta.url));

/** Of iproute2; where it is missing, `namespacesWork` says so. */
const ipCommand = "ip";

/** A LAN of network namespaces, one a till, on two switches with one cable between them. */
export interface NamespaceLan {
  setup(n: number): Partial<TillSetup>;
  /** Pulls the cable: the first half of the tills no longer hears the second. */
  cut(): Promise<void>;
  join(): Promise<void>;
  close(): Promise<void>;
}

/** Null when this machine lets us make networks; else why not, for the test's name. */
export function namespacesWork(): string | null {
  if (process.platform !== "linux") return "network namespaces are Linux's";
  if (process.getuid?.() !== 0) return "network namespaces need root";
  const name = nameOf("try");
  try {
    ip("netns", "add", name);
    ip("link", "add", name, "type", "bridge");
    ip("link", "del", name);
    ip("netns", "del", name);
    return null;
  } catch (error) {
    return `ip refused: ${error instanceof Error ? error.message.split("\n").at(-2) : String(error)}`;
  }
}

/** `tills` network namespaces; the first half on one switch, the rest on the other. All is removed by `close`. */
export async function makeLan(tills: number): Promise<NamespaceLan> {
  const folder = mkdtempSync(join(tmpdir(), "tillmesh-lan-"));
  const relays: ChildProcess[] = [];
  const switches = [nameOf("sa"), nameOf("sb")];
  // The switches live in a namespace of their own: nothing of this machine's own network is touched.
  const room = nameOf("room");
  ip("netns", "add", room);
  for (const name of switches) {
    ip("-n", room, "link", "add", name, "type", "bridge", "mcast_snooping", "0");
    ip("-n", room, "link", "set", name, "up");
  }
  const cable = [nameOf("ca"), nameOf("cb")];
  ip("-n", room, "link", "add", cable[0]!, "type", "veth", "peer", "name", cable[1]!);
  for (const [at, end] of cable.entries()) {
    ip("-n", room, "link", "set", end, "master", switches[at]!);
    ip("-n", room, "link", "set", end, "up");
  }
  const rooms = Array.from({ length: tills }, (_, at) => nameOf(`t${at + 1}`));
  for (const [at, name] of rooms.entries()) {
    ip("netns", "add", name);
    const [inside, outside] = [nameOf(`i${at}`), nameOf(`o${at}`)];
    ip("-n", room, "link", "add", outside, "type", "veth", "peer", "name", inside);
    ip("-n", room, "link", "set", inside, "netns", name);
    ip("-n", room, "link", "set", outside, "master", switches[at < tills / 2 ? 0 : 1]!);
    ip("-n", room, "link", "set", outside, "up");
    ip("-n", name, "addr", "add", `10.77.0.${at + 1}/24`, "dev", inside);
    ip("-n", name, "link", "set", inside, "up");
    ip("-n", name, "link", "set", "lo", "up");
    ip("-n", name, "route", "add", "224.0.0.0/4", "dev", inside);
  }
  let doors = 0;
  const doorThrough =
    (namespace: string) =>
    async (url: string): Promise<DoorAddress> => {
      const path = join(folder, `door-${++doors}`);
      const command = [process.execPath, relay, path, new URL(url).port];
      const child = spawn(ipCommand, ["netns", "exec", namespace, ...command], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      relays.push(child);
      await new Promise((resolve) => child.stdout.once("data", resolve));
      return { type: "socket", path, url };
    };
  const cableIs = async (state: "up" | "down"): Promise<void> => {
    ip("-n", room, "link", "set", cable[0]!, state);
  };
  return {
    setup: (n) => ({
      namespace: rooms[n - 1]!,
      doorThrough: doorThrough(rooms[n - 1]!),
      lan: { host: "0.0.0.0", port: 7071, mdns: true, gossip: true, neighbours: [] },
    }),
    cut: () => cableIs("down"),
    join: () => cableIs("up"),
    async close() {
      const gone = relays.map((child) => new Promise((resolve) => child.once("exit", resolve)));
      for (const child of relays) child.kill("SIGKILL");
      await Promise.all(gone);
      for (const name of [...rooms, room]) ip("netns", "del", name);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Names of interfaces have at most 15 characters; ours must not meet another run's. */
function nameOf(what: string): string {
  return `tm${process.pid % 1_000_000}${what}`;
}

function ip(...args: readonly string[]): void {
  execFileSync(ipCommand, args, { stdio: ["ignore", "ignore", "pipe"], encoding: "utf8" });
}
