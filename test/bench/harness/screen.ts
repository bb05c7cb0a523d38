import { once } from "node:events";
import { WebSocket } from "ws";
import type { CommandInput, CommandName } from "#schema/wire/commands.ts";
import type { Reply, ResultOf, ToScreen } from "#schema/wire/screen.ts";
import type { ScreenView } from "#schema/wire/views.ts";

type Picture = Partial<ScreenView>;

/** A reply, and when its bytes came. */
export interface Answered<Name extends CommandName> {
  readonly value: ResultOf<Name>;
  readonly tookMs: number;
}

/** A till's screen, played by a program over the real socket. Times are taken as bytes come, before they are read. */
export class Screen {
  picture: Picture = {};
  readonly #socket: WebSocket;
  readonly #replies = new Map<number, (reply: Reply<CommandName>, atMs: number) => void>();
  readonly #waiting = new Set<(picture: Picture, atMs: number) => void>();
  #nextId = 1;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (data: Buffer) => {
      const atMs = performance.now();
      this.#take(JSON.parse(data.toString()) as ToScreen, atMs);
    });
    socket.on("error", () => undefined);
  }

  static async open(door: string): Promise<Screen> {
    const socket = new WebSocket(`${door.replace(/^http/, "ws")}/screen`);
    const screen = new Screen(socket);
    await once(socket, "open");
    await screen.until((picture) => picture.store !== undefined);
    return screen;
  }

  async signIn(staff: { readonly id: string; readonly pin: string }): Promise<this> {
    await this.do("signIn", { staffId: staff.id, pin: staff.pin });
    return this;
  }

  /** Throws when the till refuses. */
  async do<Name extends CommandName>(name: Name, input: CommandInput<Name>): Promise<Answered<Name>> {
    const id = this.#nextId++;
    const began = performance.now();
    const { promise, resolve } = Promise.withResolvers<{ reply: Reply<CommandName>; atMs: number }>();
    this.#replies.set(id, (reply, atMs) => resolve({ reply, atMs }));
    this.#socket.send(JSON.stringify({ type: "command", id, name, input }));
    const { reply, atMs } = await promise;
    if (!reply.ok) throw new Error(`${name} ${JSON.stringify(input)}: ${JSON.stringify(reply.error)}`);
    return { value: reply.value as ResultOf<Name>, tookMs: atMs - began };
  }

  /** When the picture first answers to this: at once, or as a message comes (`performance.now()`). */
  until(test: (picture: Picture) => boolean, withinMs = 120_000): Promise<number> {
    if (test(this.picture)) return Promise.resolve(performance.now());
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        reject(new Error(`the screen did not show in ${withinMs} ms: ${test.toString()}`));
      }, withinMs);
      const look = (picture: Picture, atMs: number): void => {
        if (!test(picture)) return;
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve(atMs);
      };
      this.#waiting.add(look);
    });
  }

  close(): void {
    this.#socket.terminate();
  }

  #take(message: ToScreen, atMs: number): void {
    if (message.type === "view") {
      this.picture = { ...this.picture, ...message.view };
      for (const look of this.#waiting) look(this.picture, atMs);
    }
    if (message.type === "reply") {
      this.#replies.get(message.id)?.(message.result, atMs);
      this.#replies.delete(message.id);
    }
  }
}
