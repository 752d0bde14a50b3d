/**
 * A client's session over all its connections, without I/O and without a clock: messages in, messages and events out.
 *
 * Owns which drafts and channels are followed, the order of what is sent, and the status that may be shown. Whoever
 * drives it calls `connected` on a new connection, `receive` for every message, `disconnected` at its end, `tick` a few
 * times a second, and sends what `takeOutgoing` gives after each of these. `saved` is never said of something that is
 * parked, nor while the server has been silent for 20 s.
 */

import { Carets } from "./carets.js";
import type { Caret } from "./carets.js";
import { CLOSE, Problem } from "./errors.js";
import type {
  Alert,
  ClientMessage,
  EventInfo,
  Focus,
  Have,
  Item,
  Open,
  Opened,
  Ops,
  Park,
  ParkedText,
  ParkReason,
  Piece,
  Presence,
  PresenceEntry,
  PresenceState,
  Purpose,
  Refused,
  Reset,
  ServerMessage,
  State,
  Status,
  Welcome,
  WriterInfo,
} from "./messages.js";
import { encodedBytes, parseJson } from "./codec.js";
import type { Doc } from "./document.js";
import type { Json, Op } from "./ops.js";
import { DraftReplica, FRAME_SPARE_BYTES } from "./replica.js";
import type { AbsorbedBatch, Parking, TextChange } from "./replica.js";
import { Rewind } from "./rewind.js";

const SILENT_AFTER_MS = 20_000; // a "saved" older than this is not known to be true
const FOCUS_EVERY_MS = 100;
const SEEN_EVERY_MS = 1_000;
const RETRY_AFTER_MS = 500;
const RESEND_AFTER_MS = 4_000; // an edit without an answer: sent again unchanged, later and later
const RESEND_CAP_MS = 30_000;
const REOPEN_AFTER_MS = 5_000; // a stream that was asked for and did not come

export type SessionEvent =
  | { type: "welcome"; welcome: Welcome }
  | { type: "opened"; ref: number; draft: DraftReplica }
  | { type: "failed"; ref: number; code: string; message: string }
  | { type: "changed"; draft: DraftReplica; seq: number; by: WriterInfo | null; text: readonly TextChange[]; structural: boolean }
  | { type: "acked"; draft: DraftReplica; seq: number; w: number; no: number; waitedMs: number }
  | { type: "retrying"; draft: DraftReplica; code: string }
  | { type: "status"; draft: DraftReplica; status: Status }
  | { type: "alert"; draft: DraftReplica; alert: Alert }
  | { type: "parked"; draft: DraftReplica; reason: ParkReason; code: string; texts: readonly ParkedText[] }
  | { type: "stashed"; draft: string; stash: string }
  // The log lost what this copy had: `ops` would bring it back; `bringBack` also minds what is written in the meantime.
  | { type: "rewound"; draft: DraftReplica; ops: readonly Op[] }
  | { type: "carets"; draft: DraftReplica }
  | { type: "presence"; item: string }
  | { type: "item"; item: Item }
  | { type: "events"; workspace: string; number: number; events: readonly EventInfo[] }
  | { type: "gone"; channel: string; code: string }
  | { type: "error"; code: string; message: string };

export interface SessionOptions {
  /** 128 random bits, URL-safe; one load of a page, one run of an agent. */
  session: string;
  /** Random keys of batches. */
  newKey: () => string;
  client: string;
  run: string | null;
}

/** A copy as it was when its log was rewound; `kept`: what of it went into the stash at once. */
interface Before {
  view: Doc;
  wrote: boolean;
  kept: readonly ParkedText[];
}

interface Followed {
  replica: DraftReplica | null;
  carets: Carets | null;
  alerts: Map<string, Alert>;
  open: { item?: string; draft?: string; purpose?: Purpose };
  status: Status | null;
  trouble: "refused" | "conflict" | null;
  retryAtMs: number | null;
  askedMs: number; // when its stream was asked for
  sentMs: number; // when its edit was sent
  resendAfterMs: number;
  seenSent: number;
  pieces: { state: State; parts: string[] } | null;
  before: Before | null; // until the state comes
  rewind: Rewind | null; // until it is brought back or dismissed
}

type Where = { item: string; state: PresenceState; draft?: string; at?: string; anchor?: number; head?: number };

export class Session {
  readonly id: string;
  attempt = 0;
  resume: string | null = null;
  welcome: Welcome | null = null;
  visible = true;
  signedOut = false;
  readonly items = new Map<string, Item>();
  /** Item → public session id → who is there. */
  readonly presence = new Map<string, Map<string, PresenceEntry>>();
  readonly presenceUnknown = new Set<string>();
  private greeted = false; // welcomed on this connection
  private nextRef = 1;
  private readonly outgoing: ClientMessage[] = [];
  private readonly opening = new Map<number, Followed>();
  private readonly followed = new Map<string, Followed>();
  private readonly subscribed = new Map<string, number | null>();
  private inHello = new Set<string>(); // channels that this connection's hello asked for
  private readonly parking = new Map<number, Park>();
  private heardMs = -Infinity;
  private nowMs = 0;
  private focusWanted: Where | null = null;
  private focusLast: Where | null = null;
  private focusMs = -Infinity;
  private seenMs = -Infinity;

  constructor(private readonly options: SessionOptions) {
    this.id = options.session;
  }

  // ---------------------------------------------------------------- what is followed

  /** Follow a draft, named or chosen by the server; the number comes back in `opened` or `failed`. */
  open(what: { item?: string; draft?: string; purpose?: Purpose }): number {
    const ref = this.nextRef++;
    const followed: Followed = {
      replica: null,
      carets: null,
      alerts: new Map(),
      open: what,
      status: null,
      trouble: null,
      retryAtMs: null,
      askedMs: this.nowMs,
      sentMs: 0,
      resendAfterMs: RESEND_AFTER_MS,
      seenSent: 0,
      pieces: null,
      before: null,
      rewind: null,
    };
    this.opening.set(ref, followed);
    if (this.greeted) this.outgoing.push({ t: "open", ref, ...what });
    return ref;
  }

  /** The copy of a followed draft. */
  draft(id: string): DraftReplica | null {
    return this.followed.get(id)?.replica ?? null;
  }

  /** The alerts of a draft that are open, oldest first. */
  alerts(draft: string): Alert[] {
    const alerts = [...(this.followed.get(draft)?.alerts.values() ?? [])];
    return alerts.sort((a, b) => a.opened_at - b.opened_at);
  }

  /** Where the other sessions are in a draft, in coordinates of its view. */
  carets(draft: string): Caret[] {
    const followed = this.followed.get(draft);
    if (!followed?.replica || !followed.carets) return [];
    const present = this.presence.get(followed.replica.item) ?? new Map<string, PresenceEntry>();
    return followed.carets.inView(followed.replica.pending, present);
  }

  /** Follow `item:<id>` or `workspace:<id>`. */
  subscribe(channel: string): void {
    this.subscribed.set(channel, null);
    if (this.greeted) this.outgoing.push({ t: "subscribe", ref: this.nextRef++, channel });
  }

  /** Leave `draft:<id>`, `item:<id>` or `workspace:<id>`. */
  leave(channel: string): void {
    this.subscribed.delete(channel);
    const [kind, id = ""] = split(channel);
    if (kind === "draft") this.followed.delete(id);
    if (kind === "item") {
      this.items.delete(id);
      this.presence.delete(id);
    }
    if (this.greeted) this.outgoing.push({ t: "close", channel });
  }

  // ---------------------------------------------------------------- the connection

  /** A connection stands: what to say first. */
  connected(token: string | null): ClientMessage[] {
    this.attempt++;
    this.greeted = false;
    this.outgoing.length = 0;
    this.inHello = new Set(this.subscribed.keys());
    const channels = (kind: string): string[] =>
      [...this.subscribed.keys()].filter((channel) => channel.startsWith(kind + ":")).map((channel) => split(channel)[1]);
    const drafts = [...this.followed.values()]
      .map(({ replica }) => replica)
      .filter((replica) => replica !== null && !replica.stopped)
      .map((replica) => haveOf(replica as DraftReplica));
    return [
      {
        t: "hello",
        session: this.id,
        attempt: this.attempt,
        client: this.options.client,
        ...(this.resume === null ? {} : { resume: this.resume }),
        ...(token === null ? {} : { token }),
        ...(this.options.run === null ? {} : { run: this.options.run }),
        ...(drafts.length > 0 ? { drafts } : {}),
        ...(channels("item").length > 0 ? { items: channels("item") } : {}),
        ...(channels("workspace").length > 0 ? { workspaces: channels("workspace") } : {}),
      },
    ];
  }

  /** The connection ended: nothing is lost, nothing is saved. */
  disconnected(code?: number): SessionEvent[] {
    this.greeted = false;
    this.outgoing.length = 0;
    this.heardMs = -Infinity;
    if (code === CLOSE.NO_AUTH || code === CLOSE.FORBIDDEN) this.signedOut = true;
    for (const [ref, { replica }] of this.opening) if (replica !== null) this.opening.delete(ref); // hello resumes it
    for (const followed of this.followed.values()) {
      followed.pieces = null;
      if (followed.replica === null) continue;
      followed.replica.live = false;
      followed.replica.unsend();
    }
    return this.statuses();
  }

  /** What is to be sent now, in order. */
  takeOutgoing(): ClientMessage[] {
    if (!this.greeted) return [];
    for (const followed of this.followed.values()) {
      if (followed.retryAtMs !== null || followed.replica === null) continue;
      const edit = followed.replica.takeEdit(this.options.newKey);
      if (edit === null) continue;
      this.outgoing.push(edit);
      followed.sentMs = this.nowMs;
      followed.seenSent = Math.max(followed.seenSent, edit.seen);
    }
    return this.outgoing.splice(0);
  }

  /** Time passes: retries, caret and seen messages that waited, "saved" that is no longer known. */
  tick(nowMs: number): SessionEvent[] {
    this.nowMs = nowMs;
    for (const followed of this.followed.values()) {
      if (followed.retryAtMs !== null && nowMs >= followed.retryAtMs) {
        followed.retryAtMs = null;
        followed.replica?.unsend();
      } else if (followed.replica?.inflight?.sent && nowMs - followed.sentMs >= followed.resendAfterMs) {
        followed.resendAfterMs = Math.min(2 * followed.resendAfterMs, RESEND_CAP_MS);
        followed.replica.unsend();
      }
    }
    this.reopenSilent();
    this.sendFocus();
    this.sendSeen();
    return this.statuses();
  }

  private reopenSilent(): void {
    if (!this.greeted) return;
    for (const followed of this.followed.values()) {
      const { replica, pieces, askedMs } = followed;
      if (replica === null || replica.live || followed.status === "gone" || pieces !== null) continue;
      if (this.nowMs - askedMs < REOPEN_AFTER_MS) continue;
      for (const [ref, other] of this.opening) if (other === followed) this.opening.delete(ref);
      if (replica.stopped) this.begin(followed, replica);
      else this.openAgain(followed, replica, true);
    }
  }

  // ---------------------------------------------------------------- what the person does

  /** Change a draft; its view has it when this returns. Raises Problem if the ops don't fit. */
  edit(draft: string, ops: readonly Op[], nowMs: number): SessionEvent[] {
    this.nowMs = nowMs;
    const followed = this.followed.get(draft);
    if (!followed?.replica) throw new Problem("not_found");
    followed.replica.edit(ops, nowMs, this.frameBytes);
    return this.statuses();
  }

  /**
   * Do what `rewound` offers, merged with what was written since; where both changed, the stash has it. Raises Problem,
   * and changes nothing, if the draft can't be typed in or it is too large for an edit.
   */
  bringBack(draft: string, nowMs: number): SessionEvent[] {
    this.nowMs = nowMs;
    const followed = this.followed.get(draft);
    const replica = followed?.replica;
    if (!followed || !replica) throw new Problem("not_found");
    if (followed.rewind === null) return [];
    const { ops, conflicts } = followed.rewind.onto(replica.view);
    replica.edit(ops, nowMs, this.frameBytes);
    followed.rewind = null;
    if (conflicts.length === 0) followed.trouble = null;
    const text = ops.filter((op) => op.op === "text").map(({ at, s }) => ({ at, s }));
    const structural = text.length < ops.length;
    return [{ type: "changed", draft: replica, seq: replica.seq, by: null, text, structural }, ...this.statuses()];
  }

  private get frameBytes(): number {
    return this.welcome?.limits["frame_bytes"] ?? Infinity;
  }

  /** Say where this session is, in coordinates of the view; sent at most ten times a second, and not while typing. */
  focus(where: Where): void {
    this.focusWanted = this.focusLast = where;
    this.sendFocus();
  }

  /** The same place reads otherwise after a foreign change; nothing is sent for that alone. */
  refocus(where: Where): void {
    this.focusLast = where;
    if (this.focusWanted !== null) this.focusWanted = where;
  }

  /** The person has looked at what was parked. */
  dismissParked(draft: string): SessionEvent[] {
    const followed = this.followed.get(draft);
    if (followed !== undefined) followed.trouble = followed.rewind = null;
    return this.statuses();
  }

  /** Hide an alert here; what the server knows of it stays. */
  dismissAlert(draft: string, alert: string): void {
    this.followed.get(draft)?.alerts.delete(alert);
  }

  private sendFocus(): void {
    const where = this.focusWanted;
    if (where === null || !this.greeted || this.nowMs - this.focusMs < FOCUS_EVERY_MS) return;
    const replica = where.draft === undefined ? null : this.draft(where.draft);
    if (where.draft !== undefined && (replica === null || !replica.live)) return;
    if (replica?.hasPending) return; // an edit implies its caret; after it, positions count in a seq again
    this.focusWanted = null;
    this.focusMs = this.nowMs;
    const message: Focus = { t: "focus", ...where };
    this.outgoing.push(replica === null ? message : { ...message, seq: replica.seq });
  }

  private sendSeen(): void {
    if (!this.visible || !this.greeted || this.nowMs - this.seenMs < SEEN_EVERY_MS) return;
    for (const followed of this.followed.values()) {
      const { replica } = followed;
      if (replica === null || !replica.live || followed.seenSent >= replica.seq) continue;
      followed.seenSent = replica.seq;
      this.seenMs = this.nowMs;
      this.outgoing.push({ t: "seen", draft: replica.id, seq: replica.seq });
    }
  }

  // ---------------------------------------------------------------- what the server says

  /** Take one message. */
  receive(message: ServerMessage, nowMs: number): SessionEvent[] {
    this.nowMs = nowMs;
    const events = this.read(message);
    return [...events, ...this.statuses()];
  }

  private read(message: ServerMessage): SessionEvent[] {
    switch (message.t) {
      case "welcome":
        return this.welcomed(message);
      case "state":
        return this.state(message);
      case "piece":
        return this.piece(message);
      case "opened":
        return this.opened(message);
      case "ops":
        return this.ops(message);
      case "refused":
        return this.refused(message);
      case "presence":
        return this.present(message);
      case "item":
        this.items.set(message.item, message);
        return [{ type: "item", item: message }];
      case "event":
        this.subscribed.set(`workspace:${message.workspace}`, message.number);
        return [{ type: "events", workspace: message.workspace, number: message.number, events: message.events ?? [] }];
      case "alert":
        return this.alert(message.draft, message.alert);
      case "reset":
        return this.reset(message);
      case "gone":
        return this.gone(message.channel, message.code ?? "not_found", message.ref ?? 0);
      case "may":
        return this.mayChanged(message.draft, message.may, message.why ?? null);
      case "parked":
        return this.parked(message.ref, message.stash);
      case "ping":
        this.heardMs = this.nowMs;
        this.outgoing.push({ t: "pong", n: message.n });
        return [];
      case "bye":
        return [];
      case "error":
        return this.failed(message.ref ?? 0, message.code, message.message);
    }
  }

  private welcomed(message: Welcome): SessionEvent[] {
    this.welcome = message;
    this.resume = message.resume;
    this.signedOut = false;
    this.heardMs = this.nowMs;
    if (this.greeted) return [{ type: "welcome", welcome: message }]; // a token was renewed
    this.greeted = true;
    for (const followed of this.followed.values()) followed.askedMs = this.nowMs;
    for (const [ref, { open }] of this.opening) this.outgoing.push({ t: "open", ref, ...open });
    for (const [channel, after] of this.subscribed) {
      if (!this.inHello.has(channel)) this.outgoing.push({ t: "subscribe", ref: this.nextRef++, channel, after });
    }
    for (const park of this.parking.values()) this.outgoing.push(park);
    for (const followed of this.followed.values()) {
      if (followed.replica?.stopped && followed.status !== "gone") this.begin(followed, followed.replica);
    }
    this.focusWanted ??= this.focusLast;
    return [{ type: "welcome", welcome: message }];
  }

  private state(message: State): SessionEvent[] {
    const ref = message.ref ?? 0;
    const followed = this.opening.get(ref) ?? this.followed.get(message.draft);
    if (followed === undefined) return []; // left meanwhile
    if ((message.pieces ?? 0) > 0) {
      this.opening.delete(ref);
      this.followed.set(message.draft, followed);
      followed.pieces = { state: message, parts: [] };
      return [];
    }
    return this.stateWithValue(followed, message, message.value ?? null);
  }

  private piece(message: Piece): SessionEvent[] {
    const followed = this.followed.get(message.draft);
    const pieces = followed?.pieces;
    if (!followed || !pieces || message.i !== pieces.parts.length) return [];
    pieces.parts.push(message.data);
    if (pieces.parts.length < (pieces.state.pieces ?? 0)) return [];
    followed.pieces = null;
    return this.stateWithValue(followed, pieces.state, parseJson(pieces.parts.join("")));
  }

  private stateWithValue(asked: Followed, state: State, value: Json): SessionEvent[] {
    const ref = state.ref ?? 0;
    this.opening.delete(ref);
    const known = this.followed.get(state.draft);
    const followed = known?.replica ? known : asked; // opened twice: there is one copy, with all that is pending in it
    this.followed.set(state.draft, followed);
    followed.alerts.clear();
    for (const alert of state.alerts ?? []) if (isOpen(alert)) followed.alerts.set(alert.id, alert);
    followed.carets = new Carets(state.seq);
    const events: SessionEvent[] = [];
    let { replica } = followed;
    if (replica === null || replica.id !== state.draft) {
      replica = followed.replica = new DraftReplica(state, value);
    } else {
      const { parked } = replica.replace(state, value);
      events.push({ type: "changed", draft: replica, seq: replica.seq, by: null, text: [], structural: true });
      for (const parking of parked) events.push(...this.park(followed, replica, parking));
      events.push(...this.rewound(followed, replica));
    }
    for (const entry of this.presence.get(state.item)?.values() ?? []) this.place(followed, entry);
    return [{ type: "opened", ref, draft: replica }, ...events];
  }

  /** The state after a rewind has come: offer back what it lacks, to those who can do something about it. */
  private rewound(followed: Followed, replica: DraftReplica): SessionEvent[] {
    const { before } = followed;
    followed.before = null;
    if (before === null) return [];
    const rewind = new Rewind(before.view, replica.confirmed);
    if (rewind.ops.length === 0 || (replica.may !== "type" && !before.wrote)) return [];
    followed.rewind = rewind;
    followed.trouble = "conflict";
    const texts = rewind.texts(before.kept);
    const parking: Parking = { reason: "rewound", code: "rewound", base: replica.seq, texts };
    const told: SessionEvent = { type: "rewound", draft: replica, ops: rewind.ops };
    return [...(texts.length > 0 ? this.park(followed, replica, parking) : []), told];
  }

  private opened(message: Opened): SessionEvent[] {
    const followed = this.opening.get(message.ref ?? 0) ?? this.followed.get(message.draft);
    if (!followed?.replica) return [];
    this.opening.delete(message.ref ?? 0);
    followed.replica.reopen(message);
    for (const alert of message.alerts ?? []) followed.alerts.set(alert.id, alert);
    return [{ type: "opened", ref: message.ref ?? 0, draft: followed.replica }];
  }

  private ops(message: Ops): SessionEvent[] {
    const followed = this.followed.get(message.draft);
    const replica = followed?.replica;
    if (!followed || !replica || replica.stopped) return [];
    const events: SessionEvent[] = [];
    const { batches, parked, outOfStep } = replica.receive(message, this.welcome?.sid ?? "");
    for (const batch of batches) events.push(...this.absorbed(followed, replica, batch));
    for (const parking of parked) events.push(...this.park(followed, replica, parking));
    if (outOfStep !== null) this.openAgain(followed, replica, outOfStep === "gap");
    if (batches.length > 0) events.push({ type: "carets", draft: replica });
    return readOnce(events);
  }

  private absorbed(followed: Followed, replica: DraftReplica, batch: AbsorbedBatch): SessionEvent[] {
    const events: SessionEvent[] = [];
    const { seq, w, no, by, change } = batch;
    followed.carets?.absorb(batch);
    if (batch.own) {
      followed.resendAfterMs = RESEND_AFTER_MS;
      const waitedMs = batch.typedMs === null ? 0 : this.nowMs - batch.typedMs;
      events.push({ type: "acked", draft: replica, seq, w, no, waitedMs });
    }
    if (change.text.length > 0 || change.structural) {
      events.push({ type: "changed", draft: replica, seq, by, text: change.text, structural: change.structural });
    }
    for (const alert of batch.alerts) events.push(...this.alert(replica.id, alert));
    return events;
  }

  private openAgain(followed: Followed, replica: DraftReplica, keeps: boolean): void {
    replica.live = false;
    replica.unsend();
    const ref = this.nextRef++;
    const open: Open = { t: "open", ref, draft: replica.id, item: replica.item };
    this.opening.set(ref, followed);
    followed.open = { draft: replica.id, item: replica.item };
    followed.askedMs = this.nowMs;
    this.outgoing.push(keeps ? { ...open, have: haveOf(replica) } : open);
  }

  private refused(message: Refused): SessionEvent[] {
    const followed = this.followed.get(message.draft);
    const replica = followed?.replica;
    if (!followed || !replica || replica.inflight?.edit.key !== message.key) return [];
    const again: SessionEvent = { type: "retrying", draft: replica, code: message.code };
    if (message.retry) {
      followed.retryAtMs = this.nowMs + RETRY_AFTER_MS;
      return [again];
    }
    switch (message.code) {
      case "op_no_reused":
      case "op_no_gap":
      case "own_op_unseen":
        replica.doubt();
        followed.retryAtMs = this.nowMs + RETRY_AFTER_MS; // what it lacks may be on its way
        this.openAgain(followed, replica, true);
        return [again];
      case "generation_changed":
      case "rewound":
        return this.reset({
          t: "reset",
          draft: replica.id,
          reason: message.code === "rewound" ? "rewound" : "discarded",
          generation: replica.generation,
        });
      default:
        break;
    }
    const { parked } = replica.refuse(message.code);
    followed.trouble = "refused";
    const events: SessionEvent[] = [
      { type: "changed", draft: replica, seq: replica.seq, by: null, text: [], structural: true },
    ];
    for (const parking of parked) events.push(...this.park(followed, replica, parking));
    if (message.code === "base_expired") this.openAgain(followed, replica, false);
    return events;
  }

  private reset(message: Reset): SessionEvent[] {
    const followed = this.followed.get(message.draft);
    const replica = followed?.replica;
    if (!followed || !replica || replica.stopped) return [];
    replica.stopped = true;
    replica.live = false;
    const { view, w } = replica;
    const parking = replica.giveUp(message.reason, message.reason === "rewound" ? "rewound" : "generation_changed");
    if (message.reason === "rewound") {
      followed.before = { view, wrote: w !== 0, kept: parking?.texts ?? [] };
      replica.forgetWriters();
    }
    const events = parking === null ? [] : this.park(followed, replica, parking);
    this.begin(followed, replica);
    return events;
  }

  /** Open a draft anew whose copy can't go on, once all of it that was pending is in the stash. */
  private begin(followed: Followed, replica: DraftReplica): void {
    if (!this.greeted || [...this.parking.values()].some(({ draft }) => draft === replica.id)) return;
    this.openAgain(followed, replica, false);
  }

  private park(followed: Followed, replica: DraftReplica, parking: Parking): SessionEvent[] {
    const { reason, code, base, texts } = parking;
    for (const portion of portionsOf(texts, this.frameBytes)) {
      const ref = this.nextRef++;
      const park: Park = { t: "park", ref, draft: replica.id, generation: replica.generation, reason, base, texts: portion };
      this.parking.set(ref, park);
      if (this.greeted) this.outgoing.push(park);
    }
    followed.trouble = reason === "refused" ? "refused" : "conflict";
    return [
      { type: "parked", draft: replica, reason, code, texts },
      { type: "changed", draft: replica, seq: replica.seq, by: null, text: [], structural: true },
    ];
  }

  private parked(ref: number, stash: string): SessionEvent[] {
    const park = this.parking.get(ref);
    if (park === undefined) return [];
    this.parking.delete(ref);
    const followed = this.followed.get(park.draft);
    if (followed?.replica?.stopped && followed.status !== "gone") this.begin(followed, followed.replica);
    return [{ type: "stashed", draft: park.draft, stash }];
  }

  private mayChanged(draft: string, may: "look" | "type", why: string | null): SessionEvent[] {
    const followed = this.followed.get(draft);
    const replica = followed?.replica;
    if (!followed || !replica) return [];
    replica.may = may;
    replica.why = why;
    if (may === "type" || replica.inflight !== null || replica.buffer === null) return [];
    const parking = replica.giveUp("refused", why ?? "read_only");
    return parking === null ? [] : this.park(followed, replica, parking);
  }

  private gone(channel: string, code: string, ref: number): SessionEvent[] {
    const events: SessionEvent[] = [{ type: "gone", channel, code }];
    if (this.opening.delete(ref)) events.push({ type: "failed", ref, code, message: code });
    const [kind, id] = split(channel);
    this.subscribed.delete(channel);
    if (kind === "item") {
      this.items.delete(id);
      this.presence.delete(id);
    }
    const replica = kind === "draft" ? this.draft(id) : null;
    if (replica !== null) {
      replica.live = false;
      replica.stopped = true;
      replica.may = "look";
      replica.why = code;
      const followed = this.followed.get(id);
      if (followed !== undefined) followed.status = null;
      events.push({ type: "status", draft: replica, status: "gone" });
      if (followed !== undefined) followed.status = "gone";
    }
    return events;
  }

  private alert(draft: string, alert: Alert): SessionEvent[] {
    const followed = this.followed.get(draft);
    if (!followed?.replica) return [];
    if (isOpen(alert)) followed.alerts.set(alert.id, alert);
    else followed.alerts.delete(alert.id);
    return [{ type: "alert", draft: followed.replica, alert }];
  }

  private present(message: Presence): SessionEvent[] {
    const here = message.full ? new Map<string, PresenceEntry>() : (this.presence.get(message.item) ?? new Map());
    this.presence.set(message.item, here);
    if (message.unknown) this.presenceUnknown.add(message.item);
    else this.presenceUnknown.delete(message.item);
    for (const sid of message.gone ?? []) here.delete(sid);
    const events: SessionEvent[] = [{ type: "presence", item: message.item }];
    for (const entry of message.here ?? []) here.set(entry.sid, entry);
    for (const followed of this.followed.values()) {
      if (followed.replica?.item !== message.item) continue;
      for (const entry of message.here ?? []) this.place(followed, entry);
      events.push({ type: "carets", draft: followed.replica });
    }
    return events;
  }

  private place(followed: Followed, entry: PresenceEntry): void {
    if (entry.sid === this.welcome?.sid || entry.draft !== followed.replica?.id) followed.carets?.remove(entry.sid);
    else followed.carets?.place(entry);
  }

  private failed(ref: number, code: string, message: string): SessionEvent[] {
    if (this.parking.delete(ref) || ref === 0) return [{ type: "error", code, message }];
    if (this.opening.delete(ref)) return [{ type: "failed", ref, code, message }];
    return [{ type: "error", code, message }];
  }

  // ---------------------------------------------------------------- status

  /** What may be said of saving, now. */
  status(draft: string): Status {
    const followed = this.followed.get(draft);
    const replica = followed?.replica;
    if (!followed || !replica || followed.status === "gone") return "gone";
    if (this.signedOut) return "signed_out";
    if (followed.trouble !== null) return followed.trouble;
    if (!this.greeted || this.nowMs - this.heardMs > SILENT_AFTER_MS) return replica.hasPending ? "local" : "offline";
    if (replica.hasPending || !replica.live) return "saving";
    return replica.may === "type" ? "saved" : "read_only";
  }

  private statuses(): SessionEvent[] {
    const events: SessionEvent[] = [];
    for (const [id, followed] of this.followed) {
      if (followed.replica === null || followed.status === "gone") continue;
      const status = this.status(id);
      if (status === followed.status) continue;
      followed.status = status;
      events.push({ type: "status", draft: followed.replica, status });
    }
    return events;
  }
}

/** Texts as frames can hold them, without their base if need be; what no frame holds is told, not stashed. */
function portionsOf(texts: readonly ParkedText[], frameBytes: number): ParkedText[][] {
  const room = frameBytes - FRAME_SPARE_BYTES;
  const portions: ParkedText[][] = [];
  let size = 0;
  for (const text of texts) {
    const fits = encodedBytes(text) <= room ? text : { at: text.at, mine: text.mine };
    const wanted = encodedBytes(fits) + 1;
    if (wanted > room) continue;
    const last = portions.at(-1);
    if (last === undefined || size + wanted > room) {
      portions.push([fits]);
      size = wanted;
    } else {
      last.push(fits);
      size += wanted;
    }
  }
  return portions;
}

function haveOf(replica: DraftReplica): Have {
  return { id: replica.id, generation: replica.generation, have: replica.seq, mark: replica.mark, item: replica.item };
}

/** After a change that sends readers to the view, which is the last one already, no more splices of this message. */
function readOnce(events: readonly SessionEvent[]): SessionEvent[] {
  let reads = false;
  return events.filter((event) => {
    if (event.type !== "changed") return true;
    const drop = reads;
    reads ||= event.structural;
    return !drop;
  });
}

function isOpen(alert: Alert): boolean {
  return (alert.state ?? "open") === "open";
}

function split(channel: string): [kind: string, id: string] {
  const colon = channel.indexOf(":");
  return [channel.slice(0, colon), channel.slice(colon + 1)];
}
