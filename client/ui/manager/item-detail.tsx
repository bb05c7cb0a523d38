import { type ReactNode, useCallback, useEffect, useState } from "react";
import type { ItemDetailView, ItemView } from "#schema/wire/views.ts";
import { parseMoneyEntry } from "../format/parse-entry.ts";
import { instantOf } from "../format/store-time.ts";
import { Segments, TextField } from "../parts/choices.tsx";
import { useDesk } from "../parts/desk.tsx";
import { CheckIcon } from "../parts/icons.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { useFormats, useScreen, useView, useWords } from "../parts/screen-context.tsx";
import { Effect } from "./price-effect.tsx";

const lookAgainMs = 1_000;

/** One item: change its price now or from a time, see what is scheduled, and watch which tills have the last change. */
export function ItemDetail(props: {
  readonly itemId: string;
  readonly changed: (item: ItemView) => void;
}): ReactNode {
  const { itemId, changed } = props;
  const words = useWords();
  const formats = useFormats();
  const { link } = useScreen();
  const [item, setItem] = useState<ItemDetailView | null>(null);
  const take = useCallback((detail: ItemDetailView) => setItem(detail), []);
  const inForce = useCallback(
    (detail: ItemDetailView) => {
      setItem(detail);
      const { prices: _prices, spread: _spread, ...rest } = detail;
      changed(rest);
    },
    [changed],
  );
  useEffect(() => {
    let shown = true;
    const look = (): void =>
      void link.command("item", { itemId }).then((outcome) => {
        if (shown && outcome.ok) take(outcome.value);
      });
    look();
    const timer = setInterval(look, lookAgainMs);
    return () => {
      shown = false;
      clearInterval(timer);
    };
  }, [link, itemId, take]);
  if (!item) return null;
  const has = item.spread.filter((till) => till.has).length;
  return (
    <div className="detail">
      <h2>
        <bdi>{item.name}</bdi>
      </h2>
      <p className="card-note">
        <bdi>{item.departmentName}</bdi> · {item.barcodes.map((code) => formats.code(code)).join(", ")} ·{" "}
        {words.manager.tax} <bdi>{item.taxClass}</bdi>
      </p>
      <p className="detail-price">
        {item.unit === "piece"
          ? formats.money(item.priceMinor)
          : words.sale.unitPrice(formats.money(item.priceMinor), item.unit)}
      </p>
      <NewPrice item={item} done={inForce} />
      <h3 className="small-title">
        {words.manager.spread} ·{" "}
        {words.manager.spreadOf(formats.count(has), formats.count(item.spread.length))}
      </h3>
      <ul className="spread" aria-label={words.manager.spread} aria-live="polite">
        {item.spread.map((till) => (
          <li key={till.device} className={till.has ? "spread-on" : undefined}>
            <span className="spread-mark" aria-hidden="true">
              {till.has ? <CheckIcon /> : null}
            </span>
            <bdi>{till.label}</bdi>
            <span>{till.has ? words.manager.hasIt : words.manager.hasNot}</span>
            {till.has ? null : (
              <span className="card-note">{words.manager.heard(formats.clock(till.lastHeardMs))}</span>
            )}
          </li>
        ))}
      </ul>
      <h3 className="small-title">{words.manager.history}</h3>
      <PriceList item={item} done={inForce} />
    </div>
  );
}

function NewPrice(props: {
  readonly item: ItemDetailView;
  readonly done: (item: ItemDetailView) => void;
}): ReactNode {
  const { item, done } = props;
  const words = useWords();
  const store = useView("store");
  const { run } = useDesk();
  const [text, setText] = useState("");
  const [when, setWhen] = useState<"now" | "later">("now");
  const [from, setFrom] = useState("");
  const typed = parseMoneyEntry(text, store.currencyDigits);
  const why =
    typed === null
      ? words.reasons.figureFirst
      : when === "now" && typed === item.priceMinor
        ? words.reasons.noChange
        : when === "later" && from === ""
          ? words.reasons.timeFirst
          : null;
  const set = async (): Promise<void> => {
    if (why !== null || typed === null) return;
    const outcome = await run("setPrice", {
      itemId: item.itemId,
      priceMinor: typed,
      ...(when === "later" ? { from: instantOf(from, store.timeZone) } : {}),
    });
    if (!outcome.ok) return;
    setText("");
    done(outcome.value);
  };
  return (
    <form
      className="new-price"
      onSubmit={(event) => {
        event.preventDefault();
        void set();
      }}
    >
      <TextField label={words.manager.newPrice} value={text} onChange={setText} maxLength={14} />
      <Segments
        label={words.manager.from}
        value={when}
        onChange={setWhen}
        options={[
          { value: "now", label: words.manager.now },
          { value: "later", label: words.manager.later },
        ]}
      />
      {when === "later" ? (
        <TextField label={words.manager.when} value={from} onChange={setFrom} type="datetime-local" />
      ) : null}
      <Effect oldMinor={item.priceMinor} newMinor={typed} />
      <KeyButton
        label={when === "now" ? words.manager.setNow : words.manager.setLater}
        look="primary"
        unavailable={why}
        onPress={() => void set()}
      />
    </form>
  );
}

function PriceList(props: {
  readonly item: ItemDetailView;
  readonly done: (item: ItemDetailView) => void;
}): ReactNode {
  const { item, done } = props;
  const words = useWords();
  const formats = useFormats();
  const { run } = useDesk();
  const cancel = async (fromMs: number): Promise<void> => {
    const outcome = await run("cancelPrice", { itemId: item.itemId, from: new Date(fromMs).toISOString() });
    if (outcome.ok) done(outcome.value);
  };
  const newestFirst = [...item.prices].sort((one, other) => other.fromMs - one.fromMs);
  return (
    <ul className="price-list">
      {newestFirst.map((price) => (
        <li key={`${price.fromMs}-${price.priceMinor}`} className={`price-${price.state}`}>
          <span className="price-figure">{formats.money(price.priceMinor)}</span>
          <span className="card-note">
            {formats.dateTime(price.fromMs)}
            {price.staffName === "" ? null : (
              <>
                {" "}
                · <bdi>{price.staffName}</bdi>
              </>
            )}
          </span>
          {price.state === "scheduled" ? (
            <KeyButton
              label={words.manager.cancel}
              name={words.manager.cancelNamed(
                formats.money(price.priceMinor),
                formats.dateTime(price.fromMs),
              )}
              look="quiet"
              onPress={() => void cancel(price.fromMs)}
            />
          ) : null}
          <span className={price.state === "past" ? "tag" : "tag tag-good"}>
            {words.manager.state[price.state]}
          </span>
        </li>
      ))}
    </ul>
  );
}
