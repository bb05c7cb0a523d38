import { type ReactNode, useState } from "react";
import { parseMoneyEntry } from "../format/parse-entry.ts";
import { emptyEntry, typeEntry } from "../keys/entry.ts";
import { useDesk } from "../parts/desk.tsx";
import { CloseIcon } from "../parts/icons.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Keypad } from "../parts/keypad.tsx";
import { Panel } from "../parts/panel.tsx";
import { useFormats, useKeyLayer, useView, useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";
import { newRequestId } from "./request-id.ts";

const methodKeys = ["F2", "F3", "F4", "F5", "F6", "F7"] as const;

/** Taking the money, or giving it back: tender after tender until nothing is due, then the sale is finished by itself. */
export function TenderPanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const { state, back, lookUp } = useCounter();
  const { run, busy, say } = useDesk();
  const [entry, setEntry] = useState("");
  const { cart } = state;
  const due = cart?.dueMinor ?? 0;
  const giving = due < 0;
  const cash = store.tenderMethods.find((method) => method.kind === "cash");
  const typed = entry === "" ? null : parseMoneyEntry(entry, store.currencyDigits);

  const take = async (methodId: string, positiveMinor: number): Promise<void> => {
    if (!cart || busy) return;
    if (due === 0) return say({ type: "note", text: words.reasons.nothingDue });
    setEntry("");
    const amountMinor = giving ? -positiveMinor : positiveMinor;
    const outcome = await run("tender", { method: methodId, amountMinor, requestId: newRequestId() });
    if (!outcome.ok) return;
    const left = outcome.value.dueMinor;
    if (giving ? left >= 0 : left <= 0) {
      await run("complete", { cartId: cart.cartId, requestId: newRequestId() });
    }
  };
  const dueBy = (kind: "cash" | "card" | "other" | undefined): number =>
    Math.abs(kind === "cash" ? (cart?.dueCashMinor ?? 0) : due);
  const byMethod = (id: string): void => {
    const method = store.tenderMethods.find((one) => one.id === id);
    void take(id, typed ?? dueBy(method?.kind));
  };
  const enter = (): void => {
    if (cash) byMethod(cash.id);
  };
  const type = (key: string): void => setEntry(typeEntry({ ...emptyEntry, text: entry }, key).text);

  useKeyLayer(1, {
    onScan: (code) => {
      lookUp(code);
      return true;
    },
    onKey: (key, inText) => {
      if (inText) return false;
      const index = (methodKeys as readonly string[]).indexOf(key);
      const method = store.tenderMethods[index];
      if (method) byMethod(method.id);
      else if (key === "Enter" && (entry !== "" || !(document.activeElement instanceof HTMLButtonElement))) {
        enter();
      } else if (key === "Backspace") type(key);
      else if (key === "Escape" && entry !== "") setEntry("");
      else return false;
      return true;
    },
    onCharacter: (character) => {
      if (/[\d.,]/.test(character)) type(character);
      return true;
    },
  });

  if (!cart) return null;
  return (
    <Panel
      title={giving ? words.tender.giveBackTitle : words.tender.title}
      onClose={back}
      className="tender"
      busy={busy}
    >
      <div className="due" role="group" aria-label={giving ? words.tender.toGiveBack : words.tender.due}>
        <span className="due-word">{giving ? words.tender.toGiveBack : words.tender.due}</span>
        <output className="due-figure" aria-live="polite">
          {formats.money(Math.abs(due))}
        </output>
        {cart.dueCashMinor !== due && due !== 0 ? (
          <span className="due-note">{words.tender.inCash(formats.money(Math.abs(cart.dueCashMinor)))}</span>
        ) : null}
      </div>
      {cart.tenders.length > 0 ? (
        <ul className="tenders" aria-label={words.tender.taken}>
          {cart.tenders.map((tender) => (
            <li key={tender.tenderId}>
              <bdi>{tender.methodName}</bdi>
              <span>{formats.money(tender.amountMinor)}</span>
              <button
                type="button"
                className="key key-quiet key-square"
                aria-label={words.tender.remove(tender.methodName, formats.money(tender.amountMinor))}
                onClick={() => void run("removeTender", { tenderId: tender.tenderId })}
              >
                <CloseIcon />
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="quick" role="group" aria-label={words.tender.quick}>
        {cash ? (
          <KeyButton
            label={words.tender.exact}
            onPress={() => void take(cash.id, dueBy("cash"))}
            unavailable={due === 0 ? words.reasons.nothingDue : null}
          />
        ) : null}
        {cash && !giving
          ? cart.quickCashMinor
              .filter((amount) => amount !== cart.dueCashMinor)
              .slice(0, 3)
              .map((amount) => (
                <KeyButton
                  key={amount}
                  label={formats.money(amount)}
                  onPress={() => void take(cash.id, amount)}
                />
              ))
          : null}
      </div>
      <div className="tender-pad">
        <div>
          <output
            className="field-figure field-figure-small"
            aria-live="polite"
            aria-label={words.tender.amount}
          >
            {typed === null ? <span className="quiet">{words.tender.amountHint}</span> : formats.money(typed)}
          </output>
          <Keypad onKey={type} />
        </div>
        <div className="methods" role="group" aria-label={words.tender.methods}>
          {store.tenderMethods.slice(0, methodKeys.length).map((method, index) => (
            <KeyButton
              key={method.id}
              label={method.name}
              shortcut={methodKeys[index]}
              look={index === 0 ? "primary" : "plain"}
              unavailable={due === 0 ? words.reasons.nothingDue : null}
              onPress={() => byMethod(method.id)}
            />
          ))}
        </div>
      </div>
    </Panel>
  );
}
