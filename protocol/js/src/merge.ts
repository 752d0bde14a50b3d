/** Three-way merge of documents (to come). */

import type { Doc } from "./document.js";
import type { Json, Op } from "./ops.js";

export interface MergeConflict {
  readonly at: string;
  readonly mine: Json;
  readonly theirs: Json;
  readonly base: Json;
}

export function mergeDocuments(base: Doc, mine: Doc, theirs: Doc): { ops: readonly Op[]; conflicts: readonly MergeConflict[] } {
  void [base, mine, theirs];
  return { ops: [], conflicts: [] };
}
