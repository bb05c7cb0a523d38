import { quietExperiments } from "./json-log.ts";
import { runCommand } from "./run-command.ts";
import { letGoOfStdin, stopWithParent } from "./stopping.ts";

quietExperiments();
stopWithParent();
process.exitCode = await runCommand(process.argv.slice(2));
letGoOfStdin();
