import { networkInterfaces } from "node:os";

/** A till that listens here can be dialled from its own machine alone. */
export function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}

/** What others can dial: the address listened on, or, when it listens on all, each of the machine's own. */
export function reachableAt(host: string, port: number): readonly string[] {
  if (host !== "0.0.0.0" && host !== "::")
    return [host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`];
  const found = Object.values(networkInterfaces())
    .flat()
    .filter((one) => one !== undefined && !one.internal && one.family === "IPv4")
    .map((one) => `${one!.address}:${port}`);
  return found.length > 0 ? found.slice(0, 8) : [`127.0.0.1:${port}`];
}
