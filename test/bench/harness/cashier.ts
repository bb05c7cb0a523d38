import type { Screen } from "./screen.ts";

export const linesPerSale = 6;

/** How long each step of one sale took, at the screen's end of the socket, in ms. */
export interface SaleTimes {
  /** From sending the scan to the bytes of the view that shows its line. */
  readonly scansMs: readonly number[];
  readonly tenderMs: number;
  readonly completeMs: number;
  /** `Date.now()` clock in ms with fractions: the way from tender to paid. */
  readonly paying: { readonly fromMs: number; readonly toMs: number };
}

/** One sale of six different goods, paid by one tender, as fast as the till answers. */
export async function sellSix(
  screen: Screen,
  codes: readonly string[],
  random: () => number,
): Promise<SaleTimes> {
  const basket = new Set<string>();
  while (basket.size < linesPerSale) basket.add(codes[Math.floor(random() * codes.length)]!);
  const scansMs: number[] = [];
  for (const code of basket) {
    const line = scansMs.length + 1;
    const shown = screen.until(({ cart }) => cart?.lines.length === line);
    const began = performance.now();
    const scanned = screen.do("scan", { code });
    scansMs.push((await shown) - began);
    await scanned;
  }
  const { cartId, dueMinor } = screen.picture.cart!;
  const fromMs = wallClockMs();
  const tender = await screen.do("tender", { method: "card", amountMinor: dueMinor, confirm: true });
  const complete = await screen.do("complete", { cartId });
  const toMs = wallClockMs();
  await screen.until(({ cart }) => cart?.cartId !== cartId);
  return { scansMs, tenderMs: tender.tookMs, completeMs: complete.tookMs, paying: { fromMs, toMs } };
}

/** The clock that strace stamps its lines with. */
function wallClockMs(): number {
  return performance.timeOrigin + performance.now();
}
