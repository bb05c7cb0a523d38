import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { ScreenView } from "#schema/wire/views.ts";
import { type Formats, formatsFor } from "../format/formats.ts";
import type { Keyboard, KeyLayer } from "../keys/keyboard.ts";
import type { Picture } from "../link/picture.ts";
import type { TillLink } from "../link/till-link.ts";
import { type Words, wordsOf } from "../words/words.ts";
import {
  applyPreferences,
  keepPreferences,
  keptPreferences,
  type Preferences,
  readPreferences,
} from "./preferences.ts";

interface Screen {
  readonly link: TillLink;
  readonly keyboard: Keyboard;
  readonly preferences: Preferences;
  readonly prefer: (change: Partial<Preferences>) => void;
}

const ScreenContext = createContext<Screen | null>(null);

/** Hands the link, the keyboard and the preferences to all that is drawn inside. */
export function ScreenProvider(props: {
  readonly link: TillLink;
  readonly keyboard: Keyboard;
  readonly children: ReactNode;
}): ReactNode {
  const { link, keyboard } = props;
  const [preferences, setPreferences] = useState(() =>
    readPreferences(location.search, keptPreferences(localStorage), navigator.language),
  );
  useEffect(() => applyPreferences(document.documentElement, preferences), [preferences]);
  const screen = useMemo(
    () => ({
      link,
      keyboard,
      preferences,
      prefer: (change: Partial<Preferences>) => {
        const next = { ...preferences, ...change };
        keepPreferences(localStorage, next);
        setPreferences(next);
      },
    }),
    [link, keyboard, preferences],
  );
  return <ScreenContext value={screen}>{props.children}</ScreenContext>;
}

export function useScreen(): Screen {
  const screen = useContext(ScreenContext);
  if (!screen) throw new Error("drawn outside a ScreenProvider");
  return screen;
}

/** A part of the picture; drawn again only when that very part changed. */
export function usePicture<T>(select: (picture: Picture) => T): T {
  const { link } = useScreen();
  return useSyncExternalStore(link.subscribe, () => select(link.picture()));
}

/** One top-level part of the till's view. Only below a screen that waits for the first view. */
export function useView<Key extends keyof ScreenView>(key: Key): ScreenView[Key] {
  return usePicture((picture) => {
    if (!picture.view) throw new Error(`no view yet: ${key}`);
    return picture.view[key];
  });
}

export function useWords(): Words {
  return wordsOf(useScreen().preferences.language);
}

const unknownStore = { currency: "XXX", currencyDigits: 2, timeZone: "UTC" };

/** Formats of the store shown, in the language chosen. */
export function useFormats(): Formats {
  const { language } = useScreen().preferences;
  const store = usePicture((picture) => picture.view?.store ?? unknownStore);
  return useMemo(() => formatsFor(language, store), [language, store]);
}

/** Adds what this part does with the keyboard for as long as it is shown. Levels: 0 screen, 1 panel, 2 question. */
export function useKeyLayer(level: 0 | 1 | 2, layer: KeyLayer): void {
  const { keyboard } = useScreen();
  const latest = useRef(layer);
  useEffect(() => {
    latest.current = layer;
  });
  useEffect(
    () =>
      keyboard.add(level, {
        onKey: (key, inText) => latest.current.onKey?.(key, inText) ?? false,
        onCharacter: (character) => latest.current.onCharacter?.(character) ?? false,
        onScan: (code) => latest.current.onScan?.(code) ?? false,
      }),
    [keyboard, level],
  );
}
