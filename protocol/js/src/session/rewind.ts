/**
 * What a log that was rewound has lost: the view from before, beside the state that came instead. Pure.
 *
 * After a failover or a restore the log may lack batches that had been told saved; a copy that was open then still has
 * them. It can't know which of the differences are losses and which were written since: it offers all, does none.
 */

import { Doc } from "../document/document.js";
import { diff, merge } from "../merge/merge.js";
import type { Merge } from "../merge/merge.js";
import type { ParkedText } from "../wire/messages.js";
import type { Op } from "../document/ops.js";
import { textsBetween } from "./replica.js";
import { same } from "../document/values.js";

export class Rewind {
  /** What would make of the state the view that was. */
  readonly ops: readonly Op[];
  private readonly before: Doc;

  constructor(
    before: Doc,
    private readonly now: Doc,
  ) {
    this.before = Doc.load(before.value, now.shape);
    this.ops = diff(now, before.value);
  }

  /** The places that differ, as they were and as they are, but for texts that are in the stash already. */
  texts(kept: readonly ParkedText[]): ParkedText[] {
    const texts = textsBetween(this.now, this.before, this.ops);
    return texts.filter(({ at, mine }) => !kept.some((there) => there.at === at && same(there.mine, mine)));
  }

  /** Bring it back into what has been written since. */
  onto(view: Doc): Merge {
    return merge(this.now, this.before, view);
  }
}
