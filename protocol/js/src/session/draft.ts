/**
 * One draft as a session follows it: asked for, streamed, edited, refused, reset, gone; what may be said of saving it.
 *
 * Owns the draft's `DraftReplica`, its open alerts, the others' carets and its status; what it says goes through the
 * session's `Line`. What comes of a stream that was asked for again is dropped until the answer begins: that brings it.
 * `saved` is never said of something that is parked, nor while the server has been silent for 20 s.
 */

import { Carets } from "./carets.js";
import type { Caret } from "./carets.js";
import { parseJson } from "../wire/codec.js";
import type { Doc } from "../document/document.js";
import type {
  Alert,
  Behind,
  Diagnostic,
  Diagnostics,
  Edit,
  Have,
  MayDo,
  Open,
  Opened,
  Ops,
  ParkedText,
  Piece,
  PresenceEntry,
  Refused,
  Reset,
  Seen,
  State,
  Status,
} from "../wire/messages.js";
import type { Json, Op } from "../document/ops.js";
import { DraftReplica } from "./replica.js";
import type { AbsorbedBatch, Parking } from "./replica.js";
import { Rewind } from "./rewind.js";
import type { SessionEvent } from "./events.js";
import type { Line } from "./line.js";

const RETRY_AFTER_MS = 500; // a refusal that may pass: sent again, later and later
const RETRY_CAP_MS = 5_000;
const RESEND_AFTER_MS = 4_000; // an edit without an answer: sent again unchanged, later and later
const RESEND_CAP_MS = 30_000;
const WAITING_AFTER_MS = 5_000; // nothing acknowledged for so long, though the server is heard: a person wants to know
const REOPEN_AFTER_MS = 5_000; // a stream that was asked for and did not come

/** A copy as it was when its log was rewound; `kept`: what of it went into the stash at once. */
interface Before {
  readonly view: Doc;
  readonly wrote: boolean;
  readonly kept: readonly ParkedText[];
}

/** See the module. There is no `replica` before the first state has come whole. */
export class DraftChannel {
  replica: DraftReplica | null = null;
  readonly alerts = new Map<string, Alert>();
  diagnostics: readonly Diagnostic[] = [];
  /** As told last, while the head is another version than the draft's. */
  behind: Behind | null = null;
  seenSent = 0;
  private carets: Carets | null = null;
  private askedMs: number;
  private unanswered = false; // an open of this copy is not answered yet
  private told: Status | null = null;
  private trouble: "refused" | "conflict" | null = null;
  private retryAtMs: number | null = null;
  private retryAfterMs = RETRY_AFTER_MS;
  private sentMs = 0;
  private wentOnMs: number; // an edit was acknowledged, or a connection began
  private resendAfterMs = RESEND_AFTER_MS;
  private pieces: { readonly state: State; readonly parts: string[] } | null = null;
  private before: Before | null = null; // until the state comes
  private rewind: Rewind | null = null; // until it is brought back or dismissed

  constructor(
    private readonly line: Line,
    public ask: Open,
  ) {
    this.askedMs = this.wentOnMs = line.nowMs;
  }

  /** Whether it ended for good: the text can still be copied. */
  get gone(): boolean {
    return this.told === "gone";
  }

  /** What a new connection may go on from. */
  have(): Have | null {
    return this.replica === null || this.replica.stopped ? null : haveOf(this.replica);
  }

  // ---------------------------------------------------------------- the connection

  /** A connection stands, and its hello has asked for the stream of a copy that can go on. */
  welcomed(): void {
    this.askedMs = this.wentOnMs = this.line.nowMs;
    this.retryAfterMs = RETRY_AFTER_MS;
    if (this.replica?.stopped && !this.gone) this.begin(this.replica);
  }

  /** The connection ended. */
  cut(): void {
    this.pieces = null;
    this.unanswered = false; // hello resumes it
    if (this.replica === null) return;
    this.replica.live = false;
    this.replica.unsend();
  }

  /** The edit to send now. */
  takeEdit(): Edit | null {
    if (this.retryAtMs !== null || this.replica === null) return null;
    const edit = this.replica.takeEdit(this.line.newKey, this.line.mostOps);
    if (edit !== null) {
      this.sentMs = this.line.nowMs;
      this.seenSent = Math.max(this.seenSent, edit.seen);
    }
    return edit;
  }

  /** What the server does not know yet of what is shown. */
  takeSeen(): Seen | null {
    const { replica } = this;
    if (replica === null || !replica.live || this.seenSent >= replica.seq) return null;
    this.seenSent = replica.seq;
    return { t: "seen", draft: replica.id, seq: replica.seq };
  }

  /** Time passes: send again what got no answer, ask again for a stream that did not come. */
  tick(): void {
    const { replica } = this;
    const { nowMs } = this.line;
    if (replica === null) return;
    if (this.retryAtMs !== null && nowMs >= this.retryAtMs) {
      this.retryAtMs = null;
      replica.unsend();
    } else if (replica.inflight?.sent && nowMs - this.sentMs >= this.resendAfterMs) {
      this.resendAfterMs = Math.min(2 * this.resendAfterMs, RESEND_CAP_MS);
      replica.unsend();
    }
    this.reopenSilent(replica);
  }

  private reopenSilent(replica: DraftReplica): void {
    if (!this.line.greeted || replica.live || this.gone || this.pieces !== null) return;
    if (this.line.nowMs - this.askedMs < REOPEN_AFTER_MS) return;
    if (replica.stopped) this.begin(replica);
    else this.openAgain(replica, true);
  }

  private openAgain(replica: DraftReplica, keeps: boolean): void {
    replica.live = false;
    replica.unsend();
    this.ask = { t: "open", ref: this.line.ref(), item: replica.item, draft: replica.id };
    this.askedMs = this.line.nowMs;
    this.unanswered = true;
    this.line.outgoing.push(keeps ? { ...this.ask, have: haveOf(replica) } : this.ask);
  }

  /** Open a draft anew whose copy can't go on, once all of it that was pending is in the stash. */
  private begin(replica: DraftReplica): void {
    if (this.line.greeted && !this.line.parks(replica.id)) this.openAgain(replica, false);
  }

  // ---------------------------------------------------------------- what the person does

  /** Change the view. Raises Problem, and changes nothing, if the ops don't fit. */
  edit(replica: DraftReplica, ops: readonly Op[]): void {
    replica.edit(ops, this.line.nowMs, this.line.frameBytes);
  }

  /** Do what `rewound` offers, merged with what was written since. Raises Problem. */
  bringBack(replica: DraftReplica): SessionEvent[] {
    if (this.rewind === null) return [];
    const { ops, conflicts } = this.rewind.onto(replica.view);
    this.edit(replica, ops);
    this.rewind = null;
    if (conflicts.length === 0) this.trouble = null;
    const text = ops.filter((op) => op.op === "text").map(({ at, s }) => ({ at, s }));
    return [{ type: "changed", draft: replica, seq: replica.seq, by: null, text, structural: text.length < ops.length }];
  }

  /** The person has looked at what was parked. */
  dismissParked(): void {
    this.trouble = this.rewind = null;
  }

  // ---------------------------------------------------------------- what the server says

  /** A whole state, or the head of one that comes in pieces. */
  state(message: State, present: Iterable<PresenceEntry>): SessionEvent[] {
    if ((message.pieces ?? 0) > 0) {
      this.pieces = { state: message, parts: [] };
      return [];
    }
    return this.stateWithValue(message, message.value ?? null, present);
  }

  /** The next piece of a state; any other is not for this reading. */
  piece(message: Piece, present: (item: string) => Iterable<PresenceEntry>): SessionEvent[] {
    if (this.pieces === null || message.i !== this.pieces.parts.length) return [];
    const { state, parts } = this.pieces;
    parts.push(message.data);
    if (parts.length < (state.pieces ?? 0)) return [];
    this.pieces = null;
    return this.stateWithValue(state, parseJson(parts.join("")), present(state.item));
  }

  private stateWithValue(state: State, value: Json, present: Iterable<PresenceEntry>): SessionEvent[] {
    this.unanswered = false;
    this.know(state.alerts ?? []);
    this.carets = new Carets(state.seq);
    const { replica } = this;
    const events: SessionEvent[] = [];
    if (replica === null || replica.id !== state.draft) {
      this.replica = new DraftReplica(state, value);
      events.push({ type: "opened", ref: state.ref ?? 0, draft: this.replica });
    } else {
      if (state.generation !== replica.generation || state.seq < this.seenSent) this.seenSent = 0;
      const parked = replica.replace(state, value);
      events.push({ type: "opened", ref: state.ref ?? 0, draft: replica }, changedAtAll(replica));
      for (const parking of parked) events.push(...this.park(replica, parking));
      events.push(...this.rewound(replica));
    }
    for (const entry of present) this.place(entry);
    return events;
  }

  private know(alerts: readonly Alert[]): void {
    this.alerts.clear();
    for (const alert of alerts) if (isOpen(alert)) this.alerts.set(alert.id, alert);
  }

  /** The state after a rewind has come: offer back what it lacks, to those who can do something about it. */
  private rewound(replica: DraftReplica): SessionEvent[] {
    const { before } = this;
    this.before = null;
    if (before === null) return [];
    const rewind = new Rewind(before.view, replica.confirmed);
    if (rewind.ops.length === 0 || (replica.may !== "type" && !before.wrote)) return [];
    this.rewind = rewind;
    this.trouble = "conflict";
    const texts = rewind.texts(before.kept);
    const parking: Parking = { reason: "rewound", code: "rewound", base: replica.seq, texts };
    const told: SessionEvent = { type: "rewound", draft: replica, ops: rewind.ops };
    return [...(texts.length > 0 ? this.park(replica, parking) : []), told];
  }

  /** The stream goes on from what this copy has. */
  opened(message: Opened): SessionEvent[] {
    if (this.replica === null) return [];
    this.unanswered = false;
    this.replica.reopen(message);
    this.know(message.alerts ?? []);
    return [{ type: "opened", ref: message.ref ?? 0, draft: this.replica }];
  }

  /** Batches of the log. */
  ops(message: Ops): SessionEvent[] {
    const { replica } = this;
    if (replica === null || replica.stopped || !replica.live) return []; // given up: what was asked for brings them again
    const events: SessionEvent[] = [];
    const { batches, parked, outOfStep } = replica.receive(message, this.line.sid);
    for (const batch of batches) events.push(...this.absorbed(replica, batch));
    for (const parking of parked) events.push(...this.park(replica, parking));
    if (outOfStep !== null) this.openAgain(replica, outOfStep === "gap");
    if (batches.length > 0) events.push({ type: "carets", draft: replica });
    return readOnce(events);
  }

  private absorbed(replica: DraftReplica, batch: AbsorbedBatch): SessionEvent[] {
    const events: SessionEvent[] = [];
    const { seq, w, no, by, change } = batch;
    this.carets?.absorb(batch);
    if (batch.own) {
      this.resendAfterMs = RESEND_AFTER_MS;
      this.retryAfterMs = RETRY_AFTER_MS;
      this.wentOnMs = this.line.nowMs;
      const waitedMs = batch.typedMs === null ? 0 : this.line.nowMs - batch.typedMs;
      events.push({ type: "acked", draft: replica, seq, w, no, waitedMs });
    }
    if (change.text.length > 0 || change.structural) {
      events.push({ type: "changed", draft: replica, seq, by, text: change.text, structural: change.structural });
    }
    for (const alert of batch.alerts) events.push(...this.alert(alert));
    return events;
  }

  /** The batch in flight was not taken; an answer to an earlier one says nothing. */
  refused(message: Refused): SessionEvent[] {
    const { replica } = this;
    if (replica === null || replica.inflight?.edit.key !== message.key || this.gone) return [];
    const again: SessionEvent = { type: "retrying", draft: replica, code: message.code };
    if (message.retry) {
      this.retryAtMs = this.line.nowMs + this.retryAfterMs;
      this.retryAfterMs = Math.min(2 * this.retryAfterMs, RETRY_CAP_MS);
      return [again];
    }
    switch (message.code) {
      case "op_no_reused":
      case "op_no_gap":
      case "own_op_unseen": {
        const doubts = replica.doubt().flatMap((parking) => this.park(replica, parking));
        this.retryAtMs = this.line.nowMs + RETRY_AFTER_MS; // what it lacks may be on its way
        this.openAgain(replica, true);
        return [again, ...doubts];
      }
      case "generation_changed":
      case "rewound": {
        const reason = message.code === "rewound" ? "rewound" : "discarded";
        return this.reset({ t: "reset", draft: replica.id, reason, generation: replica.generation });
      }
      default:
        break;
    }
    const parked = replica.refuse(message.code);
    this.trouble = "refused";
    const events: SessionEvent[] = [changedAtAll(replica)];
    for (const parking of parked) events.push(...this.park(replica, parking));
    if (message.code === "base_expired") this.openAgain(replica, false);
    return events;
  }

  /** The copy can't go on: what is pending goes to the stash, then the draft is opened anew. */
  reset(message: Reset): SessionEvent[] {
    const { replica } = this;
    if (replica === null || replica.stopped) return [];
    replica.stopped = true;
    replica.live = false;
    const { view, w } = replica;
    const parking = replica.giveUp(message.reason, message.reason === "rewound" ? "rewound" : "generation_changed");
    if (message.reason === "rewound") {
      this.before = { view, wrote: w !== 0, kept: parking?.texts ?? [] };
      replica.forgetWriters();
    }
    const events = parking === null ? [] : this.park(replica, parking);
    this.begin(replica);
    return events;
  }

  private park(replica: DraftReplica, parking: Parking): SessionEvent[] {
    const { reason, code, texts } = parking;
    this.line.park(replica.id, replica.generation, parking, replica.item);
    this.trouble = reason === "refused" ? "refused" : "conflict";
    return [{ type: "parked", draft: replica, reason, code, texts }, changedAtAll(replica)];
  }

  /** Texts of it are in the stash: a copy that was waiting for that can be begun anew. */
  parked(): void {
    if (this.replica?.stopped && !this.gone) this.begin(this.replica);
  }

  /** A right was given or taken; what is in flight is for the server to decide. */
  mayChanged(may: MayDo, why: string | null): SessionEvent[] {
    const { replica } = this;
    if (replica === null) return [];
    replica.may = may;
    replica.why = why;
    if (may === "type" || replica.inflight !== null || replica.buffer === null) return [];
    const parking = replica.giveUp("refused", why ?? "read_only");
    return parking === null ? [] : this.park(replica, parking);
  }

  /** Whether `ref` is the number under which this copy was asked for again. */
  asks(ref: number): boolean {
    return this.unanswered && this.ask.ref === ref;
  }

  /** It may no longer be seen: what is pending goes to the stash, and all of the text can still be copied. */
  ended(code: string): SessionEvent[] {
    const { replica } = this;
    if (replica === null || this.gone) return [];
    const parking = replica.unsaved("refused", code);
    replica.live = false;
    replica.stopped = true;
    replica.may = "look";
    replica.why = code;
    this.unanswered = false;
    this.told = "gone";
    const gone: SessionEvent = { type: "status", draft: replica, status: "gone" };
    if (parking === null) return [gone];
    this.line.park(replica.id, replica.generation, parking, replica.item);
    const { reason, texts } = parking;
    return [{ type: "parked", draft: replica, reason, code, texts }, gone];
  }

  /** An alert opened, or is no longer open. */
  alert(alert: Alert): SessionEvent[] {
    if (this.replica === null) return [];
    if (isOpen(alert)) this.alerts.set(alert.id, alert);
    else this.alerts.delete(alert.id);
    return [{ type: "alert", draft: this.replica, alert }];
  }

  /** Somebody deployed, or the draft has caught up. */
  fellBehind(message: Behind): SessionEvent[] {
    const { replica } = this;
    if (replica === null) return [];
    replica.baseVersion = message.base_version;
    replica.headVersion = message.head.number;
    this.behind = message.base_version === message.head.number ? null : message;
    return [{ type: "behind", draft: replica, behind: message }];
  }

  /** What stands in the way of a deploy has changed. */
  diagnosed(message: Diagnostics): SessionEvent[] {
    if (this.replica === null) return [];
    this.diagnostics = message.diagnostics;
    return [{ type: "diagnostics", draft: this.replica, diagnostics: message.diagnostics }];
  }

  // ---------------------------------------------------------------- where the others are

  /** Their carets in coordinates of the view. */
  caretsInView(present: ReadonlyMap<string, PresenceEntry>): Caret[] {
    return this.replica === null ? [] : (this.carets?.inView(this.replica.pending, present) ?? []);
  }

  /** Take presence entries of the item that the draft is of. */
  present(entries: readonly PresenceEntry[]): SessionEvent[] {
    if (this.replica === null) return [];
    for (const entry of entries) this.place(entry);
    return [{ type: "carets", draft: this.replica }];
  }

  private place(entry: PresenceEntry): void {
    if (entry.sid === this.line.sid || entry.draft !== this.replica?.id) this.carets?.remove(entry.sid);
    else this.carets?.place(entry);
  }

  // ---------------------------------------------------------------- status

  /** What may be said of saving, now. */
  status(): Status {
    const { replica } = this;
    if (replica === null || this.gone) return "gone";
    if (this.line.signedOut) return "signed_out";
    if (this.trouble !== null) return this.trouble;
    if (!this.line.hears) return replica.hasPending ? "local" : "offline";
    if (replica.hasPending) {
      const since = Math.max(replica.typedMs, this.wentOnMs);
      return this.line.nowMs - since >= WAITING_AFTER_MS ? "waiting" : "saving";
    }
    if (!replica.live) return "saving";
    return replica.may === "type" ? "saved" : "read_only";
  }

  /** Tell the status if it is another than was told last. */
  statusChanged(): SessionEvent[] {
    if (this.replica === null || this.gone) return [];
    const status = this.status();
    if (status === this.told) return [];
    this.told = status;
    return [{ type: "status", draft: this.replica, status }];
  }
}

function changedAtAll(draft: DraftReplica): SessionEvent {
  return { type: "changed", draft, seq: draft.seq, by: null, text: [], structural: true };
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

function haveOf(replica: DraftReplica): Have {
  return { id: replica.id, generation: replica.generation, have: replica.seq, mark: replica.mark, item: replica.item };
}

function isOpen(alert: Alert): boolean {
  return (alert.state ?? "open") === "open";
}
