import type { DeviceId, HashHex } from "../../bytes.ts";
import type { StockPosition } from "../base.ts";
import type { TillRecord } from "../record.ts";

/** Records that follow one another without a gap. */
interface Run {
  readonly first: number;
  last: number;
  /** Of the last. */
  hash: HashHex;
}

/** Which records were folded. Journals of several days come in any order, so there may be gaps for a while. */
export class SeenRecords {
  readonly #runs = new Map<DeviceId, Map<number, Run[]>>();

  /** False when a record with that number was there before. */
  add({ device, series, seq }: TillRecord, hash: HashHex): boolean {
    let ofDevice = this.#runs.get(device);
    if (!ofDevice) this.#runs.set(device, (ofDevice = new Map()));
    let runs = ofDevice.get(series);
    if (!runs) ofDevice.set(series, (runs = []));
    let at = runs.length;
    while (at > 0 && runs[at - 1]!.first > seq) at--;
    const before = runs[at - 1];
    const after = runs[at];
    if (before && seq <= before.last) return false;
    const joinsAfter = after?.first === seq + 1;
    if (before?.last === seq - 1) {
      before.last = joinsAfter ? after.last : seq;
      before.hash = joinsAfter ? after.hash : hash;
      if (joinsAfter) runs.splice(at, 1);
    } else if (joinsAfter) runs.splice(at, 1, { first: seq, last: after.last, hash: after.hash });
    else runs.splice(at, 0, { first: seq, last: seq, hash });
    return true;
  }

  /**
   * Of each device, how far its records are here without a gap, on from what `base` contains. Of a device the base
   * does not know, from the first record there is.
   */
  without(base: ReadonlyMap<DeviceId, StockPosition>): Map<DeviceId, StockPosition> {
    const positions = new Map(base);
    for (const [device, ofDevice] of this.#runs)
      for (const [series, runs] of [...ofDevice].toSorted(([a], [b]) => a - b)) {
        const at = positions.get(device);
        if (at && series < at.series) continue;
        const next = at?.series === series ? at.seq + 1 : at ? 1 : runs[0]!.first;
        const run = runs.find(({ first, last }) => first <= next && next <= last);
        if (run) positions.set(device, { device, series, seq: run.last, hash: run.hash });
      }
    return positions;
  }
}
