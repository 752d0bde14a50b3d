/**
 * What a log that was rewound has lost: the view from before, beside the state that came instead. Pure.
 *
 * After a failover or a restore the log may lack batches that had been told saved; a copy that was open then still has
 * them. It can't know which of the differences are losses and which were written since: it offers all, does none.
 */
import { Doc } from "../document/document.js";
import type { Merge } from "../merge/merge.js";
import type { ParkedText } from "../wire/messages.js";
import type { Op } from "../document/ops.js";
export declare class Rewind {
    private readonly now;
    /** What would make of the state the view that was. */
    readonly ops: readonly Op[];
    private readonly before;
    constructor(before: Doc, now: Doc);
    /** The places that differ, as they were and as they are, but for texts that are in the stash already. */
    texts(kept: readonly ParkedText[]): ParkedText[];
    /** Bring it back into what has been written since. */
    onto(view: Doc): Merge;
}
