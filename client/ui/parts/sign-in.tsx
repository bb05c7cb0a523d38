import { type ReactNode, useState } from "react";
import { errorText } from "../words/words.ts";
import type { ScreenError } from "../link/till-link.ts";
import { useDesk } from "./desk.tsx";
import { KeyButton } from "./key-button.tsx";
import { Keypad } from "./keypad.tsx";
import { PinDots } from "./questions.tsx";
import { useFormats, useKeyLayer, useView, useWords } from "./screen-context.tsx";
import { NetworkMark, PreferenceKeys } from "./top-bar.tsx";

/** Who is at the till: a tile, then a PIN. `forManagers` shows only those who manage. */
export function SignIn(props: { readonly forManagers?: boolean }): ReactNode {
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const till = useView("till");
  const openCarts = useView("openCarts");
  const { run } = useDesk();
  const managers = store.staff.filter((person) => person.role === "manager");
  const staff = props.forManagers && managers.length > 0 ? managers : store.staff;
  const [staffId, setStaffId] = useState<string | null>(staff.length === 1 ? (staff[0]?.id ?? null) : null);
  const [pin, setPin] = useState("");
  const [problem, setProblem] = useState<ScreenError | null>(null);

  const enter = async (): Promise<void> => {
    if (staffId === null || pin.length < 4) return;
    const outcome = await run("signIn", { staffId, pin }, { quiet: true });
    if (!outcome.ok) {
      setPin("");
      setProblem(outcome.error);
    }
  };
  const type = (key: string): boolean => {
    if (staffId === null) return false;
    if (key === "Enter") void enter();
    else if (key === "Backspace") setPin(pin.slice(0, -1));
    else if (key === "Escape") {
      setPin("");
      setStaffId(null);
    } else if (/^\d$/.test(key)) {
      setProblem(null);
      setPin((before) => (before + key).slice(0, 12));
    } else return false;
    return true;
  };
  useKeyLayer(1, {
    onKey: (key) => (key === "Enter" && pin === "" ? false : /^\d$/.test(key) ? false : type(key)),
    onCharacter: type,
    onScan: () => {
      setProblem({ code: "not-signed-in", params: {}, message: "" });
      return true;
    },
  });

  const waiting = openCarts.find((cart) => cart.here);
  return (
    <main className="door">
      <div className="door-head">
        <p className="door-store">
          <bdi>{store.name}</bdi>
        </p>
        <p className="door-till">
          <bdi>{till.label}</bdi>
        </p>
        <NetworkMark />
      </div>
      <div className="door-body">
        <section className="door-staff" aria-labelledby="who">
          <h1 id="who">{props.forManagers ? words.signIn.whoManages : words.signIn.who}</h1>
          <div className="tiles" role="group" aria-labelledby="who">
            {staff.map((person) => (
              <button
                key={person.id}
                type="button"
                className="tile"
                aria-pressed={person.id === staffId}
                onClick={() => {
                  setStaffId(person.id);
                  setPin("");
                  setProblem(null);
                }}
              >
                <span className="tile-mark" aria-hidden="true">
                  {initials(person.name)}
                </span>
                <bdi className="tile-name">{person.name}</bdi>
              </button>
            ))}
          </div>
          {waiting ? <p className="door-note">{words.signIn.cartWaits(waiting.lines)}</p> : null}
        </section>
        <section className="door-pin" aria-label={words.signIn.pin}>
          <p className="door-hint" role="status">
            {staffId === null ? words.signIn.choose : words.signIn.enterPin}
          </p>
          <PinDots count={pin.length} />
          <p className="problem" role="alert">
            {problem ? errorText(words, formats, problem) : ""}
          </p>
          <Keypad wide="Backspace" corner="Enter" onKey={type} />
          <KeyButton
            label={words.signIn.enter}
            shortcut="↵"
            look="primary"
            unavailable={
              staffId === null ? words.signIn.choose : pin.length < 4 ? words.reasons.pinFirst : null
            }
            onPress={() => void enter()}
          />
        </section>
      </div>
      <PreferenceKeys />
    </main>
  );
}

function initials(name: string): string {
  return name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => Array.from(part)[0] ?? "")
    .join("");
}
