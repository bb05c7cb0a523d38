import { useVirtualizer } from "@tanstack/react-virtual";
import { memo, type ReactNode, useEffect, useRef, useState } from "react";
import type { ItemDetailView, ItemView } from "#schema/wire/views.ts";
import { parseMoneyEntry } from "../format/parse-entry.ts";
import { TextField } from "../parts/choices.tsx";
import { useDesk } from "../parts/desk.tsx";
import { useFormats, useView, useWords } from "../parts/screen-context.tsx";
import { ItemDetail } from "./item-detail.tsx";
import { Effect } from "./price-effect.tsx";
import { type ItemSort, useItemPages } from "./use-item-pages.ts";

const rowHeight = 56;

/** Every item of the price book: found, sorted, and its price changed where it stands. */
export function Items(props: { readonly find: string; readonly setFind: (text: string) => void }): ReactNode {
  const { find, setFind } = props;
  const words = useWords();
  const formats = useFormats();
  const [sort, setSort] = useState<ItemSort | null>(null);
  const [descending, setDescending] = useState(false);
  const [chosenId, setChosenId] = useState<string | null>(null);
  const pages = useItemPages(find, sort, descending);
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- said for the React Compiler, which this house does not use
  const rows = useVirtualizer({
    count: pages.total ?? 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  const visible = rows.getVirtualItems();
  const first = visible[0]?.index;
  const last = visible.at(-1)?.index;
  const { need } = pages;
  useEffect(() => {
    if (first !== undefined && last !== undefined) need(first, last);
  });
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [find, sort, descending]);

  const sortBy = (column: ItemSort): void => {
    setDescending(sort === column && !descending);
    setSort(column);
  };
  const heads: readonly { readonly id: ItemSort; readonly label: string }[] = [
    { id: "name", label: words.manager.name },
    { id: "department", label: words.manager.department },
    { id: "stock", label: words.manager.stock },
    { id: "price", label: words.manager.price },
  ];
  return (
    <div className="items">
      <section className="items-table" aria-label={words.manager.items}>
        <div className="items-find">
          <TextField
            label={words.manager.find}
            hint={words.manager.findHint}
            value={find}
            onChange={setFind}
            type="search"
            first
          />
          <p className="quiet" role="status">
            {pages.total === null ? "" : words.manager.count(formats.count(pages.total))}
          </p>
        </div>
        <div
          className="table"
          role="table"
          aria-label={words.manager.items}
          aria-rowcount={(pages.total ?? 0) + 1}
        >
          <div role="rowgroup">
            <div className="table-row table-head" role="row" aria-rowindex={1}>
              {heads.map((head) => (
                <div
                  key={head.id}
                  role="columnheader"
                  className={`cell-${head.id}`}
                  aria-sort={sort === head.id ? (descending ? "descending" : "ascending") : "none"}
                >
                  <button
                    type="button"
                    aria-label={words.manager.sortBy(head.label)}
                    onClick={() => sortBy(head.id)}
                  >
                    {head.label}
                    <span aria-hidden="true">{sort === head.id ? (descending ? " ↓" : " ↑") : ""}</span>
                  </button>
                </div>
              ))}
            </div>
          </div>
          {pages.total === 0 ? <p className="lead table-none">{words.manager.none}</p> : null}
          <div
            ref={scroller}
            className="table-body"
            role="rowgroup"
            tabIndex={0}
            aria-label={words.manager.items}
          >
            <div role="presentation" style={{ blockSize: rows.getTotalSize(), position: "relative" }}>
              {visible.map((row) => (
                <Row
                  key={row.index}
                  index={row.index}
                  top={row.start}
                  item={pages.at(row.index)}
                  chosen={pages.at(row.index)?.itemId === chosenId}
                  choose={setChosenId}
                  changed={pages.replace}
                />
              ))}
            </div>
          </div>
        </div>
      </section>
      <aside className="items-detail" aria-label={words.manager.history}>
        {chosenId === null ? (
          <p className="lead items-choose">{words.manager.choose}</p>
        ) : (
          <ItemDetail key={chosenId} itemId={chosenId} changed={pages.replace} />
        )}
      </aside>
    </div>
  );
}

const Row = memo(function Row(props: {
  readonly index: number;
  readonly top: number;
  readonly item: ItemView | undefined;
  readonly chosen: boolean;
  readonly choose: (itemId: string) => void;
  readonly changed: (item: ItemView) => void;
}): ReactNode {
  const { item } = props;
  const formats = useFormats();
  return (
    <div
      className={`table-row${props.chosen ? " table-row-on" : ""}`}
      role="row"
      aria-rowindex={props.index + 2}
      style={{
        position: "absolute",
        insetInline: 0,
        transform: `translateY(${props.top}px)`,
        blockSize: rowHeight,
      }}
    >
      {item ? (
        <>
          <div role="cell" className="cell-name">
            <button type="button" aria-pressed={props.chosen} onClick={() => props.choose(item.itemId)}>
              <bdi>{item.name}</bdi>
              <span className="cell-note">{formats.code(item.barcodes[0] ?? item.itemId)}</span>
            </button>
          </div>
          <div role="cell" className="cell-department">
            <bdi>{item.departmentName}</bdi>
          </div>
          <div role="cell" className="cell-stock">
            {item.stockMilli === null ? "" : formats.quantity(item.stockMilli, item.unit)}
          </div>
          <div role="cell" className="cell-price">
            <PriceCell item={item} choose={props.choose} changed={props.changed} />
          </div>
        </>
      ) : (
        <div role="cell" className="cell-waiting" />
      )}
    </div>
  );
});

/** The price, edited where it stands: Enter changes it now, Escape leaves it. What it would do is said beside it. */
function PriceCell(props: {
  readonly item: ItemView;
  readonly choose: (itemId: string) => void;
  readonly changed: (item: ItemView) => void;
}): ReactNode {
  const { item } = props;
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const { run } = useDesk();
  const [text, setText] = useState<string | null>(null);
  const typed = text === null ? null : parseMoneyEntry(text, store.currencyDigits);
  if (text === null) {
    return (
      <button
        type="button"
        data-takes-focus
        aria-label={words.manager.editPrice(item.name, formats.money(item.priceMinor))}
        onClick={() => {
          props.choose(item.itemId);
          setText(formats.plainMoney(item.priceMinor));
        }}
      >
        {formats.money(item.priceMinor)}
      </button>
    );
  }
  const save = async (): Promise<void> => {
    if (typed === null || typed === item.priceMinor) return setText(null);
    const outcome = await run("setPrice", { itemId: item.itemId, priceMinor: typed });
    if (!outcome.ok) return;
    setText(null);
    props.changed(withoutHistory(outcome.value));
  };
  return (
    <span className="price-edit">
      <Effect oldMinor={item.priceMinor} newMinor={typed} />
      <input
        type="text"
        inputMode="decimal"
        dir="ltr"
        autoFocus
        aria-label={words.manager.newPriceOf(item.name)}
        value={text}
        onFocus={(event) => event.target.select()}
        onChange={(event) => setText(event.target.value)}
        onBlur={() => setText(null)}
        onKeyDown={(event) => {
          if (event.key === "Enter") void save();
          else if (event.key === "Escape") setText(null);
        }}
      />
    </span>
  );
}

function withoutHistory(item: ItemDetailView): ItemView {
  const { prices: _prices, spread: _spread, ...rest } = item;
  return rest;
}
