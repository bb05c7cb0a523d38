import { type ReactNode, useMemo } from "react";
import type { CustomerView } from "#schema/wire/views.ts";
import { formatsFor } from "../format/formats.ts";
import { usePicture, useScreen, useWords } from "../parts/screen-context.tsx";

/** What the customer sees: large, and nothing private. */
export function CustomerDisplay(): ReactNode {
  const words = useWords();
  const view = usePicture((picture) => picture.customer);
  const state = view?.state ?? "closed";
  return (
    <main className={`customer customer-${state}`}>
      <h1 className="unseen">{view?.storeName ?? words.lost.connecting}</h1>
      {view === null ? null : state === "shopping" || state === "paying" ? (
        <Shopping view={view} />
      ) : (
        <Greeting view={view} />
      )}
    </main>
  );
}

function useMoney(view: CustomerView): ReturnType<typeof formatsFor> {
  const { language } = useScreen().preferences;
  const { currency, currencyDigits } = view;
  return useMemo(
    () => formatsFor(language, { currency, currencyDigits, timeZone: "UTC" }),
    [language, currency, currencyDigits],
  );
}

function Greeting(props: { readonly view: CustomerView }): ReactNode {
  const { view } = props;
  const words = useWords();
  const formats = useMoney(view);
  if (view.state !== "thanks") {
    return (
      <div className="greeting" role="status">
        <p className="greeting-store">
          <bdi>{view.storeName}</bdi>
        </p>
        <p className="greeting-word">
          {view.state === "closed" ? words.customer.closed : words.customer.welcome}
        </p>
      </div>
    );
  }
  const back = view.totalMinor < 0;
  return (
    <div className="greeting" role="status">
      <p className="greeting-word">{words.customer.thanks}</p>
      {view.changeMinor > 0 || back ? (
        <>
          <p className="greeting-label">{back ? words.customer.giveBack : words.customer.change}</p>
          <p className="greeting-figure">{formats.money(back ? -view.totalMinor : view.changeMinor)}</p>
        </>
      ) : null}
      <p className="greeting-store">
        <bdi>{view.storeName}</bdi>
      </p>
    </div>
  );
}

function Shopping(props: { readonly view: CustomerView }): ReactNode {
  const { view } = props;
  const words = useWords();
  const formats = useMoney(view);
  const paying = view.state === "paying" || view.dueMinor !== view.totalMinor;
  const due = Math.abs(view.dueMinor);
  return (
    <>
      <div className="customer-scroll">
        <ul className="customer-lines" aria-label={words.customer.items}>
          {view.lines.map((line, index) => (
            <li key={index} className={index === view.lines.length - 1 ? "customer-last" : undefined}>
              <span className="customer-quantity">
                {line.unit === "piece" && line.quantityMilli === 1000
                  ? ""
                  : formats.quantity(line.quantityMilli, line.unit)}
              </span>
              <bdi className="customer-name">{line.name}</bdi>
              <span className="customer-price">{formats.money(line.totalMinor)}</span>
            </li>
          ))}
        </ul>
      </div>
      <div className="customer-sums" role="status" aria-live="polite">
        {view.savingsMinor > 0 ? (
          <p className="customer-saved">{words.customer.saved(formats.money(view.savingsMinor))}</p>
        ) : null}
        <p className={paying ? "customer-total customer-total-small" : "customer-total"}>
          <span>{view.totalMinor < 0 ? words.customer.giveBack : words.customer.total}</span>
          <strong>{formats.money(Math.abs(view.totalMinor))}</strong>
        </p>
        {paying ? (
          <p className="customer-total">
            <span>
              {view.changeMinor > 0
                ? words.customer.change
                : view.dueMinor < 0
                  ? words.customer.giveBack
                  : words.customer.due}
            </span>
            <strong>{formats.money(view.changeMinor > 0 ? view.changeMinor : due)}</strong>
          </p>
        ) : null}
      </div>
    </>
  );
}
