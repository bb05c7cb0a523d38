import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { listenToKeys } from "./keys/keyboard.ts";
import { browserWorld } from "./link/browser-world.ts";
import { openTillLink } from "./link/till-link.ts";
import "./style/base.css";
import "./style/till.css";
import "./style/manager.css";
import "./style/customer.css";

const customer = location.pathname.startsWith("/customer");
const scheme = location.protocol === "https:" ? "wss" : "ws";
const link = openTillLink(
  `${scheme}://${location.host}/screen${customer ? "?display=customer" : ""}`,
  browserWorld(window),
);
const root = document.querySelector("#root");
if (!root) throw new Error("no #root in the page");
createRoot(root).render(
  <App link={link} keyboard={listenToKeys(window, flushSync)} path={location.pathname} />,
);
