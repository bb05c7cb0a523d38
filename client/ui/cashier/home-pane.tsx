import type { ReactNode } from "react";
import { Keypad } from "../parts/keypad.tsx";
import { SearchIcon } from "../parts/icons.tsx";
import { useFormats, useView, useWords } from "../parts/screen-context.tsx";
import { useCounter } from "./counter.tsx";

/** The field at the head of the pane: what is keyed, the next quantity, and the search. */
export function EntryField(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { entry, search, addItem, lookUp, show, pane, clearEntry } = useCounter();
  const { attach } = search;
  const items = search.result?.items ?? [];
  const chosen = items[search.at];
  return (
    <div className="entry" role="search">
      {entry.quantityMilli === null ? null : (
        <button
          type="button"
          className="entry-quantity"
          aria-label={words.sale.nextQuantity(formats.quantity(entry.quantityMilli, "piece"))}
          onClick={clearEntry}
        >
          {formats.quantity(entry.quantityMilli, "piece")} ×
        </button>
      )}
      {entry.text === "" ? null : (
        <output className="entry-text" dir="ltr" aria-live="polite" aria-label={words.sale.keyed}>
          {entry.text}
        </output>
      )}
      <label className={entry.text === "" ? "entry-search" : "entry-search unseen"}>
        <SearchIcon />
        <span className="unseen">{words.sale.search}</span>
        <input
          ref={attach}
          type="search"
          role="combobox"
          autoComplete="off"
          spellCheck={false}
          aria-expanded={items.length > 0}
          aria-controls="found"
          aria-autocomplete="list"
          aria-activedescendant={chosen ? `found-${search.at}` : undefined}
          placeholder={words.sale.searchHint}
          value={search.text}
          onChange={(event) => search.setText(event.target.value)}
          onFocus={() => {
            search.setFocused(true);
            if (pane.type !== "home") show({ type: "home" });
          }}
          onBlur={() => search.setFocused(false)}
          onKeyDown={(event) => {
            if (event.key === "ArrowDown") search.move(1);
            else if (event.key === "ArrowUp") search.move(-1);
            else if (event.key === "Enter" && /^\d+$/.test(search.text.trim())) lookUp(search.text.trim());
            else if (event.key === "Enter" && chosen) addItem(chosen.itemId);
            else return;
            event.preventDefault();
          }}
        />
        <kbd aria-hidden="true">F2</kbd>
      </label>
    </div>
  );
}

/** The pane when nothing else is asked: found items, or keypad and departments. */
export function HomePane(): ReactNode {
  const { search } = useCounter();
  return search.text.trim() === "" ? <KeysAndDepartments /> : <Found />;
}

function KeysAndDepartments(): ReactNode {
  const words = useWords();
  const store = useView("store");
  const { type, entry, lookUp, show } = useCounter();
  return (
    <div className="home">
      <div className="home-keys">
        <Keypad wide="00" corner="*" onKey={type} />
        <div className="home-side">
          <button
            type="button"
            className="key key-digit"
            aria-label={words.keypad.point}
            onClick={() => type(".")}
          >
            .
          </button>
          <button
            type="button"
            className="key key-digit"
            aria-label={words.keypad.erase}
            onClick={() => type("Backspace")}
          >
            ⌫
          </button>
          <button
            type="button"
            className="key key-digit key-tall"
            aria-label={words.keypad.enter}
            onClick={() => {
              if (entry.text !== "") lookUp(entry.text);
            }}
          >
            ↵
          </button>
        </div>
      </div>
      <section className="departments" aria-label={words.sale.departments}>
        <h2 className="small-title">
          {words.sale.departments} <kbd aria-hidden="true">F12</kbd>
        </h2>
        <div className="department-grid">
          {store.departments.map((department) => (
            <button
              key={department.id}
              type="button"
              data-department
              className="key key-plain"
              onClick={() => show({ type: "department", departmentId: department.id })}
            >
              <bdi className="key-label">{department.name}</bdi>
            </button>
          ))}
        </div>
      </section>
    </div>
  );
}

function Found(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { search, addItem } = useCounter();
  const { result } = search;
  if (!result) return <div className="found" id="found" />;
  if (result.items.length === 0) {
    return (
      <div className="found found-none" id="found" role="status">
        <p className="lines-hint">{words.sale.noneFound}</p>
        <p className="lines-hint-small">{words.sale.noneFoundHow}</p>
      </div>
    );
  }
  return (
    <div className="found">
      <p className="small-title" role="status">
        {words.sale.found(formats.count(result.total))}
      </p>
      <div className="found-list" id="found" role="listbox" aria-label={words.sale.results} tabIndex={-1}>
        {result.items.map((item, index) => (
          <div
            key={item.itemId}
            id={`found-${index}`}
            role="option"
            aria-selected={index === search.at}
            className="found-item"
            ref={(element) => {
              if (index === search.at) element?.scrollIntoView({ block: "nearest" });
            }}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => addItem(item.itemId)}
          >
            <bdi className="found-name">{item.name}</bdi>
            <span className="found-price">
              {item.unit === "piece"
                ? formats.money(item.priceMinor)
                : words.sale.unitPrice(formats.money(item.priceMinor), item.unit)}
            </span>
            <span className="found-note">
              <bdi>{item.departmentName}</bdi> · {formats.code(item.barcodes[0] ?? item.itemId)}
              {item.stockMilli === null
                ? null
                : ` · ${words.sale.inStock(formats.quantity(item.stockMilli, item.unit))}`}
            </span>
          </div>
        ))}
      </div>
    </div>
  );
}
