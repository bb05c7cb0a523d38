import { Repo } from "@automerge/automerge-repo";
import { NodeFSStorageAdapter } from "@automerge/automerge-repo-storage-nodefs";

/** The obvious way: a day's sales as nested maps, by id, in one document. */
export interface NestedDay {
  sales: Record<string, object>;
}

/** As the package's own guide has it: one repo, one file adapter. */
export function openRepo(folder: string): Repo {
  return new Repo({ storage: new NodeFSStorageAdapter(folder) });
}
