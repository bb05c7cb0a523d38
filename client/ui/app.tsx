import { type ReactNode, useEffect } from "react";
import { Cashier } from "./cashier/cashier.tsx";
import { CustomerDisplay } from "./customer/customer.tsx";
import type { Keyboard } from "./keys/keyboard.ts";
import type { TillLink } from "./link/till-link.ts";
import { Manager } from "./manager/manager.tsx";
import { DeskProvider } from "./parts/desk.tsx";
import { ScreenProvider, usePicture, useWords } from "./parts/screen-context.tsx";
import { soundFor } from "./parts/sounds.ts";

/** One of the three screens, by the address. */
export function App(props: {
  readonly link: TillLink;
  readonly keyboard: Keyboard;
  readonly path: string;
}): ReactNode {
  return (
    <ScreenProvider link={props.link} keyboard={props.keyboard}>
      <DeskProvider>
        <Signals />
        {props.path.startsWith("/customer") ? (
          <CustomerDisplay />
        ) : (
          <WhenKnown>{props.path.startsWith("/manager") ? <Manager /> : <Cashier />}</WhenKnown>
        )}
      </DeskProvider>
    </ScreenProvider>
  );
}

/** Waits for the till's first picture, calmly. */
function WhenKnown(props: { readonly children: ReactNode }): ReactNode {
  const words = useWords();
  const known = usePicture((picture) => picture.view !== null);
  const lost = usePicture((picture) => picture.connection.state === "lost");
  if (known) return props.children;
  return (
    <main className="starting" role="status">
      <p>{lost ? words.lost.title : ""}</p>
    </main>
  );
}

/** Each signal is heard as well as seen. */
function Signals(): ReactNode {
  const signal = usePicture((picture) => picture.signal);
  useEffect(() => {
    if (signal) soundFor(signal.kind);
  }, [signal]);
  return null;
}
