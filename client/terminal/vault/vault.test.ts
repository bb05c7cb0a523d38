import { MemoryVault, memoryDisk } from "./memory-vault.ts";
import { createTestVault, reopenTestVault, testFolder } from "./test-vaults.ts";
import { type VaultUnderTest, runVaultTests } from "./vault-conformance.ts";

runVaultTests(async () => {
  const disk = memoryDisk();
  const under = {
    vault: new MemoryVault(disk),
    reopen: async () => {
      await under.vault.close();
      under.vault = new MemoryVault(disk);
      return under.vault;
    },
    dispose: () => under.vault.close(),
  };
  return under;
}, "in memory");

for (const thread of ["here", "worker"] as const)
  runVaultTests(async (): Promise<VaultUnderTest> => {
    const { folder, remove } = testFolder();
    let opened = await createTestVault(folder, { thread });
    const under = {
      vault: opened.vault,
      reopen: async () => {
        await opened.vault.close();
        opened = await reopenTestVault(folder, opened, { thread });
        under.vault = opened.vault;
        return opened.vault;
      },
      dispose: async () => {
        await opened.vault.close();
        remove();
      },
    };
    return under;
  }, `SQLite, thread: ${thread}`);
