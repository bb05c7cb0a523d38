import { quietOrdinaryWarnings } from "./json-log.ts";
import { runCommand } from "./run-command.ts";
import { letGoOfStdin, stopWithParent } from "./stopping.ts";

quietOrdinaryWarnings();
stopWithParent();
process.exitCode = await runCommand(process.argv.slice(2));
letGoOfStdin();
