import { defineConfig } from "vitest/config";

/** Beside their code, but with many sockets or processes of their own: they run one by one with the system tests. */
const crowded = [
  "client/terminal/replication/{gateway/gateway,lan/hostile,lan/trap,mesh/mesh,mesh/processes}.test.ts",
  "client/terminal/vault/durability.test.ts",
  "sync-server/relay/crash.test.ts",
];

/** Two projects: `unit` stays beside the code and is quick; `system` crosses folders with real processes and browsers. */
export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{schema,drivers,client,sync-server,fixtures}/**/*.test.{ts,tsx}"],
          exclude: crowded,
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: "system",
          include: ["test/**/*.test.ts", ...crowded],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
