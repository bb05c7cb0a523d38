import { parentPort, workerData } from "node:worker_threads";
import { cryptoReady, stretchPassphrase } from "#schema/trust/crypto.ts";
import type { StretchRequest } from "./passphrase-slot.ts";

const { passphrase, salt, cost } = workerData as StretchRequest;
await cryptoReady;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a port between threads has no origin
parentPort!.postMessage(stretchPassphrase(passphrase, salt, cost));
