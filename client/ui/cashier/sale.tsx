import type { ReactNode } from "react";
import { useDesk } from "../parts/desk.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Questions } from "../parts/questions.tsx";
import { ReceiptPaper } from "../parts/receipt-paper.tsx";
import { useFormats, useWords } from "../parts/screen-context.tsx";
import { LostTill, TopBar } from "../parts/top-bar.tsx";
import { useCounter } from "./counter.tsx";
import { EntryField } from "./home-pane.tsx";
import { Lines } from "./lines.tsx";
import { PaneBody } from "./pane-body.tsx";
import { type ActionId, actions } from "./sale-state.ts";
import { LastLine, Total } from "./total.tsx";

/** The cashier's frame. Nothing in it moves: goods, last line and total at the start, the pane and the pay key at the end. */
export function Sale(): ReactNode {
  const words = useWords();
  const { state, show, pane } = useCounter();
  const { question } = useDesk();
  const isPaid = state.cart === null && state.paid !== null;
  // A panel takes the room of the entry and the cart's keys; the goods, the total and the pay key stay in sight.
  const beside = pane.type !== "home" || question !== null;
  return (
    <div className="stage">
      <TopBar onNetwork={() => show({ type: "network" })} />
      <main className="till">
        <h1 className="unseen">{words.sale.title}</h1>
        <div className="goods">
          <Others />
          {isPaid && state.paid ? <ReceiptPaper lines={state.paid.receipt} /> : <Lines />}
          <div className="line-keys" role="group" aria-label={words.sale.lineKeys}>
            {(["quantity", "discount", "price", "void", "undo"] as const).map((id) => (
              <ActionKey key={id} id={id} />
            ))}
          </div>
          <LastLine />
          <Total />
        </div>
        <div className={beside ? "pane pane-beside" : "pane"}>
          <EntryField />
          <div className="pane-body">
            <PaneBody />
            <Questions />
          </div>
          <div className="pane-keys" role="group" aria-label={words.sale.cartKeys}>
            {(["suspend", "carts", "receipts", "menu"] as const).map((id) => (
              <ActionKey key={id} id={id} />
            ))}
          </div>
          <PayKey />
        </div>
      </main>
      <LostTill />
    </div>
  );
}

function ActionKey(props: { readonly id: ActionId }): ReactNode {
  const words = useWords();
  const { act, whyNot } = useCounter();
  return (
    <KeyButton
      label={words.actions[props.id]}
      shortcut={actions[props.id].shown}
      unavailable={whyNot(props.id)}
      onPress={() => act(props.id)}
    />
  );
}

function PayKey(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { act, whyNot, state, pane, nextSale } = useCounter();
  if (state.cart === null && state.paid) {
    return (
      <div className="pay">
        <KeyButton label={words.sale.next} shortcut="↵" look="primary" onPress={nextSale} />
      </div>
    );
  }
  const due = state.cart?.dueMinor ?? 0;
  const tendering = pane.type === "tender";
  const why =
    whyNot("pay") ??
    (tendering && state.cart?.blocked !== null ? words.reasons[blockedWord(state.cart?.blocked)] : null);
  return (
    <div className="pay">
      <KeyButton
        label={tendering ? words.sale.finish : due < 0 ? words.sale.giveBack : words.sale.pay}
        shortcut={actions.pay.shown}
        look="primary"
        unavailable={why}
        onPress={() => act("pay")}
      >
        <span className="pay-figure" aria-hidden="true">
          {due === 0 ? "" : formats.money(Math.abs(due))}
        </span>
      </KeyButton>
    </div>
  );
}

const blockedWords = {
  empty: "emptyCart",
  "not-paid": "notPaid",
  "age-not-checked": "ageFirst",
  "storage-full": "storageFull",
  "no-shift": "noShift",
  "return-too-many": "tooManyReturned",
  unsellable: "unsellable",
} as const;

function blockedWord(
  reason: keyof typeof blockedWords | null | undefined,
): (typeof blockedWords)[keyof typeof blockedWords] {
  return blockedWords[reason ?? "empty"];
}

/** Says when this very cart lies open elsewhere, or when a card charge may be under way from before a take-over. */
function Others(): ReactNode {
  const words = useWords();
  const { state } = useCounter();
  const { cart } = state;
  if (!cart || (cart.alsoOpenOn.length === 0 && !cart.moneyMayBeInFlight)) return null;
  return (
    <div className="others" role="status">
      {cart.alsoOpenOn.length > 0 ? <p>{words.sale.alsoOpenOn(cart.alsoOpenOn.join(", "))}</p> : null}
      {cart.moneyMayBeInFlight ? <p>{words.sale.moneyInFlight}</p> : null}
    </div>
  );
}
