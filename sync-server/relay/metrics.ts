import { Counter, Gauge, Histogram, Registry } from "prom-client";

export type RelayMetrics = ReturnType<typeof createMetrics>;

export function createMetrics(read: { readonly stores: () => number; readonly connections: () => number }) {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, value: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  gauge("tillmesh_relay_stores", "Stores that are registered", read.stores);
  gauge("tillmesh_relay_connections", "Connections that speak for a store", read.connections);
  return {
    registry,
    appends: new Counter({ name: "tillmesh_relay_appends_total", help: "Entries appended", registers }),
    repeats: new Counter({
      name: "tillmesh_relay_repeats_total",
      help: "Entries sent again that were there already",
      registers,
    }),
    bytes: new Counter({ name: "tillmesh_relay_bytes_total", help: "Bytes of entries appended", registers }),
    reads: new Counter({ name: "tillmesh_relay_reads_total", help: "Entries read or pushed", registers }),
    refusals: new Counter({
      name: "tillmesh_relay_refusals_total",
      help: "What was refused, by reason",
      labelNames: ["code"],
      registers,
    }),
    appendSeconds: new Histogram({
      name: "tillmesh_relay_append_seconds",
      help: "From an append's arrival to its being on disk",
      buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
      registers,
    }),
    segmentBytes: new Counter({
      name: "tillmesh_relay_segment_bytes_total",
      help: "Bytes of segments, by direction",
      labelNames: ["direction"],
      registers,
    }),
  };
}
