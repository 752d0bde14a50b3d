/**
 * Where the others are in one draft: their carets and selections, moved with the log.
 *
 * Kept in coordinates of the confirmed state, shown in those of the view. An edit implies its caret, so a presence
 * entry that is older than its session's last edit says nothing. One that is newer than this copy waits for its seq;
 * one older than the kept history (256 batches) is left out until the next.
 */
import type { PresenceEntry } from "../wire/messages.js";
import type { Op } from "../document/ops.js";
import type { AbsorbedBatch } from "./replica.js";
/** One caret in coordinates of the view; `anchor` equals `head` where nothing is selected. */
export interface Caret {
    readonly sid: string;
    readonly at: string;
    readonly anchor: number;
    readonly head: number;
    readonly entry: PresenceEntry;
}
export declare class Carets {
    private seq;
    private readonly spots;
    private readonly waiting;
    private readonly history;
    constructor(seq: number);
    /** Take what a presence entry says. */
    place(entry: PresenceEntry): void;
    remove(sid: string): void;
    /** Follow a batch of the log. */
    absorb(batch: AbsorbedBatch): void;
    /** All carets of sessions that are present, after `pending` ops that only this client has. */
    inView(pending: readonly Op[], present: ReadonlyMap<string, PresenceEntry>): Caret[];
    private put;
}
