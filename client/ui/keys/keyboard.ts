import { burstGapMs, expireWedge, idleWedge, pressWedge, type Wedge } from "./wedge.ts";

/** What one part of the screen does with the keyboard. Each answers whether it used what it was given. */
export interface KeyLayer {
  /** A named key or a chord: `F9`, `Escape`, `Enter`, `ArrowUp`, `Ctrl+z`, `*`. */
  readonly onKey?: (key: string, inText: boolean) => boolean;
  /** One character typed while no text field had the focus. */
  readonly onCharacter?: (character: string) => boolean;
  readonly onScan?: (code: string) => boolean;
}

export interface Keyboard {
  /** Higher levels are asked first; among equals the one that came last. Returns how to take the layer away. */
  readonly add: (level: number, layer: KeyLayer) => () => void;
  readonly scan: (code: string) => void;
}

/**
 * The one listener of a screen's window. `draw` runs what changes the screen and has it drawn when it returns: Enter may
 * follow a held-back digit within the same event, and must find it entered.
 */
export function listenToKeys(
  target: Window,
  draw: (change: () => void) => void = (change) => change(),
): Keyboard {
  const layers: { readonly level: number; readonly layer: KeyLayer }[] = [];
  let wedge: Wedge = idleWedge;

  const ask = (used: (layer: KeyLayer) => boolean): boolean => {
    for (let index = layers.length - 1; index >= 0; index--) {
      const entry = layers[index];
      if (entry && used(entry.layer)) return true;
    }
    return false;
  };
  const scan = (code: string): void => void ask((layer) => layer.onScan?.(code) ?? false);

  const type = (text: string): void => {
    const field = textField(target.document.activeElement);
    if (field) return draw(() => insertText(target.document, text));
    for (const character of text) draw(() => void ask((layer) => layer.onCharacter?.(character) ?? false));
  };

  target.addEventListener(
    "keydown",
    (event) => {
      if (event.isComposing || event.keyCode === 229) return;
      const chord = event.ctrlKey || event.metaKey || event.altKey;
      const field = textField(event.target);
      if (!chord && !holdsNoText(event.target)) {
        const step = pressWedge(wedge, event.key, event.timeStamp);
        wedge = step.wedge;
        if (step.release !== "") type(step.release);
        if (step.verdict.type !== "pass") {
          event.preventDefault();
          event.stopImmediatePropagation();
          if (step.verdict.type === "scan") scan(step.verdict.code);
          else target.setTimeout(settle, burstGapMs + 5);
          return;
        }
      }
      const name = nameOf(event);
      const plainCharacter = !chord && event.key.length === 1;
      const used =
        ask((layer) => layer.onKey?.(name, field !== null) ?? false) ||
        (plainCharacter && field === null && ask((layer) => layer.onCharacter?.(event.key) ?? false));
      if (used) {
        event.preventDefault();
        event.stopImmediatePropagation();
      }
    },
    { capture: true },
  );
  const settle = (): void => {
    const step = expireWedge(wedge, target.performance.now());
    wedge = step.wedge;
    if (step.release !== "") type(step.release);
  };

  // A button that is touched does its work and leaves the focus where it was: typing goes on where it went before.
  target.addEventListener("mousedown", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest("button, [role=row]") : null;
    if (pressed && !pressed.closest("[data-takes-focus]")) event.preventDefault();
  });

  return {
    add: (level, layer) => {
      const entry = { level, layer };
      const after = layers.findIndex((other) => other.level > level);
      layers.splice(after === -1 ? layers.length : after, 0, entry);
      return () => {
        layers.splice(layers.indexOf(entry), 1);
      };
    },
    scan,
  };
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${key}`;
}

const textTypes = new Set(["text", "search", "tel", "url", "email", "password"]);

function textField(element: EventTarget | null): HTMLElement | null {
  if (element instanceof HTMLTextAreaElement) return element;
  return element instanceof HTMLInputElement && textTypes.has(element.type) ? element : null;
}

/** Date, time and choice fields take their own keys. */
function holdsNoText(element: EventTarget | null): boolean {
  return (
    (element instanceof HTMLInputElement && !textTypes.has(element.type)) ||
    element instanceof HTMLSelectElement
  );
}

/** Types into the focused field as a hand would: at the caret, with an input event, and undoable. */
function insertText(document: Document, text: string): void {
  document.execCommand("insertText", false, text);
}
