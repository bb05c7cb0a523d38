import { resolve } from "node:path";
import { type Command, readOptions, wholeNumber } from "./command.ts";
import { type ControlServer, startControlServer } from "./demo/control-server.ts";
import { DemoFolder } from "./demo/layout.ts";
import type { Exit } from "./demo/processes.ts";
import { type Prompt, openPrompt } from "./demo/prompt.ts";
import { buildScreens, screensAreStale } from "./demo/screens.ts";
import { DemoShop } from "./demo/shop.ts";
import { summary } from "./demo/summary.ts";
import { logEvent } from "./json-log.ts";
import { endWithin, stopWithStdin, untilStopped } from "./stopping.ts";

const help = `
Usage: npm start -- [options]      or: tillmesh demo [options]

Runs a whole shop on this machine: a relay, tills and headquarters, each a process of its own, made by nothing but
what a real store is made by. Stopping it stops them all.

  --data DIR          the demo's own folder; demo-data by default
  --tills N           how many tills; 3 by default, or as many as there were
  --port P            the screens of till 1 at port P, of till 2 at P + 1, …; 0 for free ones
  --json              for programs: one line of JSON with every address when all is ready, then it runs until stopped
  --stop-with-stdin   stop when standard input ends, as under a program that started it
`;

export const command: Command = { help, run };

async function run(args: readonly string[]): Promise<number> {
  const values = readOptions(args, {
    data: { type: "string" },
    tills: { type: "string" },
    port: { type: "string" },
    json: { type: "boolean" },
    "stop-with-stdin": { type: "boolean" },
  });
  const basePort = wholeNumber(values.port, "--port", 0, 65_535);
  const wanted = wholeNumber(values.tills, "--tills", 1, 50);
  const json = values.json ?? false;
  const stopped = untilStopped();
  if (values["stop-with-stdin"]) stopWithStdin();
  const folder = DemoFolder.take(resolve(values.data ?? "demo-data"));
  const tills = wanted ?? (folder.marker().tills || 3);

  let prompt: Prompt | undefined;
  const say = (what: string): void => (json ? logEvent({ event: "demo", what }) : console.log(what));
  const onCrash = (what: string, exit: Exit): void => {
    const how = exit.signal ?? `exit code ${exit.code ?? "unknown"}`;
    if (json) logEvent({ event: "process-ended", what, how });
    else {
      const again = /\d+$/.exec(what);
      prompt?.say(
        `${what} has ended (${how}), and nobody here asked it to.${again ? ` \`start ${again[0]}\` brings it back.` : ""}`,
      );
    }
  };
  const newShop = (): DemoShop => new DemoShop({ folder, tills, basePort, say, onCrash });
  let shop = newShop();
  let control: ControlServer | undefined;
  const opening = async (): Promise<"open"> => {
    if (screensAreStale()) {
      say("Building the screens, as their sources are newer …");
      await buildScreens();
    }
    await shop.open();
    return "open";
  };
  const startOver = async (): Promise<void> => {
    await shop.close();
    folder.wipe();
    shop = newShop();
    await shop.open();
    console.log(summary(shop.status()));
  };

  try {
    if ((await Promise.race([opening(), stopped])) !== "open") {
      await shop.close();
      endWithin(100);
      return 0;
    }
    if (json) {
      control = await startControlServer(() => shop);
      console.log(JSON.stringify({ ready: true, control: control.url, ...shop.status() }));
      await stopped;
    } else {
      console.log(summary(shop.status()));
      const quit = Promise.withResolvers<void>();
      if (!values["stop-with-stdin"])
        prompt = openPrompt({ shop: () => shop, startOver, quit: () => quit.resolve() });
      await Promise.race([stopped, quit.promise]);
      prompt?.close();
      console.log("Stopping …");
    }
    return 0;
  } finally {
    endWithin(20_000);
    prompt?.close();
    await Promise.all([shop.close(), control?.close()]);
    folder.release();
  }
}
