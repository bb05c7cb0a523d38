/**
 * Splits an amount by weights so that the parts add up to it exactly: whole shares first, then one unit each to the
 * largest remainders, the earlier first among equals. Same input, same parts, everywhere.
 *
 * `weights` are at least zero; all zero counts as all equal. `room`, where given, is the most each part may take and
 * must hold the whole amount. A negative amount is the mirror of the positive. No weights: no parts, amount must be 0.
 * Throws `RangeError` when the amount has nowhere to go.
 */
export function allocate(
  amount: number,
  weights: readonly (number | bigint)[],
  room?: readonly number[],
): number[] {
  if (amount < 0) return allocate(-amount, weights, room).map((part) => (part === 0 ? 0 : -part));
  if (weights.length === 1 && amount <= (room?.[0] ?? amount)) return [amount];
  const exact = weights.map(BigInt);
  let sum = exact.reduce((a, b) => a + b, 0n);
  if (sum === 0n) {
    exact.fill(1n);
    sum = BigInt(exact.length);
  }
  let left = amount;
  const shares = exact.map((weight, index) => {
    const product = BigInt(amount) * weight;
    const part = Math.min(Number(product / sum), room?.[index] ?? amount);
    left -= part;
    return { index, part, remainder: product % sum };
  });
  const byRemainder = [...shares].sort((a, b) =>
    a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1,
  );
  const roomOf = (index: number, part: number): number => (room?.[index] ?? amount) - part;
  for (const share of byRemainder) {
    if (left === 0) break;
    if (roomOf(share.index, share.part) < 1) continue;
    share.part += 1;
    left -= 1;
  }
  // Only where `room` cut a share short is anything left by now.
  for (const share of byRemainder) {
    const more = Math.min(left, roomOf(share.index, share.part));
    share.part += more;
    left -= more;
  }
  if (left !== 0) throw new RangeError(`${left} of ${amount} has nowhere to go`);
  return shares.map((share) => share.part);
}
