import type { CommandResult } from "#schema/wire/views.ts";

/** What each command that answers with more than "done" answers with, in words; their shapes are types of `views.ts`. */
export const results = {
  signIn: "`token` for the Authorization header, and `session`: who signed in and what they may do",
  tender: "`tenderId`, and `dueMinor` and `changeMinor` after it",
  complete:
    "The finished sale: `receiptId`, `number`, `totalMinor`, `paidMinor`, `changeMinor`, `receipt` lines",
  scan: "The line: `lineId`, `name`, `totalMinor`",
  addItem: "The line: `lineId`, `name`, `totalMinor`",
  addDepartment: "The line: `lineId`, `name`, `totalMinor`",
  returnLine: "The line: `lineId`",
  returnWithoutReceipt: "The line: `lineId`",
  closeShift: "`expectedCashMinor`, `countedCashMinor`, `overShortMinor`",
  suspend: "`cartId`, to recall it by",
  newCart: "`cartId`",
  findReceipts: "`receipts`: for each its id, number, kind, time, till, staff and total",
  receipt: "The receipt, with what may still be returned of each line, and its printed lines",
  reprint: "`receipt`: the printed lines, marked as a copy",
  voidSale: "`receiptId` and `number` of the void",
  search: "`items`, best first, and `total`: how many there are",
  item: "The item, its `prices` past, in force and scheduled, and `spread`: which tills have them",
  setPrice: "The item as it is now; see `item`",
  cancelPrice: "The item as it is now; see `item`",
  importPriceBook: "`rows`, `good`, `bad` rows with line and reason, and what was `published`, or null",
  report: "The day's sales, refunds, voids, takings, taxes, tenders, tills and drawers",
  exceptions: "`exceptions`: for each its id, kind, summary, receipts and how it was settled, or null",
} as const satisfies Record<keyof CommandResult, string>;
