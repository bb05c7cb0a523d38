import { type AddressInfo, type Socket, connect, createServer } from "node:net";

/** A wire from one process to another that a test can cut. Its own address never changes; where it leads may. */
export interface TcpProxy {
  /** `127.0.0.1:port` */
  readonly address: string;
  /** `host:port`; null leads nowhere. */
  lead(to: string | null): void;
  /** Cuts what passes through, and all that comes, until it is joined again. */
  cut(): void;
  join(): void;
  close(): Promise<void>;
}

export async function openProxy(): Promise<TcpProxy> {
  let target: string | null = null;
  let whole = true;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): void => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((from) => {
    keep(from);
    if (!whole || target === null) return void from.destroy();
    const at = target.lastIndexOf(":");
    const to = connect({ host: target.slice(0, at), port: Number(target.slice(at + 1)) });
    keep(to);
    from.pipe(to).pipe(from);
    from.on("close", () => to.destroy());
    to.on("close", () => from.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const dropAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    lead: (to) => void (target = to),
    cut() {
      whole = false;
      dropAll();
    },
    join: () => void (whole = true),
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      dropAll();
      await closed;
    },
  };
}
