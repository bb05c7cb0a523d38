import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "@automerge/automerge-repo";
import { runStorageAdapterTests } from "@automerge/automerge-repo/helpers/tests/storage-adapter-tests.js";
import { createVault } from "./open-vault.ts";
import { VaultStorageAdapter } from "./storage-adapter.ts";

for (const thread of ["here", "worker"] as const)
  runStorageAdapterTests(async () => {
    const folder = mkdtempSync(join(tmpdir(), "tillmesh-vault-"));
    const opened = await createVault(folder, {
      passphrase: "six words are easier to remember",
      random: randomBytes,
      cost: { memoryBytes: 8192, passes: 1 },
      thread,
    });
    if (opened.type !== "opened") throw new Error(opened.type);
    return {
      adapter: new VaultStorageAdapter(opened.vault),
      teardown: async () => {
        await opened.vault.close();
        rmSync(folder, { recursive: true });
      },
    };
  }, `SQLite, thread: ${thread}`);
