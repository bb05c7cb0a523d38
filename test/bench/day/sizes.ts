/** How large the shop of the benchmark is. */
export interface Sizes {
  readonly items: number;
  readonly sales: number;
  /** Tills that sell through the day. */
  readonly sellers: number;
  /** All tills of the store, for prices; one of them sleeps through the day. */
  readonly tills: number;
}

export const fullSizes: Sizes = { items: 100_000, sales: 3_000, sellers: 3, tills: 10 };
export const quickSizes: Sizes = { items: 5_000, sales: 150, sellers: 3, tills: 4 };
