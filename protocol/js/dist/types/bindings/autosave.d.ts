/**
 * Autosave for platforms that save whole documents: the platform's own form or editor, no op of ours in it.
 *
 * Saves 1.5 s after the last change and at most 10 s after the first; one request is under way at a time; what is left is
 * sent when the page hides. A repeated request carries the same `Idempotency-Key`, so that a lost answer is no second
 * save. When others saved first, the server merges; what it can't merge is a conflict with both sides: what was typed
 * stays here, it is in the stash too, and saving goes on after `keepMine` or `takeTheirs`.
 *
 * A merged answer is not what the editor shows. Until it shows that, saves go on from the state that it showed last and
 * name the document that was sent since. So what others wrote and the editor never showed is not taken for deleted.
 */
import type { Json, JsonObject } from "../index.js";
export declare const SAVE_AFTER_MS = 1500;
export declare const SAVE_WITHIN_MS = 10000;
export type AutosaveState = "saved" | "waiting" | "saving" | "retrying" | "conflict" | "refused" | "off";
/** What stands against a save: both sides and what they began from are in `detail`, `etag` is the draft's. */
export interface SaveConflict {
    readonly code: string;
    readonly etag: string | null;
    readonly detail: JsonObject;
}
export interface AutosaveOptions {
    /** Sends a request with the person's token: `Client.request`, or anything like it. */
    request: (path: string, init: RequestInit) => Promise<Response>;
    /** The draft: `/v1/w/<workspace>/items/<item>/draft`, or `…/drafts/<draft>`. */
    path: string;
    /** The state that the editor began from, as the draft's answer told it. */
    etag: string;
    /** The whole document as it is now. */
    value: () => JsonObject;
    /** The state of saving is another one. */
    changed?: (state: AutosaveState) => void;
    /**
     * Others' work was merged in: the document as it is saved now. It is called only while nothing was typed since the save.
     * Show it, whole: what `value` gives afterwards tells whether you do. If you show it in a form that `value` does not give
     * back as it was, answer true. What you don't show stays saved; you are asked again after the next save.
     */
    merged?: (value: Json) => boolean | void;
    conflict?: (conflict: SaveConflict) => void;
    /** False: nothing is saved until `save` or `on`. */
    on?: boolean;
    debounceMs?: number;
    ceilingMs?: number;
}
export declare class Autosave {
    private readonly options;
    /** The last state that the editor showed whole. */
    etag: string;
    private madeFrom;
    conflict: SaveConflict | null;
    private told;
    private isOn;
    private dirty;
    private firstMs;
    private timer;
    private running;
    private again;
    private failures;
    private override;
    private readonly session;
    constructor(options: AutosaveOptions);
    get state(): AutosaveState;
    /** Whether saving goes by itself. Switched on, what is unsaved is saved; switched off, it is kept by the editor. */
    get on(): boolean;
    set on(is: boolean);
    /** The document has changed. */
    touch(): void;
    /** Save now what is unsaved; resolves when all of it is, or when it can't go on by itself (see `state`). */
    save(): Promise<void>;
    /** After a conflict: save my document over theirs, which goes into the stash. */
    keepMine(): Promise<void>;
    /** After a conflict: the editor shows theirs now, as of `etag`; mine is in the stash. */
    takeTheirs(etag: string): void;
    /** Send what is unsaved and stop. */
    close(): void;
    private head;
    private readonly hide;
    private readonly wake;
    private taken;
    private later;
    private send;
    private retry;
    private answered;
    /** The draft is `merged` now, of which the editor has sent `sent`: let the editor show it, if nothing would be lost. */
    private shows;
    private tell;
}
