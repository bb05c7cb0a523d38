import { once } from "node:events";
import { type Server, type Socket, connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";

/** A network cable to one address that can be pulled and plugged in again. */
export class Cable {
  readonly address: string;
  /** When the first connection went through since it was plugged in (`performance.now()`). */
  readonly firstUseMs: Promise<number>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #plugged = false;

  private constructor(server: Server, to: string) {
    this.#server = server;
    this.address = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const first = Promise.withResolvers<number>();
    this.firstUseMs = first.promise;
    const [host, port] = to.split(":");
    server.on("connection", (near) => {
      if (!this.#plugged) return void near.destroy();
      first.resolve(performance.now());
      const far = connect({ host: host!, port: Number(port), noDelay: true });
      near.setNoDelay(true);
      for (const [one, other] of [
        [near, far],
        [far, near],
      ] as const) {
        this.#sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
        one.pipe(other);
      }
    });
  }

  /** Pulled at first. */
  static async to(address: string): Promise<Cable> {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Cable(server, address);
  }

  plugIn(): void {
    this.#plugged = true;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}
