import { createSocket } from "node:dgram";
import { Bonjour, type Service } from "bonjour-service";
import type { DeviceId, StoreId } from "#schema/bytes.ts";
import { hashHex } from "#schema/trust/crypto.ts";
import type { LinkLog } from "../lan/link-log.ts";
import { parseAddress } from "./address-book.ts";

export interface MdnsOptions {
  readonly store: StoreId;
  readonly device: DeviceId;
  readonly port: number;
  readonly log: LinkLog;
  /** Where to speak; by default port 5353 on every interface. */
  readonly on?: { readonly interface: string; readonly port: number };
  /** A till of this store; `mark` is what `deviceMark` gives for its device id. */
  readonly onFound: (addresses: readonly string[], mark: string) => void;
}

/** 12 hex digits that stand for a device on the air: who knows the id recognises it, nobody else learns it. */
export function deviceMark(store: StoreId, device: DeviceId): string {
  return markOf(`device ${store} ${device}`);
}

/**
 * Announces this till by multicast DNS and looks for others of its store. Names and texts say only marks: neither
 * store nor till nor the machine's own name. Returns what stops it.
 */
export function discoverByMdns(options: MdnsOptions): () => void {
  const { store, device, log } = options;
  const storeMark = markOf(`store ${store}`);
  const mark = deviceMark(store, device);
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  // What a malformed packet makes a listener throw would otherwise end the process.
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...rest: unknown[]) => {
    try {
      return emit(event, ...rest);
    } catch (error) {
      log.note("mdns-error", String(error));
      return true;
    }
  };
  const failed = (error: unknown) => log.note("mdns-error", String(error));
  socket.on("error", failed);
  // `socket` is an option of multicast-dns, to which bonjour-service hands all of them.
  const bonjour = new Bonjour({ socket, ...options.on, bind: "0.0.0.0" } as object, failed);
  const wires = bonjour as unknown as {
    server: { mdns: { on(event: string, listener: (error: unknown) => void): void } };
  };
  wires.server.mdns.on("error", failed);
  const found = (service: Service) => {
    try {
      const text = service.txt as { s?: unknown; d?: unknown } | undefined;
      if (text?.s !== storeMark || typeof text.d !== "string" || text.d === mark) return;
      const hosts = [...(service.addresses ?? []), ...(service.referer ? [service.referer.address] : [])];
      const addresses = [...new Set(hosts)]
        .filter((host) => !host.startsWith("fe80:"))
        .map((host) =>
          parseAddress(host.includes(":") ? `[${host}]:${service.port}` : `${host}:${service.port}`),
        )
        .filter((address) => address !== undefined)
        .slice(0, 6);
      if (addresses.length > 0) options.onFound(addresses, text.d);
    } catch (error) {
      failed(error);
    }
  };
  const browser = bonjour.find({ type: "tillmesh" });
  browser.on("up", found);
  browser.on("txt-update", found);
  browser.on("srv-update", found);
  bonjour.publish({
    name: mark,
    type: "tillmesh",
    port: options.port,
    host: `${mark}.local`,
    probe: false,
    txt: { s: storeMark, d: mark },
  });
  const again = setInterval(() => browser.update(), 15_000);
  again.unref();
  return () => {
    clearInterval(again);
    browser.stop();
    try {
      bonjour.unpublishAll(() => bonjour.destroy());
    } catch (error) {
      failed(error);
    }
  };
}

function markOf(text: string): string {
  return hashHex(new TextEncoder().encode(`tillmesh/mdns/${text}`)).slice(0, 12);
}
