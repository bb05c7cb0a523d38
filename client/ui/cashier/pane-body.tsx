import type { ReactNode } from "react";
import { CartsPanel, SuspendPanel } from "./carts-panel.tsx";
import { useCounter } from "./counter.tsx";
import { CashPanel, CloseShiftPanel, DrawerPanel } from "./drawer-panels.tsx";
import { HomePane } from "./home-pane.tsx";
import { KeysPanel } from "./keys-panel.tsx";
import { DepartmentPanel, DiscountPanel, PricePanel, QuantityPanel, WeightPanel } from "./line-panels.tsx";
import { AgePanel, CustomerPanel, MenuPanel, NetworkPanel, VoidCartPanel } from "./menu-panels.tsx";
import { PaidPanel } from "./paid-panel.tsx";
import { NoReceiptPanel } from "./no-receipt-panel.tsx";
import { ReceiptPanel, ReceiptsPanel } from "./receipts-panel.tsx";
import { TenderPanel } from "./tender-panel.tsx";

/** What the pane beside the cart shows now. */
export function PaneBody(): ReactNode {
  const { pane, state, search } = useCounter();
  switch (pane.type) {
    case "home":
      return state.cart === null && state.paid && search.text === "" ? <PaidPanel /> : <HomePane />;
    case "tender":
      return <TenderPanel />;
    case "quantity":
      return <QuantityPanel />;
    case "discount":
      return <DiscountPanel of={pane.of} />;
    case "price":
      return <PricePanel />;
    case "department":
      return <DepartmentPanel departmentId={pane.departmentId} name={pane.name} />;
    case "weight":
      return <WeightPanel name={pane.name} unit={pane.unit} of={pane.of} />;
    case "suspend":
      return <SuspendPanel />;
    case "carts":
      return <CartsPanel />;
    case "receipts":
      return <ReceiptsPanel />;
    case "receipt":
      return <ReceiptPanel receiptId={pane.receiptId} />;
    case "no-receipt":
      return <NoReceiptPanel />;
    case "customer":
      return <CustomerPanel />;
    case "age":
      return <AgePanel />;
    case "menu":
      return <MenuPanel />;
    case "cash":
      return <CashPanel />;
    case "drawer":
      return <DrawerPanel />;
    case "void-cart":
      return <VoidCartPanel />;
    case "close-shift":
      return <CloseShiftPanel />;
    case "network":
      return <NetworkPanel />;
    case "keys":
      return <KeysPanel />;
  }
}
