import { type ReactNode, useState } from "react";
import { errorText } from "../words/words.ts";
import { type Approval, type Question, useDesk } from "./desk.tsx";
import { KeyButton } from "./key-button.tsx";
import { Keypad } from "./keypad.tsx";
import { Panel } from "./panel.tsx";
import { useFormats, useKeyLayer, useView, useWords } from "./screen-context.tsx";

/** What the till asks before it goes on: a figure to confirm, or another person's agreement. */
export function Questions(): ReactNode {
  const { question } = useDesk();
  if (!question) return null;
  return question.type === "confirm" ? <Confirm question={question} /> : <ApprovalPad question={question} />;
}

function Confirm(props: { readonly question: Question & { type: "confirm" } }): ReactNode {
  const { question } = props;
  const words = useWords();
  const formats = useFormats();
  useKeyLayer(2, {
    onKey: (key) => {
      if (key === "Escape") question.answer(false);
      else if (key === "Enter") question.answer(true);
      else return waits(key);
      return true;
    },
    onCharacter: () => true,
  });
  return (
    <Panel
      title={words.questions.sure}
      role="alertdialog"
      className="panel-over"
      foot={
        <>
          <KeyButton label={words.questions.no} shortcut="Esc" onPress={() => question.answer(false)} />
          <KeyButton
            label={words.questions.yes}
            shortcut="↵"
            look="primary"
            onPress={() => question.answer(true)}
          />
        </>
      }
    >
      <p className="question">{errorText(words, formats, question.error)}</p>
    </Panel>
  );
}

function ApprovalPad(props: { readonly question: Question & { type: "approval" } }): ReactNode {
  const { question } = props;
  const words = useWords();
  const formats = useFormats();
  const store = useView("store");
  const above = store.staff.filter((person) => person.role === "manager" || person.role === "supervisor");
  const staff = above.length > 0 ? above : store.staff;
  const [staffId, setStaffId] = useState(staff[0]?.id ?? "");
  const [pin, setPin] = useState("");
  const ready = pin.length >= 4;
  const give = (): void => {
    if (ready) question.answer({ staffId, pin } satisfies Approval);
  };
  const type = (key: string): boolean => {
    if (key === "Backspace") setPin(pin.slice(0, -1));
    else if (/^\d$/.test(key)) setPin((pin + key).slice(0, 12));
    else if (key === "Enter") give();
    else if (key === "Escape") question.answer(null);
    else return false;
    return true;
  };
  useKeyLayer(2, {
    onKey: (key) => type(key) || waits(key),
    onCharacter: (character) => type(character) || true,
  });
  return (
    <Panel
      title={words.questions.approval}
      role="alertdialog"
      className="panel-over"
      onClose={() => question.answer(null)}
      foot={
        <KeyButton
          label={words.questions.approve}
          shortcut="↵"
          look="primary"
          unavailable={ready ? null : words.reasons.pinFirst}
          onPress={give}
        />
      }
    >
      <p className="question-small">{errorText(words, formats, question.error)}</p>
      <div className="chips" role="radiogroup" aria-label={words.questions.approver}>
        {staff.map((person) => (
          <button
            key={person.id}
            type="button"
            role="radio"
            aria-checked={person.id === staffId}
            className="chip"
            onClick={() => setStaffId(person.id)}
          >
            {person.name}
          </button>
        ))}
      </div>
      <PinDots count={pin.length} />
      {question.problem ? (
        <p className="problem" role="alert">
          {errorText(words, formats, question.problem)}
        </p>
      ) : null}
      <Keypad wide="Backspace" corner="Enter" onKey={type} />
    </Panel>
  );
}

/** While a question is open the till's other keys wait. A scan does not: it goes to the cart, as always. */
function waits(key: string): boolean {
  return /^F\d+$/.test(key) || key === "Delete" || key === "Ctrl+z";
}

/** How many digits have been typed, and nothing else. */
export function PinDots(props: { readonly count: number }): ReactNode {
  const words = useWords();
  return (
    <output className="pin" aria-live="polite" aria-label={words.signIn.pin}>
      <span className="unseen">{words.signIn.digits(props.count)}</span>
      {Array.from({ length: Math.max(4, props.count) }, (_, index) => (
        <i key={index} className={index < props.count ? "dot dot-on" : "dot"} aria-hidden="true" />
      ))}
    </output>
  );
}
