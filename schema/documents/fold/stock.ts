import type { DeviceId } from "../../bytes.ts";
import type { StockPosition } from "../base.ts";
import type { StockMove } from "./trade.ts";

/**
 * Stock as it stands: the balances of a base, and the moves that the base does not contain. Thousandths by item. An
 * item nobody ever counted or moved has no balance, which is not zero.
 */
export class StockFold {
  readonly #moves: readonly StockMove[];
  #taken = 0;
  #base: ReadonlyMap<string, number> = new Map();
  #balances = new Map<string, number>();
  #contained: ReadonlyMap<DeviceId, StockPosition> = new Map();

  /** `moves` is the trade fold's own growing list. */
  constructor(moves: readonly StockMove[]) {
    this.#moves = moves;
  }

  /** Starts again from another base. */
  rebase(balances: ReadonlyMap<string, number>, positions: readonly StockPosition[]): void {
    this.#base = new Map(balances);
    this.#balances = new Map(balances);
    this.#contained = new Map(positions.map((position) => [position.device, position]));
    this.#taken = 0;
  }

  of(item: string): number | undefined {
    this.#take();
    return this.#balances.get(item);
  }

  all(): ReadonlyMap<string, number> {
    this.#take();
    return this.#balances;
  }

  /** What the base contains, by device. */
  contained(): ReadonlyMap<DeviceId, StockPosition> {
    return this.#contained;
  }

  /** The balances that contain all up to these positions and nothing beyond: what a new base says. */
  upTo(positions: ReadonlyMap<DeviceId, StockPosition>): ReadonlyMap<string, number> {
    const balances = new Map(this.#base);
    for (const move of this.#moves)
      if (!isWithin(move, this.#contained) && isWithin(move, positions)) add(balances, move);
    return balances;
  }

  #take(): void {
    for (; this.#taken < this.#moves.length; this.#taken++) {
      const move = this.#moves[this.#taken]!;
      if (!isWithin(move, this.#contained)) add(this.#balances, move);
    }
  }
}

function isWithin(move: StockMove, positions: ReadonlyMap<DeviceId, StockPosition>): boolean {
  const at = positions.get(move.device);
  return at !== undefined && (move.series < at.series || (move.series === at.series && move.seq <= at.seq));
}

function add(balances: Map<string, number>, { lines }: StockMove): void {
  for (const { item, qty } of lines) balances.set(item, (balances.get(item) ?? 0) + qty);
}
