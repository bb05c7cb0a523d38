import { type AddressInfo, type Server, createServer } from "node:net";
import { Refused } from "../command.ts";
import type { DemoPorts } from "./layout.ts";

/** Where the screens of till 1, 2, … are when nobody says otherwise and nothing else is there. */
const friendlyDoor = 7101;

/** Those of the last start where they are free, else the friendly ones, else any. `base`: asked for, then these or none. */
export async function choosePorts(
  tills: number,
  base: number | undefined,
  last: DemoPorts | null,
): Promise<DemoPorts> {
  const doors = await chooseDoors(tills, base, last?.doors ?? []);
  const others = [...(last?.lan ?? []).slice(0, tills), ...(last ? [last.relay, last.proxy] : [])];
  const kept = others.length === tills + 2 && !others.some((one) => doors.includes(one));
  const [relay, proxy, ...lan] =
    kept && (await allFree(others))
      ? [...others.slice(-2), ...others.slice(0, -2)]
      : await freePorts(tills + 2, doors);
  return { doors, lan, relay: relay!, proxy: proxy! };
}

async function chooseDoors(
  tills: number,
  base: number | undefined,
  last: readonly number[],
): Promise<number[]> {
  const row = (from: number) => Array.from({ length: tills }, (_, at) => from + at);
  if (base) {
    if (base + tills > 65_536) throw new Refused(`--port: ${tills} tills do not fit above ${base}.`, 2);
    if (await allFree(row(base))) return row(base);
    throw new Refused(
      `--port: one of the ports ${base} to ${base + tills - 1} is taken. Say another, or 0 for free ones.`,
    );
  }
  if (base === undefined) {
    if (last.length >= tills && (await allFree(last.slice(0, tills)))) return last.slice(0, tills);
    if (await allFree(row(friendlyDoor))) return row(friendlyDoor);
  }
  return freePorts(tills, []);
}

async function allFree(ports: readonly number[]): Promise<boolean> {
  if (new Set(ports).size < ports.length) return false;
  const servers = await Promise.all(ports.map((port) => tryListen(port)));
  await Promise.all(servers.map(closed));
  return servers.every((server) => server !== undefined);
}

async function freePorts(count: number, not: readonly number[]): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count + not.length }, () => tryListen(0)));
  const ports = servers.flatMap((server) => (server ? [(server.address() as AddressInfo).port] : []));
  await Promise.all(servers.map(closed));
  return ports.filter((port) => !not.includes(port)).slice(0, count);
}

function tryListen(port: number): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server));
  });
}

function closed(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => (server ? server.close(() => resolve()) : resolve()));
}
