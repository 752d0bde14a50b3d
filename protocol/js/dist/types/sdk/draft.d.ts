/**
 * One draft as an application holds it: its value, what may be said of saving it, who is there, one's own undo.
 *
 * Made by `Client.draft`. A change that others made comes as one event for each message, with splices that lead from
 * what was shown to what is there now; so does one's own, with its `origin`, for the other views of the same page.
 * Listeners hear events in the order in which things happened, also if one of them edits.
 */
import type { Caret } from "../session/carets.js";
import type { ClientEvent } from "./events.js";
import { Doc } from "../document/document.js";
import type { Alert, Behind, Diagnostic, Lines, MayDo, ParkedText, ParkReason, PresenceEntry, PresenceState, Status, WriterInfo } from "../wire/messages.js";
import type { Json, JsonObject, Op } from "../document/ops.js";
import type { DraftReplica, TextChange } from "../session/replica.js";
import type { Session } from "../session/session.js";
/** What each status says to people; `ClientOptions.sentences` replaces any of them. */
export declare const STATUS_SENTENCES: Readonly<Record<Status, string>>;
export type DraftEvent = {
    readonly type: "change";
    /** Splices by leaf, each in coordinates of what was shown before this event. */
    readonly text: readonly TextChange[];
    /** Something else than text has changed too: read anew what you show. */
    readonly structural: boolean;
    /** Who did it, as far as known; empty for one's own. */
    readonly by: readonly WriterInfo[];
    readonly own: boolean;
    /** What `edit` was told; undefined for what others did. */
    readonly origin: unknown;
    readonly cause: "edit" | "undo" | "redo" | "others";
} | {
    readonly type: "status";
    readonly status: Status;
} | {
    readonly type: "presence";
} | {
    readonly type: "carets";
} | {
    readonly type: "alerts";
} | {
    readonly type: "behind";
} | {
    readonly type: "diagnostics";
} | {
    readonly type: "undo";
} | {
    readonly type: "parked";
    readonly reason: ParkReason;
    readonly code: string;
    readonly texts: readonly ParkedText[];
} | {
    readonly type: "rewound";
    readonly ops: readonly Op[];
};
/** A value that changes: what React's `useSyncExternalStore` takes. `get` gives one object until it has changed. */
export interface Store<T> {
    readonly get: () => T;
    readonly subscribe: (changed: () => void) => () => void;
}
export interface EditOptions {
    /** Who edits: comes back in the event, so that a view need not take in its own change. */
    origin?: unknown;
}
/** Where this person is, for the others. */
export interface Whereabouts {
    at?: string;
    anchor?: number;
    head?: number;
    state?: PresenceState;
    /** What is done there, in at most 120 characters, and in which lines. */
    doing?: string;
    lines?: Lines;
    /** Only the text around it has moved: nothing is sent for that alone. */
    carried?: boolean;
}
/** What a draft asks of the client that made it. */
export interface DraftClient {
    readonly session: Session;
    readonly sentences: Readonly<Record<Status, string>>;
    edit(draft: string, ops: readonly Op[], options?: EditOptions): void;
    focus(where: Focus): void;
    refocus(where: Focus): void;
    request(path: string, init?: RequestInit): Promise<Response>;
    onDelivery(listener: (events: readonly ClientEvent[]) => void): () => void;
}
type Focus = Parameters<Session["refocus"]>[0];
type Listener = (event: DraftEvent) => void;
export declare class DraftHandle {
    private readonly client;
    private readonly left;
    readonly id: string;
    readonly item: string;
    private readonly listeners;
    private readonly history;
    private readonly events;
    private telling;
    private told;
    private couldUndo;
    private shown;
    private generation;
    private cause;
    private replica;
    /** Made by `Client.draft`. */
    constructor(client: DraftClient, replica: DraftReplica, left: () => void);
    /** The whole document as it is shown: others' edits and one's own, saved or not. Nobody may change it. */
    get value(): JsonObject;
    /** What stands at an address, undefined if nothing does: `/summary`, `m3/value/content`. */
    get(at: string): Json | undefined;
    /** A text leaf; raises Problem `not_text` if there is none at the address. */
    text(at: string): string;
    /** The draft's copy underneath, with its seq, versions and shape. */
    get copy(): DraftReplica;
    get may(): MayDo;
    get status(): Status;
    /** The status in a sentence for people; `{characters}` in it says how much is not saved. */
    get sentence(): string;
    /** How much the server does not have yet, in characters. */
    get backlog(): number;
    /** The other sessions at this item: people and AI sessions. */
    get presence(): readonly PresenceEntry[];
    /** Where the others are in this draft, in coordinates of what is shown. */
    get carets(): readonly Caret[];
    /** The open alerts, oldest first. */
    get alerts(): readonly Alert[];
    /** The deployed version that this draft is behind of; null if it is not. */
    get behind(): Behind | null;
    /** What stands in the way of a deploy. */
    get diagnostics(): readonly Diagnostic[];
    /** This session's public id: which of an alert's sides is mine. */
    get sid(): string;
    /** Hide an alert here; `request` its resolution to end it for all. */
    dismissAlert(alert: string): void;
    /** Ask the server over HTTP, below its workspace: `request("drafts/…/history")`. Rejects with a Problem. */
    request<T>(path: string, init?: RequestInit): Promise<T>;
    /** Change the draft; it reads so when this returns. Raises Problem, and changes nothing, if an op does not fit. */
    edit(ops: readonly Op[], options?: EditOptions): void;
    /** Make a text leaf read `text`, by the smallest change; CRLF and CR become LF. Raises Problem. */
    replaceText(at: string, text: string, options?: EditOptions): void;
    get canUndo(): boolean;
    get canRedo(): boolean;
    /** Take back one's own latest edit, and nobody else's; false if there is none. Raises Problem. */
    undo(): boolean;
    /** Do again what was undone last; false if there is nothing. Raises Problem. */
    redo(): boolean;
    /** What is typed next is an entry of its own in the undo stack. */
    seal(): void;
    private turn;
    /** Whether the others see that this person is at the item. */
    get present(): boolean;
    /** Say where this person is. */
    focus({ at, anchor, head, state, doing, lines, carried }: Whereabouts): void;
    /**
     * Resolve when the server has all that was typed so far and what was typed meanwhile. Rejects with a Problem when some
     * of it went to the stash instead, or the draft is gone.
     */
    saved(): Promise<void>;
    /** Call `listener` with everything that happens to the draft; the answer ends it. */
    on(listener: Listener): () => void;
    /** What stands at an address, as a store; `""` is the whole document. */
    store(at: string): Store<Json | undefined>;
    /** Anything that is read off the draft, as a store. */
    select<T>(read: (draft: DraftHandle) => T): Store<T>;
    /** Leave the draft. What is unsent goes on to the server as long as another handle is open; wait for `saved` first. */
    close(): void;
    /** An edit of this client was done to `before`. */
    edited(before: Doc, ops: readonly Op[], options: EditOptions): void;
    /** Everything that one message, or one step of the clock, has brought. */
    delivered(events: readonly ClientEvent[]): void;
    private followChanges;
    private tellStatus;
    private tellUndo;
    private tell;
}
/** What views have to do after ops that were done to `before`. */
export declare function changeBy(before: Doc, ops: readonly Op[], w: number): DocumentChange;
/** What a `change` says of the document. */
export interface DocumentChange {
    readonly text: readonly TextChange[];
    readonly structural: boolean;
}
export {};
