import { type ReactNode, useState } from "react";
import type { ResultOf } from "#schema/wire/screen.ts";
import { SignIn } from "../parts/sign-in.tsx";
import { useView } from "../parts/screen-context.tsx";
import { LostTill } from "../parts/top-bar.tsx";
import { CounterProvider } from "./counter.tsx";
import { OpenShift } from "./open-shift.tsx";
import { Sale } from "./sale.tsx";

/** The cashier's screen: the door, the float, the sale. */
export function Cashier(): ReactNode {
  const session = useView("session");
  const shift = useView("shift");
  const [closed, setClosed] = useState<ResultOf<"closeShift"> | null>(null);
  if (!session) {
    return (
      <>
        <SignIn />
        <LostTill />
      </>
    );
  }
  if (!shift) return <OpenShift closed={closed} />;
  return (
    <CounterProvider key={session.staffId} onShiftClosed={setClosed}>
      <Sale />
    </CounterProvider>
  );
}
