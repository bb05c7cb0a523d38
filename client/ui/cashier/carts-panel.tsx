import { type ReactNode, useState } from "react";
import { TextField } from "../parts/choices.tsx";
import { useDesk } from "../parts/desk.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Panel } from "../parts/panel.tsx";
import { useFormats, useKeyLayer, useView, useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";
import { home } from "./sale-state.ts";

/** Puts the cart aside for any till, with a word to know it by. */
export function SuspendPanel(): ReactNode {
  const words = useWords();
  const { back, show } = useCounter();
  const { run } = useDesk();
  const [label, setLabel] = useState("");
  const suspend = async (): Promise<void> => {
    const outcome = await run("suspend", label.trim() === "" ? {} : { label: label.trim() });
    if (outcome.ok) show(home);
  };
  useKeyLayer(1, {
    onKey: (key, inText) => {
      if (
        key !== "F6" &&
        (key !== "Enter" || (!inText && document.activeElement instanceof HTMLButtonElement))
      )
        return false;
      void suspend();
      return true;
    },
    onCharacter: () => true,
  });
  return (
    <Panel
      title={words.carts.suspendTitle}
      onClose={back}
      foot={
        <KeyButton label={words.carts.suspend} shortcut="↵" look="primary" onPress={() => void suspend()} />
      }
    >
      <p className="lead">{words.carts.suspendWhat}</p>
      <TextField
        label={words.carts.label}
        hint={words.carts.labelHint}
        value={label}
        onChange={setLabel}
        maxLength={60}
        first
      />
    </Panel>
  );
}

/** Every cart that is open or put aside in the store, and what may be done with it here. */
export function CartsPanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const carts = useView("openCarts");
  const { back, show, state } = useCounter();
  const { run } = useDesk();
  const handFull = (state.cart?.lines.length ?? 0) > 0;
  const others = carts.filter((cart) => cart.cartId !== state.cart?.cartId);
  const take = async (how: "recall" | "takeOver", cartId: string): Promise<void> => {
    const outcome = await run(how, { cartId });
    if (outcome.ok) show(home);
  };
  return (
    <Panel title={words.carts.title} onClose={back}>
      {others.length === 0 ? <p className="lead quiet">{words.carts.none}</p> : null}
      <ul className="cards">
        {others.map((cart) => {
          const open = cart.state === "open";
          return (
            <li key={cart.cartId} className="card">
              <p className="card-title">
                <bdi>{cart.label === "" ? words.carts.unnamed : cart.label}</bdi>
                <span className="card-figure">{formats.money(cart.totalMinor)}</span>
              </p>
              <p className="card-note">
                {words.carts.where(
                  cart.tillLabel,
                  cart.staffName,
                  formats.clock(cart.openedMs),
                  words.sale.lineCount(cart.lines),
                )}
              </p>
              {cart.lastLineName === "" ? null : (
                <p className="card-note">{words.carts.lastLine(cart.lastLineName)}</p>
              )}
              <p className="card-foot">
                <span className={`tag${open && !cart.tillAlive ? " tag-warn" : ""}`}>
                  {cart.state === "suspended"
                    ? words.carts.suspended
                    : cart.state === "remainder"
                      ? words.carts.remainder
                      : cart.tillAlive
                        ? words.carts.openThere(cart.tillLabel)
                        : words.carts.silent(cart.tillLabel)}
                </span>
                <KeyButton
                  label={open ? words.carts.takeOver : words.carts.recall}
                  look={open && cart.tillAlive ? "plain" : "primary"}
                  name={
                    open
                      ? words.carts.takeOverNamed(cart.label === "" ? cart.tillLabel : cart.label)
                      : words.carts.recallNamed(cart.label === "" ? cart.tillLabel : cart.label)
                  }
                  unavailable={handFull ? words.reasons.cartInHand : null}
                  onPress={() => void take(open ? "takeOver" : "recall", cart.cartId)}
                />
              </p>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
