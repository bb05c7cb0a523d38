import { type ReactNode, useEffect, useState } from "react";
import type { ReportView } from "#schema/wire/views.ts";
import { TextField } from "../parts/choices.tsx";
import { useFormats, useScreen, useView, useWords } from "../parts/screen-context.tsx";

const lookAgainMs = 5_000;

/** The takings of one day, over all tills. */
export function Report(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const till = useView("till");
  const store = useView("store");
  const { link } = useScreen();
  const [day, setDay] = useState(till.day);
  const [report, setReport] = useState<ReportView | null>(null);
  useEffect(() => {
    let shown = true;
    const look = (): void =>
      void link.command("report", day === "" ? {} : { day }).then((outcome) => {
        if (shown && outcome.ok) setReport(outcome.value);
      });
    look();
    const timer = setInterval(look, lookAgainMs);
    return () => {
      shown = false;
      clearInterval(timer);
    };
  }, [link, day]);
  const methodName = (id: string): string =>
    store.tenderMethods.find((method) => method.id === id)?.name ?? id;
  const best = Math.max(1, ...(report?.tills.map((one) => one.grossMinor) ?? []));
  return (
    <section className="sheet" aria-label={words.manager.report}>
      <div className="report-head">
        <h2>{report ? formats.day(report.day) : ""}</h2>
        <TextField label={words.manager.day} value={day} onChange={setDay} type="date" />
      </div>
      {report ? (
        <>
          <dl className="figures">
            <Figure label={words.manager.gross} value={formats.money(report.grossMinor)} large />
            <Figure label={words.manager.net} value={formats.money(report.netMinor)} />
            <Figure label={words.manager.sales} value={formats.count(report.sales)} />
            <Figure label={words.manager.refunds} value={formats.count(report.refunds)} />
            <Figure label={words.manager.voids} value={formats.count(report.voids)} />
          </dl>
          {report.sales === 0 ? <p className="lead">{words.manager.nothingSold}</p> : null}
          <div className="report-parts">
            <section>
              <h3 className="small-title">{words.manager.takings}</h3>
              <ul className="bars">
                {report.tills.map((one) => (
                  <li key={one.device}>
                    <bdi>{one.label}</bdi>
                    <span className="bar-track" aria-hidden="true">
                      <i style={{ inlineSize: `${Math.max(0, (one.grossMinor / best) * 100)}%` }} />
                    </span>
                    <span>{formats.money(one.grossMinor)}</span>
                  </li>
                ))}
              </ul>
            </section>
            <section>
              <h3 className="small-title">{words.manager.tenders}</h3>
              <dl className="sums">
                {report.tenders.map((tender) => (
                  <Sum
                    key={tender.method}
                    label={methodName(tender.method)}
                    value={formats.money(tender.amountMinor)}
                  />
                ))}
              </dl>
            </section>
            <section>
              <h3 className="small-title">{words.manager.taxes}</h3>
              <dl className="sums">
                {report.taxes.map((tax) => (
                  <Sum key={tax.name} label={tax.name} value={formats.money(tax.taxMinor)} />
                ))}
              </dl>
            </section>
            <section>
              <h3 className="small-title">{words.manager.drawers}</h3>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{words.manager.till}</th>
                    <th scope="col">{words.manager.expected}</th>
                    <th scope="col">{words.manager.counted}</th>
                  </tr>
                </thead>
                <tbody>
                  {report.drawers.map((drawer) => (
                    <tr key={drawer.device}>
                      <td>
                        <bdi>{drawer.label}</bdi>
                      </td>
                      <td>{formats.money(drawer.expectedMinor)}</td>
                      <td>
                        {drawer.countedMinor === null
                          ? words.manager.notCounted
                          : formats.money(drawer.countedMinor)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </section>
          </div>
        </>
      ) : null}
    </section>
  );
}

function Figure(props: {
  readonly label: string;
  readonly value: string;
  readonly large?: boolean;
}): ReactNode {
  return (
    <div className={props.large ? "figure figure-large" : "figure"}>
      <dt>{props.label}</dt>
      <dd>{props.value}</dd>
    </div>
  );
}

function Sum(props: { readonly label: string; readonly value: string }): ReactNode {
  return (
    <>
      <dt>
        <bdi>{props.label}</bdi>
      </dt>
      <dd>{props.value}</dd>
    </>
  );
}
