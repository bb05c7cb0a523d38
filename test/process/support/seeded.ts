/** Random choices that can be made again: `TILLMESH_SEED` replays what a failed run printed. */
export interface Seeded {
  readonly seed: number;
  /** At least 0, below 1. */
  real(): number;
  /** From 0 to `below` - 1. */
  int(below: number): number;
  pick<T>(from: readonly T[]): T;
}

export function seeded(what: string): Seeded {
  const given = process.env["TILLMESH_SEED"];
  const seed = given === undefined ? Math.floor(Math.random() * 2 ** 32) : Number(given);
  console.log(`${what}: TILLMESH_SEED=${seed}`);
  let state = seed >>> 0;
  // mulberry32, by Tommy Ettinger, public domain
  const real = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(real() * below);
  return { seed, real, int, pick: (from) => from[int(from.length)]! };
}
