import type { RegisterStore } from "#schema/wire/relay.ts";

export type RegisterResult =
  | { readonly type: "registered" }
  | { readonly type: "refused"; readonly status: number; readonly message: string }
  | { readonly type: "unreachable"; readonly message: string };

/** Registers a store, or changes its quota, at a relay that runs; for the command line. */
export async function registerStore(
  relayUrl: string,
  operatorToken: string,
  store: RegisterStore,
): Promise<RegisterResult> {
  try {
    const response = await fetch(new URL("/v1/stores", relayUrl), {
      method: "POST",
      headers: { authorization: `Bearer ${operatorToken}`, "content-type": "application/json" },
      body: JSON.stringify(store),
      signal: AbortSignal.timeout(10_000),
    });
    if (response.ok) return { type: "registered" };
    const body: unknown = await response.json().catch(() => undefined);
    const message = typeof body === "object" && body !== null && "error" in body ? String(body.error) : "";
    return { type: "refused", status: response.status, message };
  } catch (error) {
    return { type: "unreachable", message: error instanceof Error ? error.message : String(error) };
  }
}
