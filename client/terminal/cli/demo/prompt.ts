import { createInterface } from "node:readline";
import { Refused } from "../command.ts";
import type { DemoShop } from "./shop.ts";
import { promptHelp, statusText } from "./summary.ts";

export interface PromptDeps {
  readonly shop: () => DemoShop;
  /** Deletes the shop and makes it anew; the prompt has asked whether it is meant. */
  readonly startOver: () => Promise<void>;
  readonly quit: () => void;
}

export interface Prompt {
  /** Writes a line above the prompt. */
  say(text: string): void;
  close(): void;
}

/** Commands one after the other: each is finished before the next is read. */
export function openPrompt(deps: PromptDeps): Prompt {
  const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
  const lines = createInterface({ input: process.stdin, output: process.stdout, terminal: isTerminal });
  lines.setPrompt(isTerminal ? "tillmesh> " : "");
  let confirming = false;
  let queue: Promise<void> = Promise.resolve();
  let closed = false;

  const obey = async (line: string): Promise<void> => {
    try {
      if (confirming) {
        confirming = false;
        if (line.trim().toLowerCase() !== "yes") console.log("Nothing was changed.");
        else await deps.startOver();
      } else if (/^start\s+over$/i.test(line.trim())) {
        confirming = true;
        console.log(
          `This deletes the demo shop in ${deps.shop().status().folder}, sales and all. Type yes to do it.`,
        );
      } else await runLine(deps, line);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      console.log(error.message);
    }
    if (!closed) lines.prompt();
  };
  lines.on("line", (line) => {
    queue = queue.then(() => obey(line));
  });
  lines.on("SIGINT", () => deps.quit());
  lines.on("close", () => {
    if (!closed && isTerminal) deps.quit();
  });
  lines.prompt();
  return {
    say(text) {
      process.stdout.write(`${isTerminal ? "\r\u001b[K" : ""}${text}\n`);
      if (!closed) lines.prompt(true);
    },
    close() {
      closed = true;
      lines.close();
    },
  };
}

async function runLine(deps: PromptDeps, line: string): Promise<void> {
  const shop = deps.shop();
  const [verb = "", object, ...more] = line.trim().toLowerCase().split(/\s+/);
  const n = /^\d{1,3}$/.test(object ?? "") && more.length === 0 ? Number(object) : undefined;
  switch (verb) {
    case "":
      return;
    case "help":
    case "?":
      console.log(promptHelp);
      return;
    case "status":
      console.log(statusText(shop.status()));
      return;
    case "quit":
    case "exit":
      return deps.quit();
    case "internet":
      if (object !== "on" && object !== "off") break;
      shop.turnInternet(object === "on");
      console.log(
        object === "on" ? "The internet is back." : "The internet is cut. The tills go on selling.",
      );
      return;
    case "stop":
    case "kill":
    case "start":
      if (n === undefined) break;
      await shop[verb](n);
      console.log(verb === "start" ? `Till ${n} is open again.` : `Till ${n} is down.`);
      return;
  }
  console.log(`"${line.trim()}" is not one of these:\n${promptHelp}`);
}
