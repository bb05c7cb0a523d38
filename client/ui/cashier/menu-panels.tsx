import { type ReactNode, useState } from "react";
import { ReasonChoice, TextField } from "../parts/choices.tsx";
import { useDesk } from "../parts/desk.tsx";
import { NetworkIcon } from "../parts/icons.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Panel } from "../parts/panel.tsx";
import { useFormats, useKeyLayer, useView, useWords } from "../parts/screen-context.tsx";
import { PreferenceKeys } from "../parts/top-bar.tsx";
import { useCounter } from "./counter.tsx";
import { home, type Pane } from "./sale-state.ts";

/** All that is needed seldom. */
export function MenuPanel(): ReactNode {
  const words = useWords();
  const { back, show, state } = useCounter();
  const { run } = useDesk();
  const hasGoods = (state.cart?.lines.length ?? 0) > 0;
  const entries: readonly { readonly pane: Pane; readonly label: string; readonly why?: string | null }[] = [
    { pane: { type: "customer" }, label: words.menu.customer },
    {
      pane: { type: "discount", of: "cart" },
      label: words.menu.cartDiscount,
      why: hasGoods ? null : words.reasons.emptyCart,
    },
    { pane: { type: "no-receipt" }, label: words.menu.noReceipt },
    { pane: { type: "cash" }, label: words.menu.cash },
    { pane: { type: "drawer" }, label: words.menu.drawer },
    {
      pane: { type: "void-cart" },
      label: words.menu.voidCart,
      why: hasGoods ? null : words.reasons.emptyCart,
    },
    { pane: { type: "close-shift" }, label: words.menu.closeShift },
    { pane: { type: "keys" }, label: words.menu.keys },
  ];
  return (
    <Panel title={words.actions.menu} onClose={back}>
      <div className="menu" role="group" aria-label={words.actions.menu}>
        {entries.map((entry) => (
          <KeyButton
            key={entry.label}
            label={entry.label}
            unavailable={entry.why}
            onPress={() => show(entry.pane)}
          />
        ))}
        {state.session.role === "manager" ? (
          <a className="key key-plain" href="/manager">
            <span className="key-label">{words.menu.manager}</span>
          </a>
        ) : null}
        <KeyButton label={words.menu.lock} onPress={() => void run("lock", {})} />
      </div>
      <PreferenceKeys />
    </Panel>
  );
}

/** Who buys, and the certificate of a tax exemption. */
export function CustomerPanel(): ReactNode {
  const words = useWords();
  const { back, show, state } = useCounter();
  const { run } = useDesk();
  const [name, setName] = useState(state.cart?.customer?.name ?? "");
  const [certificate, setCertificate] = useState(state.cart?.customer?.taxExemptCertificate ?? "");
  const why = name.trim() === "" ? words.reasons.nameFirst : null;
  const set = async (clear: boolean): Promise<void> => {
    if (!clear && why !== null) return;
    const exempt = certificate.trim();
    const outcome = await run("setCustomer", {
      customer: clear
        ? null
        : { name: name.trim(), ...(exempt === "" ? {} : { taxExemptCertificate: exempt }) },
    });
    if (outcome.ok) show(home);
  };
  useKeyLayer(1, {
    onKey: (key, inText) => {
      if (key !== "Enter" || !inText) return false;
      void set(false);
      return true;
    },
    onCharacter: () => true,
  });
  return (
    <Panel
      title={words.menu.customer}
      onClose={back}
      foot={
        <>
          {state.cart?.customer ? (
            <KeyButton label={words.menu.noCustomer} onPress={() => void set(true)} />
          ) : null}
          <KeyButton
            label={words.common.apply}
            shortcut="↵"
            look="primary"
            unavailable={why}
            onPress={() => void set(false)}
          />
        </>
      }
    >
      <TextField label={words.menu.customerName} value={name} onChange={setName} first />
      <TextField
        label={words.menu.certificate}
        hint={words.menu.certificateHint}
        value={certificate}
        onChange={setCertificate}
        maxLength={60}
      />
    </Panel>
  );
}

/** Age-restricted goods: says on or before which day the customer must have been born. */
export function AgePanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const till = useView("till");
  const { back, show, state } = useCounter();
  const { run } = useDesk();
  const years = state.cart?.ageNeeded ?? 0;
  const checked = async (): Promise<void> => {
    const outcome = await run("confirmAge", { years });
    if (outcome.ok) show({ type: "tender" });
  };
  useKeyLayer(1, {
    onKey: (key) => {
      if (key !== "Enter" || document.activeElement instanceof HTMLButtonElement) return false;
      void checked();
      return true;
    },
    onCharacter: () => true,
  });
  const restricted = state.cart?.lines.filter((line) => (line.ageYears ?? 0) > 0) ?? [];
  return (
    <Panel
      title={words.age.title(years)}
      role="alertdialog"
      onClose={back}
      foot={
        <>
          <KeyButton label={words.age.refuse} shortcut="Esc" onPress={back} />
          <KeyButton
            label={words.age.checked(years)}
            shortcut="↵"
            look="primary"
            onPress={() => void checked()}
          />
        </>
      }
    >
      <p className="question">{words.age.bornBy(formats.day(yearsBefore(till.day, years)))}</p>
      <ul className="plain">
        {restricted.map((line) => (
          <li key={line.lineId}>
            <bdi>{line.name}</bdi>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function yearsBefore(isoDay: string, years: number): string {
  const [year = "2000", month = "01", day = "01"] = isoDay.split("-");
  return `${Number(year) - years}-${month}-${day}`;
}

/** Gives up the whole cart, with the reason for the record. */
export function VoidCartPanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const { back, show, state } = useCounter();
  const { run } = useDesk();
  const reasons = words.menu.voidReasons;
  const [reason, setReason] = useState(reasons[0] ?? "");
  const give = async (): Promise<void> => {
    const outcome = await run("voidCart", { reason });
    if (outcome.ok) show(home);
  };
  return (
    <Panel
      title={words.menu.voidCart}
      onClose={back}
      foot={
        <KeyButton
          label={words.menu.voidNow}
          look="danger"
          unavailable={reason.trim() === "" ? words.reasons.reasonFirst : null}
          onPress={() => void give()}
        />
      }
    >
      <p className="lead">
        {words.menu.voidWhat(
          words.sale.lineCount(state.cart?.lines.length ?? 0),
          formats.money(state.cart?.totalMinor ?? 0),
        )}
      </p>
      <ReasonChoice label={words.common.reason} reasons={reasons} value={reason} onChange={setReason} />
    </Panel>
  );
}

/** Whom this till hears, and since when. Selling goes on in every state. */
export function NetworkPanel(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const network = useView("network");
  const { back } = useCounter();
  return (
    <Panel title={words.network.title} onClose={back}>
      <p className={`network-large network-${network.state}`}>
        <NetworkIcon state={network.state} />
        <strong>{words.network[network.state]}</strong>
        <span className="quiet">{words.network.since(formats.clock(network.sinceMs))}</span>
      </p>
      <p className="lead">{words.network.meaning[network.state]}</p>
      <h3 className="small-title">{words.network.tills}</h3>
      {network.neighbours.length === 0 ? <p className="quiet">{words.network.noTills}</p> : null}
      <ul className="rows">
        {network.neighbours.map((till) => (
          <li key={till.device}>
            <bdi>{till.label}</bdi>
            <span>{words.network.neighbour[till.state]}</span>
            <span className="quiet">{formats.clock(till.lastHeardMs)}</span>
          </li>
        ))}
      </ul>
      <h3 className="small-title">{words.network.relay}</h3>
      <ul className="rows">
        <li>
          <span>{words.network.relayState[network.relay.state]}</span>
          <span className="quiet">
            {network.relay.pending === 0
              ? words.network.nothingPending
              : words.network.pending(formats.count(network.relay.pending))}
          </span>
        </li>
      </ul>
    </Panel>
  );
}
