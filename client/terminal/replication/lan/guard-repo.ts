import type { Repo } from "@automerge/automerge-repo";

/**
 * automerge-repo starts some waits that nobody listens to: when a document is let go of while one of its messages is
 * on the way, `DocSynchronizer.beginSync` rejects a minute later and, unheard, would end the process. This hears it.
 */
export function guardRepo(repo: Repo, onFailure: (error: unknown) => void): void {
  const { synchronizer } = repo;
  type Synchronizers = typeof synchronizer.docSynchronizers;
  type Synchronizer = Synchronizers[keyof Synchronizers];
  const guard = (one: Synchronizer) => {
    const begin = one.beginSync.bind(one);
    one.beginSync = (peers) => begin(peers).catch(onFailure);
  };
  for (const one of Object.values(synchronizer.docSynchronizers)) guard(one);
  synchronizer.docSynchronizers = new Proxy(synchronizer.docSynchronizers, {
    set(target, key, one: Synchronizer) {
      guard(one);
      return Reflect.set(target, key, one);
    },
  });
}
