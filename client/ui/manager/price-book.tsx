import { type DragEvent, type ReactNode, useState } from "react";
import type { ImportReport } from "#schema/wire/views.ts";
import { useDesk } from "../parts/desk.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { useFormats, usePicture, useView, useWords } from "../parts/screen-context.tsx";

interface Chosen {
  readonly name: string;
  readonly csv: string;
}

/** A price book from a file: checked first, every bad row with its line, and only then published, whole. */
export function PriceBook(): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const till = useView("till");
  const { run, busy } = useDesk();
  const progress = usePicture((picture) => picture.progress);
  const [file, setFile] = useState<Chosen | null>(null);
  const [over, setOver] = useState(false);
  const [report, setReport] = useState<ImportReport | null>(null);

  const take = async (chosen: File | undefined): Promise<void> => {
    if (!chosen) return;
    const next = { name: chosen.name, csv: await chosen.text() };
    setFile(next);
    setReport(null);
    const outcome = await run("importPriceBook", { csv: next.csv, check: true });
    if (outcome.ok) setReport(outcome.value);
  };
  const publish = async (): Promise<void> => {
    if (!file || why !== null) return;
    const outcome = await run("importPriceBook", { csv: file.csv, check: false });
    if (outcome.ok) setReport(outcome.value);
  };
  const why =
    file === null
      ? words.reasons.fileFirst
      : report === null
        ? words.reasons.checkFirst
        : report.bad.length > 0
          ? words.reasons.rowsBad
          : report.published
            ? words.reasons.noChange
            : null;
  return (
    <section className="sheet" aria-label={words.manager.book}>
      <h2>{words.manager.importTitle}</h2>
      <p className="quiet">
        {till.priceBook
          ? words.manager.currentBook(formats.count(till.priceBook.items))
          : words.manager.noBook}
      </p>
      <label
        className={`drop${over ? " drop-over" : ""}`}
        onDragOver={(event: DragEvent) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event: DragEvent) => {
          event.preventDefault();
          setOver(false);
          void take(event.dataTransfer.files[0]);
        }}
      >
        <span>{words.manager.importHow}</span>
        <input
          type="file"
          accept=".csv,text/csv"
          aria-label={words.manager.chooseFile}
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <span className="key key-plain" aria-hidden="true">
          {words.manager.chooseFile}
        </span>
      </label>
      {file ? (
        <p className="subject">
          <bdi>{words.manager.fileOf(file.name, formats.count(Math.ceil(file.csv.length / 1024)))}</bdi>
        </p>
      ) : null}
      {progress ? (
        <div className="progress">
          <progress value={progress.done} max={1} aria-label={words.common.working} />
          <span>{formats.percent(Math.round(progress.done * 100) * 100)}</span>
        </div>
      ) : busy ? (
        <p className="after-a-while quiet" role="status">
          {words.common.working}
        </p>
      ) : null}
      {report ? (
        <div role="status" className="import-result">
          <p>
            <span className="tag tag-good">{words.manager.rowsGood(formats.count(report.good))}</span>{" "}
            {report.bad.length > 0 ? (
              <span className="tag tag-warn">{words.manager.rowsBad(formats.count(report.bad.length))}</span>
            ) : null}
          </p>
          {report.published ? (
            <p className="subject saving">{words.manager.published(formats.count(report.published.items))}</p>
          ) : null}
        </div>
      ) : null}
      {report && report.bad.length > 0 ? <BadRows bad={report.bad} /> : null}
      <KeyButton
        label={words.manager.publish}
        look="primary"
        unavailable={busy ? words.common.working : why}
        onPress={() => void publish()}
      />
    </section>
  );
}

const shownRows = 500;

function BadRows(props: { readonly bad: ImportReport["bad"] }): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const left = props.bad.length - shownRows;
  return (
    <div className="bad-rows" tabIndex={0} role="region" aria-label={words.manager.rowReason}>
      <table>
        <thead>
          <tr>
            <th scope="col">{words.manager.rowLine}</th>
            <th scope="col">{words.manager.rowReason}</th>
          </tr>
        </thead>
        <tbody>
          {props.bad.slice(0, shownRows).map((row, index) => (
            <tr key={index}>
              <td>{formats.count(row.line)}</td>
              <td>
                <bdi>{row.reason}</bdi>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {left > 0 ? <p className="quiet">{words.manager.moreRows(formats.count(left))}</p> : null}
    </div>
  );
}
