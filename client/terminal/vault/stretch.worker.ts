import { parentPort, workerData } from "node:worker_threads";
import { cryptoReady, stretchPassphrase } from "#schema/trust/crypto.ts";
import type { StretchRequest } from "./passphrase-slot.ts";

const { passphrase, salt, cost } = workerData as StretchRequest;
await cryptoReady;
parentPort!.postMessage(stretchPassphrase(passphrase, salt, cost));
