/**
 * The journal of unsent edits: what a page that ends takes along, kept in IndexedDB until a later load gives it back.
 *
 * One record per session and draft, written while anything of it is unsent, removed when nothing is. The document that it
 * stands on is a record of its own, written once: what came in since is kept as ops on it, so that a keystroke in a large
 * document writes no document. A load of a page
 * holds a Web Lock named by its session as long as it lives: a record whose lock is free belongs to nobody any more, and
 * who gets that lock goes on as that very session. So a duplicated tab never writes as the one that it was copied from.
 * Documents hold markers of secrets, never secrets; records go at sign-out and after 30 days.
 */
import type { Json, Op } from "../document/ops.js";
import type { Unsent } from "../session/session.js";
export declare const KEPT_DAYS = 30;
export interface JournalRecord extends Unsent {
    /** Session and draft. */
    readonly key: string;
    /** Server, workspace and user. */
    readonly scope: string;
    readonly at: number;
}
/** A record as it is kept: without the document, which is that of its base with `since` done to it. */
export type KeptRecord = Omit<JournalRecord, "replica"> & {
    readonly replica: Omit<JournalRecord["replica"], "value">;
    readonly since: readonly Op[];
};
/** A record to write, and its document where the one that is kept no longer does. */
export interface Writing {
    readonly record: KeptRecord;
    readonly base: Json | null;
}
/** Why a page works without a journal. */
export type NoJournal = "no_storage" | "no_locks" | "storage_failed";
export declare class Journal {
    private readonly database;
    private constructor();
    /** Open the browser's journal; a string says why there is none (private mode, no secure context, Node). */
    static open(nowMs: number): Promise<Journal | NoJournal>;
    /** Write and remove records, all or none. */
    write(put: readonly Writing[], removed: readonly string[]): Promise<void>;
    /** The records of one user, workspace and server. */
    records(scope: string): Promise<JournalRecord[]>;
    /** Forget all of one user, workspace and server. */
    wipe(scope: string): Promise<void>;
    close(): void;
    private dropOld;
}
/** The key of a record. */
export declare function journalKey(session: string, draft: string): string;
/** Hold the lock of a session until the answer is called; null if another load of a page has it. */
export declare function holdSession(session: string): Promise<(() => void) | null>;
