import type { DocumentAddress } from "#schema/documents/names.ts";
import type { DeviceId } from "#schema/bytes.ts";
import type { NameRule } from "../lan/document-door.ts";

/** Only days near today, by this till's own clock: a till whose clock has gone mad fills nobody's disk. */
export function daysAround(
  nowMs: () => number,
  days: { readonly past: number; readonly future: number },
): NameRule {
  const dayMs = 86_400_000;
  return (address: DocumentAddress) => {
    if (!("day" in address)) return true;
    const atMs = Date.parse(`${address.day}T12:00:00Z`);
    const offDays = (atMs - nowMs()) / dayMs;
    return offDays >= -days.past - 1 && offDays <= days.future + 1;
  };
}

/** As `rule`, and a few more of each till: what it sold while its clock was mad is not lost to the others. */
export function andFewStray(rule: NameRule, most: number): NameRule {
  const stray = new Map<DeviceId, Set<string>>();
  return (address) => {
    if (rule(address) || !("device" in address)) return rule(address);
    const days = stray.get(address.device) ?? new Set();
    stray.set(address.device, days);
    if (!days.has(address.day) && days.size >= most) return false;
    days.add(address.day);
    return true;
  };
}
