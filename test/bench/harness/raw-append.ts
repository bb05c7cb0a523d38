import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";

/** The limit that every durable write is held against: append the bytes to a file and `fdatasync`. */
export class RawAppend {
  readonly samplesMs: number[] = [];
  readonly #file: number;

  constructor(path: string) {
    this.#file = openSync(path, "a");
  }

  append(bytes: Uint8Array): void {
    const began = performance.now();
    writeSync(this.#file, bytes);
    fdatasyncSync(this.#file);
    this.samplesMs.push(performance.now() - began);
  }

  close(): void {
    closeSync(this.#file);
  }
}
