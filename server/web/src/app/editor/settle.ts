/** A merge of documents, in this browser or by the server, and what a person chose where it can't tell. */

import { Problem } from "draftwire";
import type { Conflict, Doc, Merge } from "draftwire";
import type { Choice, Hunk } from "./types.js";

/** What is to be chosen. An id stays the same while both sides read so, whatever happens around them. */
export function hunksIn({ conflicts }: Merge): Hunk[] {
  const alike = new Map<string, number>();
  return conflicts.map((conflict) => {
    const says = JSON.stringify([conflict.address, conflict.kind, conflict.mine, conflict.theirs]);
    const nth = alike.get(says) ?? 0;
    alike.set(says, nth + 1);
    return { ...conflict, id: `${says}${nth}` };
  });
}

/** The hunks of a refusal that asks for choices; anything else is thrown on. */
export function hunksOf(error: unknown): readonly Hunk[] {
  const more = error instanceof Problem && error.code === "merge_conflict" ? (error.detail as { hunks?: Hunk[] }) : null;
  if (more?.hunks === undefined) throw error;
  return more.hunks;
}

/** Theirs with what goes in of mine, and with what was chosen; where nothing was, theirs stays. */
export function settled(merge: Merge, choices: Record<string, Choice>, mine: Doc, theirs: Doc): Doc {
  let document = theirs;
  for (const op of merge.ops) document = document.apply(op, 0).document;
  const hunks = hunksIn(merge);
  // From the last to the first, so that the blocks of a text still stand where the merge left them.
  for (const [i, conflict] of [...merge.conflicts.entries()].reverse()) document = chosen(document, conflict, choices[hunks[i]?.id ?? ""] ?? "theirs", mine);
  return document;
}

function chosen(document: Doc, conflict: Conflict, choice: Choice, mine: Doc): Doc {
  if (choice === "theirs") return document;
  if (conflict.kind === "text" && conflict.start !== undefined && conflict.end !== undefined) {
    const text = String(typeof choice === "object" ? choice.value : conflict.mine);
    return document.apply({ op: "text", at: conflict.address, s: [[conflict.start, conflict.end - conflict.start, text]] }, 0).document;
  }
  if (conflict.kind === "place") {
    const home = mine.home(conflict.address);
    return home === null ? document : document.apply({ op: "move", id: conflict.address, at: home[0], after: home[1], before: home[2] }, 0).document;
  }
  const value = typeof choice === "object" ? choice.value : conflict.mine;
  return document.apply(value === null ? { op: "remove", at: conflict.address } : { op: "set", at: conflict.address, v: value }, 0).document;
}
