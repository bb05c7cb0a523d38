import { parentPort, workerData } from "node:worker_threads";
import type { EngineBatch, EngineOpening, EngineOptions } from "./engine.ts";
import { SqliteEngine } from "./sqlite-engine.ts";
import type { EngineCall, EngineReply } from "./worker-engine.ts";

const port = parentPort!;
const opened = SqliteEngine.open(workerData as EngineOptions);

if ("engine" in opened) {
  const { engine, contents } = opened;
  port.on("message", (call: EngineCall) => port.postMessage(answer(engine, call)));
  port.postMessage({ type: "opened", contents } satisfies EngineOpening);
} else {
  port.postMessage(opened satisfies EngineOpening);
}

function answer(engine: SqliteEngine, { call, method, argument }: EngineCall): EngineReply {
  try {
    return { call, type: "returned", value: invoke(engine, method, argument) };
  } catch (error) {
    return { call, type: "threw", error };
  }
}

function invoke(engine: SqliteEngine, method: EngineCall["method"], argument: unknown): unknown {
  switch (method) {
    case "apply":
      return engine.apply(argument as EngineBatch);
    case "readChunks":
      return engine.readChunks(argument as readonly number[]);
    case "readOutbox":
      return engine.readOutbox();
    case "checkpoint":
      return engine.checkpoint();
    case "probe":
      return engine.probe();
    case "sizes":
      return engine.sizes();
    case "close":
      engine.close();
      return undefined;
    default:
      throw new Error(`no such call: ${String(method satisfies never)}`);
  }
}
