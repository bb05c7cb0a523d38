import { type ReactNode, useState } from "react";
import type { ResultOf } from "#schema/wire/screen.ts";
import { parseMoneyEntry } from "../format/parse-entry.ts";
import { emptyEntry, typeEntry } from "../keys/entry.ts";
import { useDesk } from "../parts/desk.tsx";
import { KeyButton } from "../parts/key-button.tsx";
import { Keypad } from "../parts/keypad.tsx";
import { Questions } from "../parts/questions.tsx";
import { useFormats, useKeyLayer, useView, useWords } from "../parts/screen-context.tsx";
import { LostTill, TopBar } from "../parts/top-bar.tsx";
import { errorText } from "../words/words.ts";
import { ShiftClosed } from "./drawer-panels.tsx";

/** No till sells outside a shift: it begins with the float that lies in the drawer. */
export function OpenShift(props: { readonly closed: ResultOf<"closeShift"> | null }): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const till = useView("till");
  const { run, message, say } = useDesk();
  const [entry, setEntry] = useState(emptyEntry);
  const float = entry.text === "" ? 0 : parseMoneyEntry(entry.text, store.currencyDigits);
  const open = (): void => {
    if (float !== null) void run("openShift", { floatMinor: float });
  };
  const type = (key: string): boolean => {
    if (key === "Enter") open();
    else setEntry((before) => typeEntry(before, key));
    return true;
  };
  useKeyLayer(1, {
    onKey: (key) =>
      /^(Backspace|Escape)$/.test(key) || (key === "Enter" && !buttonFocused()) ? type(key) : false,
    onCharacter: (character) => /[\d.,]/.test(character) && type(character),
    onScan: () => {
      say({ type: "error", error: { code: "no-shift", params: {}, message: "" } });
      return true;
    },
  });
  return (
    <div className="stage">
      <TopBar />
      <main className="door-body">
        <section className="door-staff">
          <h1>{words.shift.openTitle}</h1>
          <p className="lead">{words.shift.openWhy}</p>
          <p className="lead quiet">{formats.day(till.day)}</p>
          {props.closed ? <ShiftClosed closed={props.closed} /> : null}
          {message?.type === "error" ? (
            <p className="problem" role="alert">
              {errorText(words, formats, message.error)}
            </p>
          ) : null}
        </section>
        <section className="door-pin asks" aria-label={words.shift.float}>
          <p className="door-hint">{words.shift.float}</p>
          <output className="field-figure" aria-live="polite" aria-label={words.shift.float}>
            {formats.money(float ?? 0)}
          </output>
          <Keypad onKey={type} />
          <KeyButton label={words.shift.open} shortcut="↵" look="primary" onPress={open} />
          <Questions />
        </section>
      </main>
      <LostTill />
    </div>
  );
}

function buttonFocused(): boolean {
  return document.activeElement instanceof HTMLButtonElement;
}
