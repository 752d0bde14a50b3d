/**
 * One draft as a client holds it: what the log says, what of mine is on its way, what the person sees.
 *
 * `view` is always `confirmed` with `inflight` and then `buffer` replayed on it. One batch is in flight at a time; it
 * is sent, and sent again, unchanged, while `here` is what is left of it on `confirmed`. One's own batch is applied as
 * the stream gives it, so that convergence never hangs on the prediction. What can't go on is handed out as texts to
 * park, never dropped. No I/O, no clock, no randomness: the session passes them in.
 */

import { Batch as OpBatch } from "../document/batch.js";
import { checkOp, encodedBytes } from "../wire/codec.js";
import { Doc } from "../document/document.js";
import { opWithLf } from "../document/line-ends.js";
import { Problem } from "../errors.js";
import type { Batch, Edit, MayDo, Opened, Ops, ParkedText, ParkReason, Purpose, State, WriterInfo } from "../wire/messages.js";
import type { ActorInfo, Alert } from "../wire/messages.js";
import { merge } from "../merge/merge.js";
import type { Effect, Json, JsonObject, Op } from "../document/ops.js";
import { compose, follow, land, Lost, rebase } from "../document/rebase.js";
import { Shape } from "../document/shape.js";
import type { ShapeInfo } from "../document/shape.js";
import { composeSplices } from "../text/text.js";
import type { Splices } from "../text/text.js";
import { diffText } from "../text/textdiff.js";
import { isArray, isObject, memberOf, same } from "../document/values.js";

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
  readonly own: boolean; // the batch that was in flight: this is its ack
  readonly typedMs: number | null; // when the first keystroke of an own batch was
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
  readonly seen: number; // the seq on screen at the first keystroke
  readonly atMs: number; // when that was
  readonly ops: readonly Op[];
}
export interface Inflight {
  readonly edit: Edit; // as sent, resent unchanged
  readonly here: readonly Op[]; // what is left of it on `confirmed`
  readonly atMs: number; // when its first keystroke was
  readonly sent: boolean; // on this connection
  readonly doubtful: boolean; // an earlier batch of the same number may yet be committed
  // Texts of it that found no place here any more: the server keeps them when it commits the batch, so they are parked
  // only if it does not.
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
  readonly value: Json; // as confirmed
  readonly w: number;
  readonly last_no: number;
  readonly expects_own: boolean;
  readonly inflight: Inflight | null;
  readonly buffer: Pending | null;
}

export const FRAME_SPARE_BYTES = 4_096; // what stands around the ops of an edit, and what a rebase may add to them
export const VALUE_DEPTH = 3; // a value in an edit's frame stands in the op, the ops and the message
const NOTHING: Absorbed = { batches: [], parked: [], outOfStep: null };
const UNCHANGED: ViewChange = { text: [], structural: false };
const REPLACED: ViewChange = { text: [], structural: true };

export class DraftReplica {
  readonly id: string;
  readonly item: string;
  readonly purpose: Purpose;
  readonly owner: ActorInfo | null;
  generation = 0;
  seq = 0;
  mark = "";
  baseVersion = 0;
  headVersion = 0;
  stands = true;
  may: MayDo = "look";
  why: string | null = null;
  w = 0;
  lastNo = 0;
  readonly writers = new Map<number, WriterInfo>();
  inflight: Inflight | null = null;
  buffer: Pending | null = null;
  live = false; // the stream of this connection has begun
  stopped = false; // reset or gone: nothing may be typed
  confirmed: Doc;
  view: Doc;
  private shape: Shape;
  private shapeInfo: ShapeInfo;
  private expectsOwn = false; // an earlier batch of this session may come back in the stream

  constructor(state: State, value: Json) {
    this.id = state.draft;
    this.item = state.item;
    this.purpose = state.purpose;
    this.owner = state.owner;
    this.shape = Shape.of(state.shape);
    this.shapeInfo = state.shape;
    this.confirmed = this.view = Doc.load(value, this.shape);
    this.adopt(state);
  }

  /** The copy that `save` gave, as it was; whether it may go on the server says. */
  static restore(saved: SavedReplica): DraftReplica {
    const { value, w, last_no, expects_own, inflight, buffer, ...rest } = saved;
    const replica = new DraftReplica({ t: "state", may: "type", your_last_no: last_no, your_w: w, ...rest }, value);
    replica.live = false;
    replica.expectsOwn = expects_own;
    replica.inflight = inflight === null ? null : { ...inflight, sent: false };
    replica.buffer = buffer;
    replica.view = land(replica.confirmed, replica.pending, w).document;
    return replica;
  }

  /** Everything that `restore` needs. */
  save(): SavedReplica {
    return {
      draft: this.id,
      item: this.item,
      purpose: this.purpose,
      owner: this.owner,
      generation: this.generation,
      seq: this.seq,
      mark: this.mark,
      base_version: this.baseVersion,
      head_version: this.headVersion,
      shape: this.shapeInfo,
      value: this.confirmed.value,
      w: this.w,
      last_no: this.lastNo,
      expects_own: this.expectsOwn,
      inflight: this.inflight,
      buffer: this.buffer,
    };
  }

  get hasPending(): boolean {
    return this.inflight !== null || this.buffer !== null;
  }

  /** My ops on `confirmed`, in order: `view` is `confirmed` with these replayed. */
  get pending(): readonly Op[] {
    return [...(this.inflight?.here ?? []), ...(this.buffer?.ops ?? [])];
  }

  // ---------------------------------------------------------------- my edits

  /** When the oldest of all that is pending was typed. */
  get typedMs(): number {
    return this.first().atMs;
  }

  /** How much is not in the log yet: characters that were typed and deleted, and those of values, as JSON. */
  get backlog(): number {
    return this.pending.reduce((sum, op) => sum + charactersOf(op), 0);
  }

  /**
   * Do `ops` to the view at once. Raises Problem, and changes nothing, if one does not fit; `frameBytes` is the largest
   * frame: what could not be sent with all that waits is too_large.
   */
  edit(ops: readonly Op[], nowMs: number, frameBytes = Infinity): void {
    if (this.stopped) throw new Problem("generation_changed");
    if (this.may !== "type") throw new Problem(this.why ?? "read_only");
    const batch = new OpBatch(this.view);
    const done: Op[] = [];
    const names = new Map<string, string>();
    if (!Array.isArray(ops)) throw new Problem("bad_op", "Ops come in an array.");
    for (const given of ops) {
      checkOp(given, VALUE_DEPTH);
      const op = opWithLf(batch.structure, names.size > 0 ? follow(given, names) : given);
      batch.check(op);
      const applied = batch.apply(op, this.w);
      if (applied.effect === null) throw new Problem("no_such_place", op.at);
      done.push(applied.renamed.size > 0 ? withValueOf(op, applied.effect.op) : op);
      for (const [id, name] of applied.renamed) names.set(id, name);
    }
    const { seen, atMs } = this.buffer ?? { seen: this.seq, atMs: nowMs };
    const all = compose(this.buffer?.ops ?? [], done);
    if (encodedBytes(all, frameBytes - FRAME_SPARE_BYTES) > frameBytes - FRAME_SPARE_BYTES) {
      throw new Problem("too_large", "This is too large for one edit. Save it as a whole document.");
    }
    this.view = batch.document();
    this.buffer = all.length > 0 ? { seen, atMs, ops: all } : null;
  }

  /**
   * The edit to send now: the one in flight if this connection has not had it, else the buffer. Of a buffer with more
   * than `mostOps` the first ones go, the rest waits for their ack.
   */
  takeEdit(newKey: () => string, mostOps = Infinity): Edit | null {
    if (!this.live || this.stopped) return null;
    if (this.inflight === null && this.buffer !== null && this.may === "type") {
      const { seen, atMs } = this.buffer;
      const ops = this.buffer.ops.slice(0, mostOps);
      const rest = this.buffer.ops.slice(ops.length);
      const edit: Edit = {
        t: "edit",
        draft: this.id,
        generation: this.generation,
        base: this.seq,
        mark: this.mark,
        seen: Math.min(seen, this.seq),
        no: this.lastNo + 1,
        key: newKey(),
        ops,
      };
      this.inflight = { edit, here: ops, atMs, sent: false, doubtful: this.expectsOwn, lost: [] };
      this.expectsOwn = false;
      this.buffer = rest.length > 0 ? { ...this.buffer, ops: rest } : null;
    }
    if (this.inflight === null || this.inflight.sent) return null;
    this.inflight = { ...this.inflight, sent: true };
    return this.inflight.edit;
  }

  /** The connection ended, or the server asks to try again: what is in flight goes out once more. */
  unsend(): void {
    if (this.inflight !== null) this.inflight = { ...this.inflight, sent: false };
  }

  // ---------------------------------------------------------------- the stream

  /** The server goes on from what this copy has. */
  reopen(opened: Opened): void {
    this.live = true;
    this.may = opened.may;
    this.why = opened.why ?? null;
    this.know(opened.writers ?? [], opened.your_w ?? 0);
  }

  /** Take those batches of the log that follow on what this copy has. */
  receive(message: Ops, sid: string): Absorbed {
    for (const writer of message.writers ?? []) {
      this.writers.set(writer.w, writer);
      if (writer.sid === sid) this.w = writer.w;
    }
    if (message.generation < this.generation) return NOTHING;
    if (message.generation > this.generation) return { ...NOTHING, outOfStep: "other_log" };
    if (message.from > this.seq) return { ...NOTHING, outOfStep: "gap" };
    const batches: AbsorbedBatch[] = [];
    const parked: Parking[] = [];
    for (const batch of message.batches.slice(this.seq - message.from)) {
      const taken = this.take(batch, parked);
      if (taken === null) return { batches, parked, outOfStep: "other_log" };
      batches.push(taken);
    }
    if (this.seq === message.to) this.mark = message.mark;
    if (batches.length > 0) this.stands = true;
    return { batches, parked, outOfStep: null };
  }

  private take(batch: Batch, parked: Parking[]): AbsorbedBatch | null {
    const [w, no, ops, alerts = []] = batch;
    const next = land(this.confirmed, ops, w);
    const effects = next.effects.filter((effect): effect is Effect => !(effect instanceof Lost));
    if (effects.length < ops.length) return null; // an effect of the log always has its place
    const mine = this.w !== 0 && w === this.w && no > this.lastNo;
    const { inflight } = this;
    const own = mine && no === inflight?.edit.no;
    let change: ViewChange;
    if (own) change = this.acknowledge(inflight, next.document, effects, parked);
    else if (mine) {
      this.parkLost(inflight, parked);
      change = this.remerge(this.confirmed, next.document, parked);
    } else change = this.absorb(next.document, effects, parked);
    if (mine) {
      this.lastNo = no;
      this.expectsOwn = false;
    }
    this.seq++;
    const typedMs = own ? (inflight?.atMs ?? null) : null;
    return { seq: this.seq, w, no, by: this.writers.get(w) ?? null, own, typedMs, effects, change, alerts: alerts.filter((alert) => typeof alert !== "string") };
  }

  /** A foreign batch: what is pending is carried over it, and it over what is pending. */
  private absorb(next: Doc, effects: readonly Effect[], parked: Parking[]): ViewChange {
    if (!this.hasPending) {
      this.confirmed = this.view = next;
      return changeOf(effects);
    }
    const before = this.view;
    const given = this.pending;
    const { ops, over, renamed } = rebase(given, effects, { w: this.w, head: next });
    const landed = land(next, ops, this.w);
    const reshaped =
      renamed.size + landed.renamed.size > 0 || landed.effects.some((effect) => effect instanceof Lost && !effect.moot);
    this.confirmed = next;
    this.view = landed.document;
    this.keep(given, ops, landed.effects, parked);
    return verified(
      over.filter((effect) => effect !== null),
      before,
      this.view,
      reshaped,
    );
  }

  /** Keep of the pending ops what has landed; hand out the texts of the buffer that found no place. */
  private keep(
    given: readonly Op[],
    ops: readonly (Op | Lost)[],
    effects: readonly (Effect | Lost)[],
    parked: Parking[],
  ): void {
    const inFlight = this.inflight?.here.length ?? 0;
    const kept: [Op[], Op[]] = [[], []];
    const texts: [ParkedText[], ParkedText[]] = [[], []];
    asLanded(ops, effects).forEach((op, i) => {
      const where = i < inFlight ? 0 : 1;
      if (!(op instanceof Lost)) kept[where].push(op);
      else if (!op.moot) texts[where].push(...textsOf(given[i] as Op));
    });
    if (this.inflight !== null) {
      this.inflight = { ...this.inflight, here: kept[0], lost: [...this.inflight.lost, ...texts[0]] };
    }
    if (this.buffer !== null) this.buffer = kept[1].length > 0 ? { ...this.buffer, ops: kept[1] } : null;
    if (texts[1].length > 0) parked.push({ reason: "conflict", code: "lost_target", base: this.seq + 1, texts: texts[1] });
  }

  /** My batch in the stream: the log's word counts, whatever was predicted. */
  private acknowledge(inflight: Inflight, next: Doc, effects: readonly Effect[], parked: Parking[]): ViewChange {
    const base = this.confirmed;
    const predicted = land(base, inflight.here, this.w);
    this.inflight = null;
    this.confirmed = next;
    if (sameOps(effectsOf(predicted.effects), effects)) {
      if (this.buffer === null) this.view = next;
      return UNCHANGED;
    }
    if (inflight.doubtful) {
      this.parkLost(inflight, parked);
      return this.remerge(base, next, parked);
    }
    const before = this.view;
    const names = renamedBetween(effectsOf(predicted.effects), effects);
    const ops = (this.buffer?.ops ?? []).map((op) => follow(op, names));
    const landed = land(next, ops, this.w);
    const kept = asLanded(ops, landed.effects).filter((op): op is Op => !(op instanceof Lost));
    if (names.size > 0 && kept.length === ops.length) {
      this.view = landed.document;
      if (this.buffer !== null) this.buffer = { ...this.buffer, ops: kept };
      return same(before.value, this.view.value) ? UNCHANGED : REPLACED;
    }
    return this.remerge(predicted.document, next, parked);
  }

  /** Put the view on another state by three-way merge: nothing is in flight after this, conflicts are parked. */
  private remerge(base: Doc, next: Doc, parked: Parking[]): ViewChange {
    const of = (side: Doc): Doc => (side.shape === next.shape ? side : Doc.load(side.value, next.shape));
    const { ops, conflicts } = merge(of(base), of(this.view), next);
    const { seen, atMs } = this.first();
    this.confirmed = next;
    this.view = land(next, ops, this.w).document;
    this.inflight = null;
    this.buffer = ops.length > 0 ? { seen, atMs, ops } : null;
    if (conflicts.length > 0) {
      const texts = conflicts.map(({ address, mine, base: was }): ParkedText => ({ at: address, mine, base: was }));
      parked.push({ reason: "conflict", code: "stale", base: this.seq, texts });
    }
    return REPLACED;
  }

  /** The server sent a whole state: what it has of mine is dropped, the rest is merged from my own confirmed copy. */
  replace(state: State, value: Json): readonly Parking[] {
    const parked: Parking[] = [];
    this.shape = Shape.of(state.shape);
    this.shapeInfo = state.shape;
    const next = Doc.load(value, this.shape);
    if (this.hasPending) {
      let base = this.confirmed;
      if (this.inflight !== null) {
        const settled = this.inflight.edit.no <= (state.your_last_no ?? 0);
        if (settled) base = land(base, this.inflight.here, this.w).document;
        else {
          this.parkLost(this.inflight, parked);
          this.expectsOwn = true;
        }
      }
      this.remerge(base, next, parked);
    } else {
      this.confirmed = this.view = next;
    }
    this.adopt(state);
    return parked;
  }

  private adopt(state: State): void {
    this.generation = state.generation;
    this.seq = state.seq;
    this.mark = state.mark;
    this.baseVersion = state.base_version;
    this.headVersion = state.head_version;
    this.stands = state.stands ?? true;
    this.may = state.may;
    this.why = state.why ?? null;
    this.lastNo = state.your_last_no ?? 0;
    this.know(state.writers ?? [], state.your_w ?? 0);
    this.live = true;
    this.stopped = false;
  }

  private know(writers: readonly WriterInfo[], w: number): void {
    for (const writer of writers) this.writers.set(writer.w, writer);
    if (w) this.w = w;
  }

  // ---------------------------------------------------------------- what can't go on

  /** The batch in flight was refused: its text is handed out, the view falls back to what is left. */
  refuse(code: string): readonly Parking[] {
    const { inflight } = this;
    if (inflight === null) return [];
    const withIt = land(this.confirmed, inflight.here, this.w).document;
    const texts = [...inflight.lost, ...textsBetween(this.confirmed, withIt, inflight.here)];
    const parked: Parking[] = [{ reason: "refused", code, base: this.seq, texts }];
    this.remerge(withIt, this.confirmed, parked);
    return parked.filter((parking) => parking.texts.length > 0);
  }

  /** A batch of this number is in the log already: wait for it in the stream, then merge what is more. */
  doubt(): readonly Parking[] {
    const parked: Parking[] = [];
    this.parkLost(this.inflight, parked);
    const ops = this.pending;
    this.buffer = ops.length > 0 ? { ...this.first(), ops } : null;
    this.inflight = null;
    this.expectsOwn = true;
    return parked;
  }

  /** The batch in flight goes on in another form: what it has lost on the way would be in nobody's hands. */
  private parkLost(inflight: Inflight | null, parked: Parking[]): void {
    if (inflight === null || inflight.lost.length === 0) return;
    parked.push({ reason: "conflict", code: "lost_target", base: this.seq, texts: inflight.lost });
  }

  /** What was on screen, and when, at the first keystroke of all that is pending. */
  private first(): { seen: number; atMs: number } {
    if (this.inflight !== null) return { seen: this.inflight.edit.seen, atMs: this.inflight.atMs };
    return { seen: this.buffer?.seen ?? this.seq, atMs: this.buffer?.atMs ?? 0 };
  }

  /** Give up all that is pending; its texts are handed out. */
  giveUp(reason: ParkReason, code: string): Parking | null {
    const parking = this.unsaved(reason, code);
    if (this.hasPending) {
      this.inflight = this.buffer = null;
      this.view = this.confirmed;
    }
    return parking;
  }

  /** The texts of all that is pending, which stays in the view. */
  unsaved(reason: ParkReason, code: string): Parking | null {
    if (!this.hasPending) return null;
    const texts = [...(this.inflight?.lost ?? []), ...textsBetween(this.confirmed, this.view, this.pending)];
    return texts.length > 0 ? { reason, code, base: this.seq, texts } : null;
  }

  /** Another log has given the numbers of this one's writers to others, mine too. */
  forgetWriters(): void {
    this.w = 0;
    this.writers.clear();
  }
}

function effectsOf(landed: readonly (Effect | Lost)[]): Effect[] {
  return landed.filter((effect): effect is Effect => !(effect instanceof Lost));
}

function sameOps(left: readonly Effect[], right: readonly Effect[]): boolean {
  const said = (effects: readonly Effect[]): Op[] =>
    effects.map(({ op }) => op).filter((op) => op.op !== "text" || op.s.length > 0);
  return same(said(left) as unknown as Json, said(right) as unknown as Json);
}

/** Which of the ids that I thought to make have other names in the log. */
function renamedBetween(predicted: readonly Effect[], actual: readonly Effect[]): Map<string, string> {
  const names = new Map<string, string>();
  predicted.forEach((effect, i) => {
    const made = effect.made ?? [];
    const other = actual[i]?.made ?? [];
    if (made.length !== other.length) return;
    made.forEach((id, k) => {
      const name = other[k];
      if (name !== undefined && name !== id) names.set(id, name);
    });
  });
  return names;
}

/** The ops with the ids that they came to have: one that lost its name to another is followed from there on only. */
function asLanded(ops: readonly (Op | Lost)[], effects: readonly (Effect | Lost)[]): (Op | Lost)[] {
  const names = new Map<string, string>();
  return ops.map((op, i) => {
    const effect = effects[i] as Effect | Lost;
    if (effect instanceof Lost) return effect;
    if (op instanceof Lost) return op;
    const followed = names.size > 0 ? follow(op, names) : op;
    const made = withValueOf(followed, effect.op);
    if (made !== followed) noteRenamed(followed, made, names);
    return made;
  });
}

function noteRenamed(given: Op, made: Op, names: Map<string, string>): void {
  if ((given.op !== "insert" && given.op !== "set") || (made.op !== "insert" && made.op !== "set")) return;
  const walk = (was: Json, now: Json): void => {
    if (isArray(was)) was.forEach((element, i) => walk(element, (now as readonly Json[])[i] as Json));
    if (!isObject(was)) return;
    const id = memberOf(was, "id");
    const name = memberOf(now as JsonObject, "id");
    if (typeof id === "string" && typeof name === "string" && id !== name) names.set(id, name);
    for (const [member, value] of Object.entries(was)) walk(value, (now as JsonObject)[member] as Json);
  };
  walk(given.v, made.v);
}

/** The op with the value that was really made: ids in it may have been renamed. */
function withValueOf(op: Op, made: Op): Op {
  if (op.op === "insert" && made.op === "insert") return { ...op, v: made.v };
  if (op.op === "set" && made.op === "set") return { ...op, v: made.v };
  return op;
}

function changeOf(effects: readonly Effect[]): ViewChange {
  const text: TextChange[] = [];
  let structural = false;
  for (const { op } of effects) {
    if (op.op === "text") text.push({ at: op.at, s: op.s });
    else structural = true;
  }
  return { text, structural };
}

/** The change as splices that surely lead from the one view to the other: where the carried ones don't, a difference. */
function verified(effects: readonly Effect[], before: Doc, after: Doc, reshaped: boolean): ViewChange {
  const { text, structural } = changeOf(effects);
  const whole = new Map<string, Splices>();
  for (const { at, s } of text) whole.set(at, composeSplices(whole.get(at) ?? [], s));
  const changes: TextChange[] = [];
  for (const [at, s] of whole) {
    const from = before.get(at);
    const to = after.get(at);
    if (typeof from !== "string" || typeof to !== "string") continue; // a change of structure tells
    changes.push({ at, s: leadsTo(s, from, to) ? s : diffText(from, to) });
  }
  return { text: changes.filter(({ s }) => s.length > 0), structural: structural || reshaped };
}

function leadsTo(splices: Splices, from: string, to: string): boolean {
  const last = splices.at(-1);
  if (last !== undefined && last[0] + last[1] > from.length) return false;
  let out = "";
  let done = 0;
  for (const [position, del, insert] of splices) {
    out += from.slice(done, position) + insert;
    done = position + del;
  }
  return out + from.slice(done) === to;
}

/** The texts of a lost op, as its writer typed them. */
function textsOf(op: Op): ParkedText[] {
  switch (op.op) {
    case "text": {
      const typed = op.s.map(([, , insert]) => insert).join("");
      return typed ? [{ at: op.at, mine: typed }] : [];
    }
    case "set":
    case "insert":
      return [{ at: op.at, mine: op.v }];
    default:
      return [];
  }
}

/** The leaves and members that ops touch, as they read with them and without. */
export function textsBetween(without: Doc, withThem: Doc, ops: readonly Op[]): ParkedText[] {
  const texts: ParkedText[] = [];
  const places = new Set(ops.map((op) => op.at));
  for (const at of places) {
    const mine = withThem.get(at);
    const base = without.get(at);
    if (mine == null || same(mine, base)) continue; // what was cleared is no text
    texts.push(base == null ? { at, mine } : { at, mine, base });
  }
  return texts;
}

function charactersOf(op: Op): number {
  if (op.op === "text") return op.s.reduce((sum, [, deleted, inserted]) => sum + deleted + inserted.length, 0);
  return op.op === "set" || op.op === "insert" ? JSON.stringify(op.v).length : 1;
}
