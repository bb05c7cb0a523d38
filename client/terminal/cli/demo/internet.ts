import { type Server, type Socket, connect, createServer } from "node:net";

/** The shop's internet: every byte between its tills and the relay passes through here, until it is cut. */
export interface Internet {
  isOn(): boolean;
  /** Off: every connection breaks at once, and a new one breaks as soon as it is made. */
  turn(on: boolean): void;
  close(): Promise<void>;
}

/** Listens on one port of this machine and passes on to another. */
export async function startInternet(port: number, relayPort: number): Promise<Internet> {
  const sockets = new Set<Socket>();
  let on = true;
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.on("close", () => sockets.delete(socket));
  };
  const server = createServer((till) => {
    keep(till);
    if (!on) return void till.resetAndDestroy();
    const relay = connect(relayPort, "127.0.0.1");
    keep(relay);
    till.on("close", () => relay.destroy());
    relay.on("close", () => till.destroy());
    till.pipe(relay).pipe(till);
  });
  await listening(server, port);
  return {
    isOn: () => on,
    turn(next) {
      on = next;
      if (!on) for (const socket of sockets) socket.resetAndDestroy();
    },
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}

function listening(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => resolve());
  });
}
