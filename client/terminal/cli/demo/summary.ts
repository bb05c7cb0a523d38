import type { DemoShop } from "./shop.ts";

type Status = ReturnType<DemoShop["status"]>;

/** What a person sees when the shop is open. */
export function summary(status: Status): string {
  const tills = status.tills.map(
    (till) =>
      `  ${till.label.padEnd(8)} cashier ${till.cashier.padEnd(24)} manager ${till.manager.padEnd(31)} customer ${till.customer}`,
  );
  const width = Math.max(...status.staff.map(({ name }) => widthOf(name)));
  const staff = status.staff.map(
    ({ name, role, pin }) => `  ${name}${" ".repeat(width - widthOf(name))}  ${role.padEnd(10)}  PIN ${pin}`,
  );
  return `
The shop is open.

${tills.join("\n")}

${staff.join("\n")}

Everything of it lies in ${status.folder}, the passphrases in the open beside the vaults: that is
a convenience of the demo alone.

${promptHelp}`;
}

/** Characters as a person counts them. */
function widthOf(text: string): number {
  return Array.from(new Intl.Segmenter().segment(text)).length;
}

export const promptHelp = `  internet off | on    cut the tills from the relay, and join them again
  stop N | kill N      end till N, in order or as a power cut would
  start N              start it again
  status               what is running
  start over           delete this demo shop and make it anew
  quit                 stop everything`;

export function statusText(status: Status): string {
  const rows = status.tills.map(
    (till) =>
      `  ${till.label.padEnd(13)} ${till.state.padEnd(9)} ${till.door}${till.pid === null ? "" : `  pid ${till.pid}`}`,
  );
  const relay = `  ${"Relay".padEnd(13)} ${status.relay.pid === null ? "ended" : "running"}   ${status.relay.url}`;
  const office = status.headquarters ? [`  Headquarters  running   ${status.headquarters.url}`] : [];
  return [`  Internet      ${status.internet ? "on" : "off"}`, relay, ...office, ...rows].join("\n");
}
