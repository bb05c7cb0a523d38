import { changeCart } from "../cart-access.ts";
import { done, refuse } from "../outcome.ts";
import type { UseCase } from "../use-case.ts";

export const undo: UseCase<"undo"> = ({ context, session }) => {
  const step = session.undo.pop();
  const at = step && context.shop.carts.get(step.cart);
  if (!step || !at) return refuse("nothing-to-undo", "there is nothing to take back");
  changeCart(context, at, step.apply);
  return done;
};
