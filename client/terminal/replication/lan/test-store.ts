import { randomBytes } from "node:crypto";
import { type DeviceId, type StoreId, toHex } from "#schema/bytes.ts";
import { type DocumentName, type TradingDay, documentName } from "#schema/documents/names.ts";
import { type SigningKey, cryptoReady, hash, signingKeyFromSeed } from "#schema/trust/crypto.ts";
import { type SignedEnrolment, signEnrolment } from "#schema/trust/enrolment.ts";
import { enrolledIdentity } from "./enrolled-identity.ts";
import type { LinkIdentity } from "./link-identity.ts";

await cryptoReady;

export interface TestTill {
  readonly key: SigningKey;
  readonly device: DeviceId;
  readonly enrolment: SignedEnrolment;
  readonly identity: LinkIdentity;
}

/** A store whose keys follow from its name, so that several processes of a test agree on them. */
export class TestStore {
  readonly store: StoreId;
  readonly root: SigningKey;
  readonly #name: string;

  constructor(name: string) {
    this.#name = name;
    this.store = toHex(this.#seed("store").subarray(0, 16)) as StoreId;
    this.root = signingKeyFromSeed(this.#seed("root"));
  }

  till(label: string, enrolledBy: SigningKey = this.root): TestTill {
    const key = signingKeyFromSeed(this.#seed(`till ${label}`));
    const enrolment = signEnrolment(enrolledBy, {
      v: 1,
      store: this.store,
      device: key.device,
      series: 1,
      label,
      role: "till",
      time: 1_700_000_000_000,
    });
    const identity = enrolledIdentity({
      store: this.store,
      key,
      enrolment,
      rootKey: this.root.publicKey,
      random: (length) => new Uint8Array(randomBytes(length)),
    });
    return { key, device: key.device, enrolment, identity };
  }

  journal(till: TestTill, day = "2026-11-22"): DocumentName {
    return documentName({
      store: this.store,
      kind: "journal",
      device: till.device,
      day: day as TradingDay,
    });
  }

  prices(): DocumentName {
    return documentName({ store: this.store, kind: "prices", generation: "01" });
  }

  #seed(of: string): Uint8Array {
    return hash(new TextEncoder().encode(`test ${this.#name} ${of}`));
  }
}

/** Waits until `condition` holds; says what it waited for when it never does. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 20_000,
): Promise<void> {
  const endMs = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > endMs) throw new Error(`waited ${withinMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
