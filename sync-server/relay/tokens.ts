import { type Bytes, type DeviceId, type StoreId, equalBytes, fromHex, toHex } from "#schema/bytes.ts";
import { encodeCanonical } from "#schema/canonical.ts";
import { type SymmetricKey, keyedHash } from "#schema/trust/crypto.ts";

export interface TokenHolder {
  readonly store: StoreId;
  readonly device: DeviceId;
}

/** Short-lived tokens for the segment routes, handed out over an authenticated connection. Void after a restart. */
export interface Tokens {
  issue(holder: TokenHolder): { readonly token: string; readonly validMs: number };
  /** Undefined for anything that is not a token of ours that still holds. */
  check(token: string): TokenHolder | undefined;
}

const validMs = 15 * 60_000;
const pattern = /^([0-9a-f]{32})\.([0-9a-f]{64})\.(\d{1,15})\.([0-9a-f]{64})$/;

export function createTokens(key: SymmetricKey, nowMs: () => number): Tokens {
  const mac = (store: string, device: string, until: number): Bytes =>
    keyedHash(key, encodeCanonical(["segment-token", store, device, until]));
  return {
    issue({ store, device }) {
      const until = Math.floor(nowMs() + validMs);
      return { token: `${store}.${device}.${until}.${toHex(mac(store, device, until))}`, validMs };
    },
    check(token) {
      const match = pattern.exec(token);
      if (!match) return undefined;
      const [, store, device, until, proof] = match;
      if (!equalBytes(fromHex(proof!), mac(store!, device!, Number(until)))) return undefined;
      return Number(until) >= nowMs() ? { store: store as StoreId, device: device as DeviceId } : undefined;
    },
  };
}
