/**
 * One draft as a session follows it: asked for, streamed, edited, refused, reset, gone; what may be said of saving it.
 *
 * Owns the draft's `DraftReplica`, its open alerts, the others' carets and its status; what it says goes through the
 * session's `Line`. What comes of a stream that was asked for again is dropped until the answer begins: that brings it.
 * `saved` is never said of something that is parked, nor while the server has been silent for 20 s.
 */
import type { Caret } from "./carets.js";
import type { Alert, Behind, Diagnostic, Diagnostics, Edit, Have, MayDo, Open, Opened, Ops, Piece, PresenceEntry, Refused, Reset, Seen, State, Status } from "../wire/messages.js";
import type { Op } from "../document/ops.js";
import { DraftReplica } from "./replica.js";
import type { SessionEvent } from "./events.js";
import type { Line } from "./line.js";
/** See the module. There is no `replica` before the first state has come whole. */
export declare class DraftChannel {
    private readonly line;
    ask: Open;
    replica: DraftReplica | null;
    readonly alerts: Map<string, Alert>;
    diagnostics: readonly Diagnostic[];
    /** As told last, while the head is another version than the draft's. */
    behind: Behind | null;
    seenSent: number;
    private carets;
    private askedMs;
    private unanswered;
    private told;
    private trouble;
    private retryAtMs;
    private retryAfterMs;
    private sentMs;
    private wentOnMs;
    private resendAfterMs;
    private pieces;
    private before;
    private rewind;
    constructor(line: Line, ask: Open);
    /** Whether it ended for good: the text can still be copied. */
    get gone(): boolean;
    /** What a new connection may go on from. */
    have(): Have | null;
    /** A connection stands, and its hello has asked for the stream of a copy that can go on. */
    welcomed(): void;
    /** The connection ended. */
    cut(): void;
    /** The edit to send now. */
    takeEdit(): Edit | null;
    /** What the server does not know yet of what is shown. */
    takeSeen(): Seen | null;
    /** Time passes: send again what got no answer, ask again for a stream that did not come. */
    tick(): void;
    private reopenSilent;
    private openAgain;
    /** Open a draft anew whose copy can't go on, once all of it that was pending is in the stash. */
    private begin;
    /** Change the view. Raises Problem, and changes nothing, if the ops don't fit. */
    edit(replica: DraftReplica, ops: readonly Op[]): void;
    /** Do what `rewound` offers, merged with what was written since. Raises Problem. */
    bringBack(replica: DraftReplica): SessionEvent[];
    /** The person has looked at what was parked. */
    dismissParked(): void;
    /** A whole state, or the head of one that comes in pieces. */
    state(message: State, present: Iterable<PresenceEntry>): SessionEvent[];
    /** The next piece of a state; any other is not for this reading. */
    piece(message: Piece, present: (item: string) => Iterable<PresenceEntry>): SessionEvent[];
    private stateWithValue;
    private know;
    /** The state after a rewind has come: offer back what it lacks, to those who can do something about it. */
    private rewound;
    /** The stream goes on from what this copy has. */
    opened(message: Opened): SessionEvent[];
    /** Batches of the log. */
    ops(message: Ops): SessionEvent[];
    private absorbed;
    /** The batch in flight was not taken; an answer to an earlier one says nothing. */
    refused(message: Refused): SessionEvent[];
    /** The copy can't go on: what is pending goes to the stash, then the draft is opened anew. */
    reset(message: Reset): SessionEvent[];
    private park;
    /** Texts of it are in the stash: a copy that was waiting for that can be begun anew. */
    parked(): void;
    /** A right was given or taken; what is in flight is for the server to decide. */
    mayChanged(may: MayDo, why: string | null): SessionEvent[];
    /** Whether `ref` is the number under which this copy was asked for again. */
    asks(ref: number): boolean;
    /** It may no longer be seen: what is pending goes to the stash, and all of the text can still be copied. */
    ended(code: string): SessionEvent[];
    /** An alert opened, or is no longer open. */
    alert(alert: Alert): SessionEvent[];
    /** Somebody deployed, or the draft has caught up. */
    fellBehind(message: Behind): SessionEvent[];
    /** What stands in the way of a deploy has changed. */
    diagnosed(message: Diagnostics): SessionEvent[];
    /** Their carets in coordinates of the view. */
    caretsInView(present: ReadonlyMap<string, PresenceEntry>): Caret[];
    /** Take presence entries of the item that the draft is of. */
    present(entries: readonly PresenceEntry[]): SessionEvent[];
    private place;
    /** What may be said of saving, now. */
    status(): Status;
    /** Tell the status if it is another than was told last. */
    statusChanged(): SessionEvent[];
}
