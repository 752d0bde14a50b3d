/**
 * One draft as a client holds it: what the log says, what of mine is on its way, what the person sees.
 *
 * `view` is always `confirmed` with `inflight` and then `buffer` replayed on it. One batch is in flight at a time; it
 * is sent, and sent again, unchanged, while `here` is what is left of it on `confirmed`. One's own batch is applied as
 * the stream gives it, so that convergence never hangs on the prediction. What can't go on is handed out as texts to
 * park, never dropped. No I/O, no clock, no randomness: the session passes them in.
 */
import { Doc } from "../document/document.js";
import type { Edit, MayDo, Opened, Ops, ParkedText, ParkReason, Purpose, State, WriterInfo } from "../wire/messages.js";
import type { ActorInfo, Alert } from "../wire/messages.js";
import type { Effect, Json, Op } from "../document/ops.js";
import type { ShapeInfo } from "../document/shape.js";
import type { Splices } from "../text/text.js";
/** Foreign splices of one text leaf, in coordinates of the view before them. */
export interface TextChange {
    readonly at: string;
    readonly s: Splices;
}
/** How the view came to be another: splices to apply in turn; `structural`: what else there is must be read anew. */
export interface ViewChange {
    readonly text: readonly TextChange[];
    readonly structural: boolean;
}
/** What one message did. `outOfStep`: the rest of it does not fit, the draft must be opened again. */
export interface Absorbed {
    readonly batches: readonly AbsorbedBatch[];
    readonly parked: readonly Parking[];
    readonly outOfStep: "gap" | "other_log" | null;
}
export interface AbsorbedBatch {
    readonly seq: number;
    readonly w: number;
    readonly no: number;
    readonly by: WriterInfo | null;
    readonly own: boolean;
    readonly typedMs: number | null;
    readonly effects: readonly Effect[];
    readonly change: ViewChange;
    readonly alerts: readonly Alert[];
}
export interface Parking {
    readonly reason: ParkReason;
    readonly code: string;
    readonly base: number;
    readonly texts: readonly ParkedText[];
}
export interface Pending {
    readonly seen: number;
    readonly atMs: number;
    readonly ops: readonly Op[];
}
export interface Inflight {
    readonly edit: Edit;
    readonly here: readonly Op[];
    readonly atMs: number;
    readonly sent: boolean;
    readonly doubtful: boolean;
    readonly lost: readonly ParkedText[];
}
/** All of a copy that must not be lost with the page: plain data, for a journal. */
export interface SavedReplica {
    readonly draft: string;
    readonly item: string;
    readonly purpose: Purpose;
    readonly owner: ActorInfo | null;
    readonly generation: number;
    readonly seq: number;
    readonly mark: string;
    readonly base_version: number;
    readonly head_version: number;
    readonly shape: ShapeInfo;
    readonly value: Json;
    readonly w: number;
    readonly last_no: number;
    readonly expects_own: boolean;
    readonly inflight: Inflight | null;
    readonly buffer: Pending | null;
}
export declare const FRAME_SPARE_BYTES = 4096;
export declare const VALUE_DEPTH = 3;
export declare class DraftReplica {
    readonly id: string;
    readonly item: string;
    readonly purpose: Purpose;
    readonly owner: ActorInfo | null;
    generation: number;
    seq: number;
    mark: string;
    baseVersion: number;
    headVersion: number;
    stands: boolean;
    may: MayDo;
    why: string | null;
    w: number;
    lastNo: number;
    readonly writers: Map<number, WriterInfo>;
    inflight: Inflight | null;
    buffer: Pending | null;
    live: boolean;
    stopped: boolean;
    confirmed: Doc;
    view: Doc;
    private shape;
    private shapeInfo;
    private expectsOwn;
    constructor(state: State, value: Json);
    /** The copy that `save` gave, as it was; whether it may go on the server says. */
    static restore(saved: SavedReplica): DraftReplica;
    /** Everything that `restore` needs. */
    save(): SavedReplica;
    get hasPending(): boolean;
    /** My ops on `confirmed`, in order: `view` is `confirmed` with these replayed. */
    get pending(): readonly Op[];
    /** When the oldest of all that is pending was typed. */
    get typedMs(): number;
    /** How much is not in the log yet: characters that were typed and deleted, and those of values, as JSON. */
    get backlog(): number;
    /**
     * Do `ops` to the view at once. Raises Problem, and changes nothing, if one does not fit; `frameBytes` is the largest
     * frame: what could not be sent with all that waits is too_large.
     */
    edit(ops: readonly Op[], nowMs: number, frameBytes?: number): void;
    /**
     * The edit to send now: the one in flight if this connection has not had it, else the buffer. Of a buffer with more
     * than `mostOps` the first ones go, the rest waits for their ack.
     */
    takeEdit(newKey: () => string, mostOps?: number): Edit | null;
    /** The connection ended, or the server asks to try again: what is in flight goes out once more. */
    unsend(): void;
    /** The server goes on from what this copy has. */
    reopen(opened: Opened): void;
    /** Take those batches of the log that follow on what this copy has. */
    receive(message: Ops, sid: string): Absorbed;
    private take;
    /** A foreign batch: what is pending is carried over it, and it over what is pending. */
    private absorb;
    /** Keep of the pending ops what has landed; hand out the texts of the buffer that found no place. */
    private keep;
    /** My batch in the stream: the log's word counts, whatever was predicted. */
    private acknowledge;
    /** Put the view on another state by three-way merge: nothing is in flight after this, conflicts are parked. */
    private remerge;
    /** The server sent a whole state: what it has of mine is dropped, the rest is merged from my own confirmed copy. */
    replace(state: State, value: Json): readonly Parking[];
    private adopt;
    private know;
    /** The batch in flight was refused: its text is handed out, the view falls back to what is left. */
    refuse(code: string): readonly Parking[];
    /** A batch of this number is in the log already: wait for it in the stream, then merge what is more. */
    doubt(): readonly Parking[];
    /** The batch in flight goes on in another form: what it has lost on the way would be in nobody's hands. */
    private parkLost;
    /** What was on screen, and when, at the first keystroke of all that is pending. */
    private first;
    /** Give up all that is pending; its texts are handed out. */
    giveUp(reason: ParkReason, code: string): Parking | null;
    /** The texts of all that is pending, which stays in the view. */
    unsaved(reason: ParkReason, code: string): Parking | null;
    /** Another log has given the numbers of this one's writers to others, mine too. */
    forgetWriters(): void;
}
/** The leaves and members that ops touch, as they read with them and without. */
export declare function textsBetween(without: Doc, withThem: Doc, ops: readonly Op[]): ParkedText[];
