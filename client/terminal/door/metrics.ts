import { Counter, Gauge, Histogram, Registry } from "prom-client";

export type DoorMetrics = ReturnType<typeof doorMetrics>;

/** Counts for `/metrics`; `screens` is asked when somebody looks. */
export function doorMetrics(screens: () => { readonly staff: number; readonly customer: number }) {
  const registry = new Registry();
  const registers = [registry];
  const screensGauge = new Gauge({
    name: "tillmesh_door_screens",
    help: "Screens that are connected",
    labelNames: ["display"],
    registers,
    collect() {
      const now = screens();
      this.set({ display: "staff" }, now.staff);
      this.set({ display: "customer" }, now.customer);
    },
  });
  return {
    registry,
    screens: screensGauge,
    commands: new Counter({
      name: "tillmesh_door_commands_total",
      help: "Commands answered, by what came of them",
      labelNames: ["command", "outcome"],
      registers,
    }),
    commandSeconds: new Histogram({
      name: "tillmesh_door_command_seconds",
      help: "From a command's arrival to its reply",
      labelNames: ["command"],
      buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30],
      registers,
    }),
    refused: new Counter({
      name: "tillmesh_door_refused_total",
      help: "Requests, frames and screens that were not let in",
      labelNames: ["reason"],
      registers,
    }),
    coalesced: new Counter({
      name: "tillmesh_door_views_coalesced_total",
      help: "Views that were not sent at once because their screen did not read",
      registers,
    }),
  };
}
