// Run in a network namespace: leads a Unix socket, which every namespace sees, to a port of this one's loopback.
import { connect, createServer } from "node:net";
import process from "node:process";

const [path, port] = process.argv.slice(2) as [string, string];
const server = createServer((from) => {
  const to = connect(Number(port), "127.0.0.1");
  for (const socket of [from, to]) socket.on("error", () => undefined);
  from.pipe(to).pipe(from);
  from.on("close", () => to.destroy());
  to.on("close", () => from.destroy());
});
server.listen(path, () => console.log("ready"));
process.stdin.on("end", () => process.exit(0)).resume();
