/** Whether the relay answers at all; never rejects. */
export async function probeRelay(relayUrl: string): Promise<boolean> {
  try {
    const response = await fetch(new URL("/healthz", relayUrl), { signal: AbortSignal.timeout(5_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
