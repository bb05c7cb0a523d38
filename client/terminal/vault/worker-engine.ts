import { Worker } from "node:worker_threads";
import type { Engine, EngineContents, EngineOpening, EngineOptions } from "./engine.ts";
import { SqliteEngine } from "./sqlite-engine.ts";

/** A call into the thread; `method` is one of the engine's own. */
export interface EngineCall {
  readonly call: number;
  readonly method: keyof Engine;
  readonly argument: unknown;
}

export type EngineReply =
  | { readonly call: number; readonly type: "returned"; readonly value: unknown }
  | { readonly call: number; readonly type: "threw"; readonly error: unknown };

export type OpenedEngine =
  | { readonly type: "opened"; readonly engine: Engine; readonly contents: EngineContents }
  | Exclude<EngineOpening, { type: "opened" }>;

/** In the calling thread: for tests and measurements. */
export function openEngineHere(options: EngineOptions): OpenedEngine {
  const opened = SqliteEngine.open(options);
  if (!("engine" in opened)) return opened;
  const inner = opened.engine;
  const engine: Engine = {
    apply: async (batch) => inner.apply(batch),
    readChunks: async (ids) => inner.readChunks(ids),
    readOutbox: async () => inner.readOutbox(),
    checkpoint: async () => inner.checkpoint(),
    probe: async () => inner.probe(),
    sizes: async () => inner.sizes(),
    close: async () => inner.close(),
  };
  return { type: "opened", engine, contents: opened.contents };
}

/** In a thread of its own, so that slow flash never blocks the till. A thread that dies leaves a broken vault, not a dead till. */
export async function openEngineInWorker(options: EngineOptions): Promise<OpenedEngine> {
  const worker = new Worker(new URL("./engine.worker.ts", import.meta.url), { workerData: options });
  const calls = new Map<number, PromiseWithResolvers<unknown>>();
  let lastCall = 0;
  let dead: string | undefined;
  const opening = Promise.withResolvers<EngineOpening>();
  worker.once("message", (first: EngineOpening) => {
    worker.on("message", (reply: EngineReply) => {
      const call = calls.get(reply.call);
      calls.delete(reply.call);
      if (reply.type === "returned") call?.resolve(reply.value);
      else call?.reject(reply.error);
    });
    opening.resolve(first);
  });
  const die = (reason: string) => {
    dead ??= reason;
    opening.resolve({ type: "damaged", reason: dead });
    for (const call of calls.values()) call.reject(new Error(dead));
    calls.clear();
  };
  worker.on("error", (error) => die(`its thread died: ${String(error)}`));
  worker.on("exit", () => die("its thread has ended"));
  const ask = async (method: keyof Engine, argument?: unknown): Promise<unknown> => {
    if (dead !== undefined) throw new Error(dead);
    const call = { id: ++lastCall, done: Promise.withResolvers<unknown>() };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
    worker.postMessage({ call: call.id, method, argument } satisfies EngineCall);
    calls.set(call.id, call.done);
    return call.done.promise;
  };
  const orBroken = (reason: unknown) => ({ type: "broken", reason: String(reason) }) as const;
  const opened = await opening.promise;
  if (opened.type !== "opened") {
    await worker.terminate();
    return opened;
  }
  worker.unref();
  const kept = <T>(promise: Promise<unknown>) => {
    worker.ref();
    return promise.finally(() => {
      if (calls.size === 0) worker.unref();
    }) as Promise<T>;
  };
  const engine: Engine = {
    apply: (batch) => kept<Awaited<ReturnType<Engine["apply"]>>>(ask("apply", batch)).catch(orBroken),
    readChunks: (ids) => kept(ask("readChunks", ids)),
    readOutbox: () => kept(ask("readOutbox")),
    checkpoint: () => kept<Awaited<ReturnType<Engine["apply"]>>>(ask("checkpoint")).catch(orBroken),
    probe: () => kept<Awaited<ReturnType<Engine["apply"]>>>(ask("probe")).catch(orBroken),
    sizes: () => kept(ask("sizes")),
    close: async () => {
      if (dead === undefined) await kept(ask("close"));
      await worker.terminate();
    },
  };
  return { type: "opened", engine, contents: opened.contents };
}
