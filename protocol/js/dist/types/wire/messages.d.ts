import type { Json, Op } from "../document/ops.js";
import type { ShapeInfo } from "../document/shape.js";
/** The sub-protocol: one JSON object per WebSocket text frame, told apart by `t`. */
export declare const SUBPROTOCOL = "draftwire.v1+json";
export type Purpose = "own" | "shared" | "suggestion";
export type OpKind = "edit" | "save" | "undo" | "revert" | "rebase" | "adopt" | "accept" | "restore";
export type PresenceState = "viewing" | "editing" | "idle";
export type MayDo = "look" | "type";
export type ParkReason = "discarded" | "rewound" | "refused" | "conflict";
export type RunState = "running" | "paused" | "stopped" | "ended" | "lost";
export type AlertKind = "overlap" | "lost_target" | "stale_save";
export type AlertReason = "clash" | "stale" | "structural" | "lost" | "save";
export type Status = "saved" | "saving" | "waiting" | "local" | "offline" | "conflict" | "refused" | "read_only" | "signed_out" | "gone";
/** The first and the last one, 1-based. */
export type Lines = readonly [number, number];
/** A resuming client's state of a draft: its confirmed seq `have` and the mark there. */
export interface Have {
    id: string;
    generation: number;
    have: number;
    mark: string;
    item?: string;
}
/** Begin or resume a session. The first message, unless `Auth` or a token in the handshake came before. */
export interface Hello {
    t: "hello";
    session: string;
    attempt?: number;
    resume?: string | null;
    token?: string | null;
    client?: string;
    run?: string | null;
    act_for?: string | null;
    agent?: string | null;
    drafts?: readonly Have[];
    items?: readonly string[];
    workspaces?: readonly string[];
}
/** Send a token: the first one, or a renewal (same user, same workspace). */
export interface Auth {
    t: "auth";
    token: string;
    ref?: number;
    act_for?: string | null;
}
/** Follow a draft: `item` lets the server choose one (`purpose` narrows it), `draft` names it. */
export interface Open {
    t: "open";
    ref: number;
    item?: string | null;
    draft?: string | null;
    purpose?: Purpose | null;
    have?: Have | null;
}
/** Leave a channel: `draft:<id>`, `item:<id>` or `workspace:<id>`. */
export interface Close {
    t: "close";
    channel: string;
}
/** Follow a state channel: `item:<id>` (item state and presence) or `workspace:<id>` (events). */
export interface Subscribe {
    t: "subscribe";
    ref: number;
    channel: string;
    after?: number | null;
}
/** One batch. Its context is exactly the state at `base`; at most one in flight per session and draft. */
export interface Edit {
    t: "edit";
    draft: string;
    generation: number;
    base: number;
    mark: string;
    seen: number;
    no: number;
    key: string;
    ops: readonly Op[];
    kind?: OpKind;
    cause?: string | null;
}
/** Where this session is in an item. Without `draft`: only on the item. Edits imply it while typing. */
export interface Focus {
    t: "focus";
    item: string;
    state?: PresenceState;
    draft?: string | null;
    at?: string | null;
    anchor?: number;
    head?: number;
    seq?: number;
    doing?: string | null;
    lines?: readonly [number, number] | null;
}
/** The page is visible and shows `seq`; at most one a second per draft. */
export interface Seen {
    t: "seen";
    draft: string;
    seq: number;
}
/**
 * Store text that can't be merged. The client forgets it only after `Parked`.
 *
 * `item` is needed for a draft that has not been started.
 */
export interface Park {
    t: "park";
    ref: number;
    draft: string;
    generation: number;
    reason: ParkReason;
    base: number;
    texts: readonly ParkedText[];
    item?: string | null;
}
/** One leaf or member as its writer had it, and the text it was based on. */
export interface ParkedText {
    at: string;
    mine: Json;
    base?: Json;
}
/**
 * Use a tool of a run with the body of its HTTP route. `Answer` carries the route's answer, `Error` a refusal.
 *
 * `stream` is the stream that `load_stream`, `close_stream` and `abort_stream` are about.
 */
export interface Call {
    t: "call";
    ref: number;
    tool: "abort_stream" | "close_stream" | "edit" | "load_stream" | "open_stream" | "read" | "search";
    run: string;
    body?: Json;
    stream?: string | null;
    key?: string | null;
}
/** The next piece of a stream, after `offset` UTF-16 units sent before. Answered by `Streamed`. */
export interface Append {
    t: "append";
    run: string;
    stream: string;
    offset: number;
    text: string;
}
/** Answers `Ping` at once. */
export interface Pong {
    t: "pong";
    n: number;
}
/** An actor, as far as you may know it. */
export interface ActorInfo {
    id: string;
    kind: "agent" | "api_key" | "user";
    name: string;
    user: string;
    on_behalf_of?: string | null;
    imported_by?: string | null;
}
/** The session is accepted. */
export interface Welcome {
    t: "welcome";
    session: string;
    sid: string;
    resume: string;
    worker: string;
    workspace: string;
    actor: ActorInfo;
    server: string;
    ping_s: number;
    limits: Record<string, number>;
    ref?: number;
    token_expires_in_s?: number | null;
}
/** A writer of a draft. `w` is its permanent small number there. */
export interface WriterInfo {
    w: number;
    actor: ActorInfo;
    sid: string;
    run?: string | null;
}
/** One of the two parties of an alert. */
export interface AlertSide {
    actor: ActorInfo;
    sid: string;
    text: Json;
    seq: number;
    at: number;
    run?: string | null;
    took?: Json;
}
/** A conflict that someone needs to know about. */
export interface Alert {
    id: string;
    draft: string;
    kind: AlertKind;
    reason: AlertReason;
    address: string;
    opened_at: number;
    seq: number;
    sides: readonly AlertSide[];
    state?: "closed" | "open" | "resolved";
    start?: number;
    end?: number;
    line_from?: number | null;
    line_to?: number | null;
    stash?: string | null;
    closed_at?: number | null;
    fades?: boolean;
}
/** A draft as of one seq. A large one has `pieces` > 0 and no value: join the pieces' data, then decode it. */
export interface State {
    t: "state";
    draft: string;
    item: string;
    purpose: Purpose;
    owner: ActorInfo | null;
    generation: number;
    seq: number;
    mark: string;
    may: MayDo;
    shape: ShapeInfo;
    base_version: number;
    head_version: number;
    value?: Json;
    pieces?: number;
    ref?: number;
    why?: string | null;
    your_last_no?: number;
    your_w?: number;
    writers?: readonly WriterInfo[];
    alerts?: readonly Alert[];
    stands?: boolean;
    legacy?: boolean;
}
/** Part `i` of the JSON text of a large state's value, ≤ 64 KiB. */
export interface Piece {
    t: "piece";
    draft: string;
    i: number;
    data: string;
}
/** What a batch is, if it is not a plain edit. */
export interface BatchInfo {
    kind?: OpKind;
    cause?: string | null;
    at?: number | null;
}
/**
 * `[w, no, ops, alerts?, info?]`: one committed batch as effects. An op that was lost is not in it.
 *
 * `alerts` holds each alert that the batch opened, and the id alone of each open one that it goes on with.
 */
export type Batch = readonly [
    w: number,
    no: number,
    ops: readonly Op[],
    alerts?: readonly (Alert | string)[],
    info?: BatchInfo | null
];
/** Batches `from` (exclusive) … `to` of a draft's log: batch i has seq from + 1 + i. Your own is the ack. */
export interface Ops {
    t: "ops";
    draft: string;
    generation: number;
    from: number;
    to: number;
    mark: string;
    batches: readonly Batch[];
    writers?: readonly WriterInfo[];
}
/** Something that prevents a deploy. `at` is a JSON Pointer from the document's root. */
export interface Diagnostic {
    at: string;
    code: "reference" | "schema" | "secret" | "shape";
    message: string;
}
/** Everything that prevents a deploy of the draft at `seq`. An empty list means that nothing does. */
export interface Diagnostics {
    t: "diagnostics";
    draft: string;
    seq: number;
    diagnostics: readonly Diagnostic[];
}
/** Where a draft and a version changed the same place differently. Lines are 1-based, in the draft's text. */
export interface Overlap {
    address: string;
    line_from?: number | null;
    line_to?: number | null;
}
/**
 * Somebody deployed: the draft is based on `base_version`, not on the head. Equal numbers: no longer behind.
 *
 * `kept`: someone chose to keep it behind this head. Every connection of a draft's owner gets it, even if the draft
 * is not open there; such connections get it once for each head.
 */
export interface Behind {
    t: "behind";
    draft: string;
    base_version: number;
    head: VersionInfo;
    overlaps?: readonly Overlap[];
    kept?: boolean;
    item?: string;
}
/** The answer to an `Open` or `Hello` that resumes: your copy is usable, `Ops` follow from `seq` on. */
export interface Opened {
    t: "opened";
    draft: string;
    item: string;
    generation: number;
    seq: number;
    may: MayDo;
    ref?: number;
    why?: string | null;
    your_last_no?: number;
    your_w?: number;
    writers?: readonly WriterInfo[];
    alerts?: readonly Alert[];
}
/** An edit was refused and changed nothing; its number is still free. `retry`: it may succeed later. */
export interface Refused {
    t: "refused";
    draft: string;
    no: number;
    key: string;
    code: string;
    message: string;
    retry?: boolean;
    detail?: Json;
}
/** One session that is here now. `label` and `model` are those of its run. */
export interface PresenceEntry {
    sid: string;
    actor: ActorInfo;
    state: PresenceState;
    since: number;
    draft?: string | null;
    at?: string | null;
    anchor?: number;
    head?: number;
    seq?: number;
    run?: string | null;
    label?: string | null;
    model?: string | null;
    doing?: string | null;
    lines?: readonly [number, number] | null;
}
/** Who is at an item. `full` replaces everything; `here` has joins and changes, `gone` those who left. */
export interface Presence {
    t: "presence";
    item: string;
    here?: readonly PresenceEntry[];
    gone?: readonly string[];
    full?: boolean;
    unknown?: boolean;
}
/** A deployed version, without its value. */
export interface VersionInfo {
    number: number;
    hash: string;
    by: ActorInfo | null;
    at: number;
    message?: string;
    run?: string | null;
}
/** That a draft exists, for everyone who can see the item. */
export interface DraftInfo {
    id: string;
    purpose: Purpose;
    owner: ActorInfo | null;
    visibility: "open" | "private" | "readable";
    generation: number;
    seq: number;
    base_version: number;
    updated_at: number;
    may?: "look" | "no" | "type";
    legacy?: boolean;
}
/** The current state of an item, sent right after subscribing and whenever it changes. */
export interface Item {
    t: "item";
    item: string;
    kind: string;
    path: string | null;
    external_id: string | null;
    summary: string;
    archived: boolean;
    head: VersionInfo | null;
    drafts: readonly DraftInfo[];
    event: number;
    ref?: number;
}
/** One event of a workspace. `number` has no gaps and is in commit order. Ids only, no names. */
export interface EventInfo {
    number: number;
    type: string;
    at: number;
    actor?: string | null;
    item?: string | null;
    draft?: string | null;
    data?: Json;
}
/** Events of a workspace that you can see. `number` is the last one that was examined. */
export interface EventMessage {
    t: "event";
    workspace: string;
    number: number;
    events?: readonly EventInfo[];
    ref?: number;
}
/** An alert changed its state, or was not opened by a batch of this draft's stream. */
export interface AlertMessage {
    t: "alert";
    draft: string;
    alert: Alert;
}
/** A request to a draft's owner for access to view or edit it. */
export interface AskInfo {
    id: string;
    draft: string;
    item: string;
    by: ActorInfo;
    may: MayDo;
    asked_at: number;
    expires_at: number;
    agents?: boolean;
    note?: string;
    state?: "declined" | "expired" | "granted" | "open" | "withdrawn";
    answered_at?: number | null;
}
/**
 * An access request was made or answered. Sent to all connections of the owner and of the requester.
 *
 * The open ones come again whenever the owner opens the draft or reconnects. It is answered over HTTP.
 */
export interface AskMessage {
    t: "ask";
    ask: AskInfo;
}
/**
 * An item of which you have a draft was deleted; the draft's text is an entry of your stash.
 *
 * To all connections of the draft's owner. Until a time the item can be brought back.
 */
export interface Deleted {
    t: "deleted";
    item: string;
    draft: string;
    stash: string;
    by: ActorInfo;
    until: number;
}
/** The client's copy is no longer valid: park pending text, then open again. */
export interface Reset {
    t: "reset";
    draft: string;
    reason: "discarded" | "rewound";
    generation: number;
}
/** The channel ended: you may not, or no longer, see it. Looks the same as if it never existed. */
export interface Gone {
    t: "gone";
    channel: string;
    code?: string;
    ref?: number;
}
/** Your rights in an open draft have changed. */
export interface May {
    t: "may";
    draft: string;
    may: MayDo;
    why?: string | null;
}
/** The parked texts are committed to the stash. */
export interface Parked {
    t: "parked";
    ref: number;
    stash: string;
}
/** A tool's answer. */
export interface Answer {
    t: "answer";
    ref: number;
    body?: Json;
}
/**
 * `units` of a stream's text are committed. With a `code`, the stream takes nothing more, for that reason.
 *
 * After `stream_gap`, `too_fast` and other codes with `retry`, the next piece begins at `expected`.
 */
export interface Streamed {
    t: "streamed";
    stream: string;
    units: number;
    code?: string | null;
    message?: string | null;
    expected?: number | null;
}
/**
 * An event of a run. Its agent reads these and should act on them.
 *
 * Types: `note` (a person's words), `paused`, `resumed`, `stopped`, `ended`, `lost`, `accepted` and
 * `rejected` (of its suggestions), `undone`, `redone`, `stream_ended`.
 */
export interface RunEvent {
    n: number;
    type: string;
    at: number;
    by?: ActorInfo | null;
    text?: string | null;
    data?: Json;
}
/** An event of the run that this connection works for. `state` is the run's current state. */
export interface RunTold {
    t: "run";
    run: string;
    state: RunState;
    event: RunEvent;
}
/** Answer at once with `Pong`. */
export interface Ping {
    t: "ping";
    n: number;
}
/** The worker is shutting down and closes the connection. Reconnect after the given time. */
export interface Bye {
    t: "bye";
    reconnect_after_ms: number;
    reason: string;
}
/**
 * A message could not be processed. The connection stays open unless a close follows.
 *
 * `retry`: the same may pass later.
 */
export interface ErrorMessage {
    t: "error";
    code: string;
    message: string;
    ref?: number;
    detail?: Json;
    retry?: boolean;
}
/** What a client sends. */
export type ClientMessage = Hello | Auth | Open | Close | Subscribe | Edit | Focus | Seen | Park | Call | Append | Pong;
/** What the server sends. */
export type ServerMessage = Welcome | State | Piece | Opened | Ops | Diagnostics | Behind | Deleted | Refused | Presence | Item | EventMessage | AlertMessage | AskMessage | Reset | Gone | May | Parked | Answer | Streamed | RunTold | Ping | Bye | ErrorMessage;
