import type { StockPosition } from "../base.ts";
import type { StockMove } from "./trade.ts";

/**
 * Stock as it stands: the balances of a base, and the moves that the base does not contain. Thousandths by item. An
 * item nobody ever counted or moved has no balance, which is not zero.
 */
export class StockFold {
  readonly #moves: readonly StockMove[];
  #taken = 0;
  #balances = new Map<string, number>();
  #contained = new Map<string, StockPosition>();

  /** `moves` is the trade fold's own growing list. */
  constructor(moves: readonly StockMove[]) {
    this.#moves = moves;
  }

  /** Starts again from another base. */
  rebase(balances: ReadonlyMap<string, number>, positions: readonly StockPosition[]): void {
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

  #take(): void {
    for (; this.#taken < this.#moves.length; this.#taken++) {
      const move = this.#moves[this.#taken]!;
      const within = this.#contained.get(move.device);
      if (
        within &&
        (move.series < within.series || (move.series === within.series && move.seq <= within.seq))
      )
        continue;
      for (const { item, qty } of move.lines) this.#balances.set(item, (this.#balances.get(item) ?? 0) + qty);
    }
  }
}
