import { type Command, type CommandName, Refused, explainUsage } from "./command.ts";

/** Each is loaded when it is asked for: a till must not wait for what only the demo needs. */
const commands: {
  readonly [Name in CommandName]: () => Promise<{ readonly command: Command }>;
} = {
  init: () => import("./init.ts"),
  enrol: () => import("./enrol.ts"),
  register: () => import("./register.ts"),
  till: () => import("./till.ts"),
  relay: () => import("./relay.ts"),
  headquarters: () => import("./headquarters.ts"),
  demo: () => import("./demo.ts"),
};

/** Runs what the words say; returns the exit code. */
export async function runCommand([name, ...args]: readonly string[]): Promise<number> {
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    console.log(explainUsage());
    return name === undefined ? 2 : 0;
  }
  if (!Object.hasOwn(commands, name)) {
    console.error(`There is no command "${name}".\n\n${explainUsage()}`);
    return 2;
  }
  const { command } = await commands[name as CommandName]();
  if (args.includes("--help") || args.includes("-h")) {
    console.log(command.help.trim());
    return 0;
  }
  try {
    return await command.run(args);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    console.error(error.message);
    if (error.exit === 2) console.error(`\`tillmesh ${name} --help\` tells what there is.`);
    return error.exit;
  }
}
