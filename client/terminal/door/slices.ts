/** JSON text of parts of views, made once for each object whoever it is sent to. */
export interface SliceTexts {
  of(value: unknown): string;
}

export function sliceTexts(): SliceTexts {
  const texts = new WeakMap<object, string>();
  return {
    of(value) {
      if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null";
      let text = texts.get(value);
      if (text === undefined) {
        text = JSON.stringify(value);
        texts.set(value, text);
      }
      return text;
    },
  };
}

/** What one screen has been sent so far, so that it is sent only what is new. */
export interface SentView {
  /** The changed top-level parts as one JSON object, taken to be sent; null when nothing changed. */
  take(view: object): string | null;
}

export function sentView(texts: SliceTexts): SentView {
  const sent = new Map<string, { value: unknown; text: string }>();
  return {
    take(view) {
      let changed = "";
      for (const [key, value] of Object.entries(view)) {
        const before = sent.get(key);
        if (before && Object.is(before.value, value)) continue;
        const text = texts.of(value);
        if (before && before.text === text) {
          before.value = value;
          continue;
        }
        sent.set(key, { value, text });
        changed += `${changed === "" ? "" : ","}${JSON.stringify(key)}:${text}`;
      }
      return changed === "" ? null : `{${changed}}`;
    },
  };
}
