import type { DeviceId } from "#schema/bytes.ts";

/**
 * Which tills keep a link, so that the store is one sparse mesh: each its successor in the ring of device ids, and
 * `spread - 1` more at even distances around it. With up to four tills everybody is linked to everybody.
 */
export function neighboursOf(self: DeviceId, others: readonly DeviceId[], spread = 2): ReadonlySet<DeviceId> {
  const ring = [...new Set([self, ...others])].sort();
  const wanted = new Set<DeviceId>();
  if (ring.length <= 4) {
    for (const device of ring) if (device !== self) wanted.add(device);
    return wanted;
  }
  const at = ring.indexOf(self);
  for (const step of steps(ring.length, spread)) {
    wanted.add(ring[(at + step) % ring.length]!);
    wanted.add(ring[(at - step + ring.length) % ring.length]!);
  }
  wanted.delete(self);
  return wanted;
}

/** 1, then the golden section of what is left, again and again: far apart and never the same for all sizes. */
function steps(size: number, spread: number): readonly number[] {
  const found = [1];
  for (let reach = size / 2; found.length < spread && reach > 2; reach *= 0.618)
    found.push(Math.round(reach));
  return [...new Set(found)].slice(0, spread);
}
