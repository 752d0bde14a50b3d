/**
 * A client's session over all its connections, without I/O and without a clock: messages in, messages and events out.
 *
 * Owns which drafts and channels are followed, who is where, and the order of what is sent; what happens to one draft is
 * `DraftChannel`'s. Whoever drives it calls `connected` on a new connection, `receive` for every message,
 * `disconnected` at its end, `tick` a few times a second, and sends what `takeOutgoing` gives after each of these.
 */
import type { Caret } from "./carets.js";
import type { Alert, Behind, ClientMessage, Diagnostic, Focus, Item, Park, PresenceEntry, PresenceState, Purpose, ServerMessage, Status, Welcome } from "../wire/messages.js";
import type { Op } from "../document/ops.js";
import { DraftReplica } from "./replica.js";
import type { SavedReplica } from "./replica.js";
import type { SessionEvent } from "./events.js";
export type { SessionEvent } from "./events.js";
export interface SessionOptions {
    /** 128 random bits, URL-safe; one load of a page, one run of an agent. */
    session: string;
    /** Random keys of batches. */
    newKey: () => string;
    client: string;
    run: string | null;
    /** An agent acts with the person's token: its label. */
    agent?: string | null;
}
/** What is left of one draft of a session when its page ends before all is sent: plain data, for a journal. */
export interface Unsent {
    readonly session: string;
    readonly resume: string;
    readonly attempt: number;
    readonly replica: SavedReplica;
    readonly parks: readonly Park[];
}
type Where = Omit<Focus, "t" | "seq"> & {
    state: PresenceState;
    draft?: string;
};
export declare class Session {
    private readonly options;
    readonly id: string;
    attempt: number;
    resume: string | null;
    visible: boolean;
    readonly items: Map<string, Item>;
    /** Item → public session id → who is there. */
    readonly presence: Map<string, Map<string, PresenceEntry>>;
    readonly presenceUnknown: Set<string>;
    private readonly line;
    private readonly opening;
    private readonly channels;
    private readonly subscribed;
    private inHello;
    private focusWanted;
    private focusLast;
    private focusMs;
    private seenMs;
    constructor(options: SessionOptions);
    /** What the server said last when it let the session in. */
    get welcome(): Welcome | null;
    /** Whether the server does not let this session in as it is. */
    get signedOut(): boolean;
    /** Follow a draft, named or chosen by the server; the number comes back in `opened` or `failed`. */
    open(what: {
        item?: string;
        draft?: string;
        purpose?: Purpose;
    }): number;
    /** The ids of the followed drafts. */
    get drafts(): string[];
    /** The copy of a followed draft. */
    draft(id: string): DraftReplica | null;
    /** Which head a draft is behind, if it is. */
    behind(draft: string): Behind | null;
    /** What stands in the way of a deploy, as the server said last. */
    diagnostics(draft: string): readonly Diagnostic[];
    /** The alerts of a draft that are open, oldest first. */
    alerts(draft: string): Alert[];
    /** Where the other sessions are in a draft, in coordinates of its view. */
    carets(draft: string): Caret[];
    /** Follow `item:<id>` or `workspace:<id>`. */
    subscribe(channel: string): void;
    /** Leave `draft:<id>`, `item:<id>` or `workspace:<id>`. */
    leave(channel: string): void;
    private forgetItem;
    /** Whether anything of a draft is in nobody's hands but this session's. */
    hasUnsent(draft: string): boolean;
    /** What of a draft is in nobody's hands but this session's; null if there is nothing. */
    unsent(draft: string): Unsent | null;
    /** Go on with what an earlier load of the page left of this very session; before the first connection. */
    restore({ resume, attempt, replica: saved, parks }: Unsent): void;
    /** A connection stands: what to say first. */
    connected(token: string | null): ClientMessage[];
    /** The connection ended: nothing is lost, nothing is saved. */
    disconnected(code?: number): SessionEvent[];
    /** What is to be sent now, in order. */
    takeOutgoing(): ClientMessage[];
    /** Time passes: retries, caret and seen messages that waited, "saved" that is no longer known. */
    tick(nowMs: number): SessionEvent[];
    /** Change a draft; its view has it when this returns. Raises Problem if the ops don't fit. */
    edit(draft: string, ops: readonly Op[], nowMs: number): SessionEvent[];
    /**
     * Do what `rewound` offers, merged with what was written since; where both changed, the stash has it. Raises Problem,
     * and changes nothing, if the draft can't be typed in or it is too large for an edit.
     */
    bringBack(draft: string, nowMs: number): SessionEvent[];
    private known;
    /** Say where this session is, in coordinates of the view; sent at most ten times a second, and not while typing. */
    focus(where: Where): void;
    /** Whether it says that it is at an item. */
    isAt(item: string): boolean;
    /** The same place reads otherwise after a foreign change; nothing is sent for that alone, nor of who never said to be there. */
    refocus(where: Where): void;
    /** The person has looked at what was parked. */
    dismissParked(draft: string): SessionEvent[];
    /** Hide an alert here; what the server knows of it stays. */
    dismissAlert(draft: string, alert: string): void;
    private sendFocus;
    private sendSeen;
    /** Take one message. */
    receive(message: ServerMessage, nowMs: number): SessionEvent[];
    private read;
    private readOfDraft;
    private welcomed;
    private state;
    /** A state that came whole answers what asked for it. */
    private settled;
    private parked;
    private gone;
    private entries;
    private present;
    private failed;
    /** What may be said of saving, now. */
    status(draft: string): Status;
    private statuses;
}
