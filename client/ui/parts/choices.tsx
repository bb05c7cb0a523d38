import { type ReactNode, useState } from "react";
import { useWords } from "./screen-context.tsx";

/** One of a few words, or another one typed. */
export function ReasonChoice(props: {
  readonly label: string;
  readonly reasons: readonly string[];
  readonly value: string;
  readonly onChange: (reason: string) => void;
}): ReactNode {
  const words = useWords();
  const [own, setOwn] = useState(false);
  return (
    <fieldset className="choice">
      <legend className="field-label">{props.label}</legend>
      <div className="chips" role="radiogroup" aria-label={props.label}>
        {props.reasons.map((reason) => (
          <button
            key={reason}
            type="button"
            role="radio"
            aria-checked={!own && reason === props.value}
            className="chip"
            onClick={() => {
              setOwn(false);
              props.onChange(reason);
            }}
          >
            <bdi>{reason}</bdi>
          </button>
        ))}
        <button
          type="button"
          role="radio"
          aria-checked={own}
          className="chip"
          onClick={() => {
            setOwn(true);
            props.onChange("");
          }}
        >
          {words.common.otherReason}
        </button>
      </div>
      {own ? (
        <TextField label={words.common.reason} value={props.value} onChange={props.onChange} first />
      ) : null}
    </fieldset>
  );
}

export function TextField(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly hint?: string;
  readonly first?: boolean;
  readonly maxLength?: number;
  readonly type?: "text" | "date" | "datetime-local" | "search";
}): ReactNode {
  return (
    <label className="text-field">
      <span className="field-label">{props.label}</span>
      <input
        type={props.type ?? "text"}
        value={props.value}
        placeholder={props.hint}
        maxLength={props.maxLength ?? 120}
        autoComplete="off"
        dir={props.type === "date" || props.type === "datetime-local" ? undefined : "auto"}
        data-first={props.first ? "" : undefined}
        // A field that appears because its key was pressed is where the next letters belong.
        autoFocus={props.first}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </label>
  );
}

/** A few choices of which one holds. */
export function Segments<Value extends string>(props: {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
}): ReactNode {
  return (
    <div className="segments" role="radiogroup" aria-label={props.label}>
      {props.options.map((option) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === props.value}
          className="segment"
          onClick={() => props.onChange(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
