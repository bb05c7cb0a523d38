import type { Confirmation } from "#schema/domain/limits/confirm.ts";
import { type Refusal, refuse } from "./outcome.ts";

/** Asks back, naming the figure; the command is given again with `confirm: true`. */
export function confirmRefusal(doubt: Confirmation): Refusal {
  switch (doubt.what) {
    case "quantity":
      return refuse("confirm", `a quantity of ${doubt.figureMilli / 1000}: is that meant?`, {
        what: doubt.what,
        figure: doubt.figureMilli,
      });
    case "price-zero":
      return refuse("confirm", "a price of zero: is that meant?", { what: doubt.what, figure: 0 });
    case "price-far":
      return refuse("confirm", "a price far from the one before: is that meant?", {
        what: doubt.what,
        figure: doubt.priceMinor,
        before: doubt.beforeMinor,
      });
    case "tender":
      return refuse("confirm", "far more than is due: is that meant?", {
        what: doubt.what,
        figure: doubt.amountMinor,
        dueMinor: doubt.dueMinor,
      });
    case "float":
      return refuse("confirm", "an unusual amount of cash: is that meant?", {
        what: doubt.what,
        figure: doubt.amountMinor,
      });
  }
}
