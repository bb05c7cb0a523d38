import { type ReactNode, useEffect, useState } from "react";
import type { ItemView } from "#schema/wire/views.ts";
import { parseMoneyEntry } from "../format/parse-entry.ts";
import { ReasonChoice, TextField } from "../parts/choices.tsx";
import { useDesk } from "../parts/desk.tsx";
import { FigurePad, useEnter, useFigure } from "../parts/figure.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Panel } from "../parts/panel.tsx";
import { useFormats, useKeyLayer, useScreen, useView, useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";
import { home } from "./sale-state.ts";

/** A return without its receipt: the item, the price given back, the reason; another person has to agree. */
export function NoReceiptPanel(): ReactNode {
  const [item, setItem] = useState<ItemView | null>(null);
  return item ? <GiveBack item={item} /> : <FindItem onFound={setItem} />;
}

function FindItem(props: { readonly onFound: (item: ItemView) => void }): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { link } = useScreen();
  const { back } = useCounter();
  const [text, setText] = useState("");
  const [found, setItems] = useState<readonly ItemView[]>([]);
  const items = text.trim() === "" ? [] : found;
  useEffect(() => {
    let newest = true;
    if (text.trim() === "") return;
    void link.command("search", { text, limit: 20 }).then((outcome) => {
      if (newest && outcome.ok) setItems(outcome.value.items);
    });
    return () => {
      newest = false;
    };
  }, [link, text]);
  useKeyLayer(1, {
    onKey: (key, inText) => {
      const first = items[0];
      if (key !== "Enter" || !inText || !first) return false;
      props.onFound(first);
      return true;
    },
    // Here a scan names what comes back, not what is sold.
    onScan: (code) => {
      setText(code);
      return true;
    },
    onCharacter: (character) => {
      setText((before) => before + character);
      return true;
    },
  });
  return (
    <Panel title={words.menu.noReceipt} onClose={back}>
      <TextField
        label={words.receipts.whichItem}
        hint={words.sale.searchHint}
        value={text}
        onChange={setText}
        type="search"
        first
      />
      <ul className="cards">
        {items.map((item) => (
          <li key={item.itemId}>
            <button type="button" className="card card-key" onClick={() => props.onFound(item)}>
              <span className="card-title">
                <bdi>{item.name}</bdi>
                <span className="card-figure">{formats.money(item.priceMinor)}</span>
              </span>
              <span className="card-note">
                <bdi>{item.departmentName}</bdi> · {formats.code(item.barcodes[0] ?? item.itemId)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function GiveBack(props: { readonly item: ItemView }): ReactNode {
  const { item } = props;
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const { back, show } = useCounter();
  const { run } = useDesk();
  const reasons = words.receipts.reasons;
  const [reason, setReason] = useState(reasons[0] ?? "");
  const figure = useFigure(formats.plainMoney(item.priceMinor));
  const typed = parseMoneyEntry(figure.text, store.currencyDigits);
  const why =
    typed === null ? words.reasons.figureFirst : reason.trim() === "" ? words.reasons.reasonFirst : null;
  const give = async (): Promise<void> => {
    if (why !== null || typed === null) return;
    const outcome = await run("returnWithoutReceipt", {
      itemId: item.itemId,
      quantityMilli: 1000,
      priceMinor: typed,
      reason,
    });
    if (outcome.ok) show(home);
  };
  useEnter(() => void give());
  return (
    <Panel
      title={words.menu.noReceipt}
      onClose={back}
      foot={
        <KeyButton
          label={words.receipts.returnItem}
          shortcut="↵"
          look="primary"
          unavailable={why}
          onPress={() => void give()}
        />
      }
    >
      <p className="subject">
        <bdi>{item.name}</bdi>
      </p>
      <FigurePad label={words.receipts.givenBack} shown={formats.money(typed ?? 0)} figure={figure} />
      <ReasonChoice label={words.common.reason} reasons={reasons} value={reason} onChange={setReason} />
    </Panel>
  );
}
