/**
 * Where the others are in one draft: their carets and selections, moved with the log.
 *
 * Kept in coordinates of the confirmed state, shown in those of the view. An edit implies its caret, so a presence
 * entry that is older than its session's last edit says nothing. One that is newer than this copy waits for its seq;
 * one older than the kept history (256 batches) is left out until the next.
 */

import { carry } from "../document/carry.js";
import type { PresenceEntry } from "../wire/messages.js";
import type { Effect, Op } from "../document/ops.js";
import type { AbsorbedBatch } from "./replica.js";

const KEPT_BATCHES = 256;

/** One caret in coordinates of the view; `anchor` equals `head` where nothing is selected. */
export interface Caret {
  readonly sid: string;
  readonly at: string;
  readonly anchor: number;
  readonly head: number;
  readonly entry: PresenceEntry;
}

interface Spot {
  readonly at: string;
  readonly anchor: number;
  readonly head: number;
  readonly since: number; // the seq in which its session put it there
}

export class Carets {
  private readonly spots = new Map<string, Spot>();
  private readonly waiting = new Map<string, PresenceEntry>();
  private readonly history: (readonly Effect[])[] = [];

  constructor(private seq: number) {}

  /** Take what a presence entry says. */
  place(entry: PresenceEntry): void {
    const { sid, at, anchor = 0, head = 0, seq = 0 } = entry;
    const known = this.spots.get(sid);
    if (at == null) {
      this.remove(sid);
      return;
    }
    if (known !== undefined && seq < known.since) return;
    if (seq > this.seq) {
      this.waiting.set(sid, entry);
      return;
    }
    const behind = this.seq - seq;
    if (behind > this.history.length) return;
    const effects = this.history.slice(this.history.length - behind).flat();
    this.put(sid, moved({ at, anchor, head, since: seq }, effects));
  }

  remove(sid: string): void {
    this.spots.delete(sid);
    this.waiting.delete(sid);
  }

  /** Follow a batch of the log. */
  absorb(batch: AbsorbedBatch): void {
    this.seq = batch.seq;
    this.history.push(batch.effects);
    if (this.history.length > KEPT_BATCHES) this.history.shift();
    for (const [sid, spot] of this.spots) this.put(sid, moved(spot, batch.effects));
    const sid = batch.by?.sid;
    const implied = batch.own || sid === undefined ? null : impliedBy(batch.effects, batch.seq);
    if (sid !== undefined && implied !== null) this.spots.set(sid, implied);
    for (const [other, entry] of this.waiting) {
      if ((entry.seq ?? 0) > this.seq) continue;
      this.waiting.delete(other);
      this.place(entry);
    }
  }

  /** All carets of sessions that are present, after `pending` ops that only this client has. */
  inView(pending: readonly Op[], present: ReadonlyMap<string, PresenceEntry>): Caret[] {
    const effects = pending.map((op): Effect => ({ op, took: { took: "nothing" } }));
    const carets: Caret[] = [];
    for (const [sid, spot] of this.spots) {
      const entry = present.get(sid);
      const here = moved(spot, effects);
      if (entry !== undefined && here !== null) {
        carets.push({ sid, at: here.at, anchor: here.anchor, head: here.head, entry });
      }
    }
    return carets;
  }

  private put(sid: string, spot: Spot | null): void {
    if (spot === null) this.spots.delete(sid);
    else this.spots.set(sid, spot);
  }
}

function moved(spot: Spot, effects: readonly Effect[]): Spot | null {
  const backwards = spot.head < spot.anchor;
  const [start, end] = backwards ? [spot.head, spot.anchor] : [spot.anchor, spot.head];
  const range = carry({ at: spot.at, start, end }, effects);
  if (range === null) return null;
  const [from, to] = [range.start ?? 0, range.end ?? 0];
  return { ...spot, anchor: backwards ? to : from, head: backwards ? from : to };
}

/** The caret that typing leaves behind: after the last thing inserted. */
function impliedBy(effects: readonly Effect[], seq: number): Spot | null {
  const last = effects.findLast(({ op }) => op.op === "text" && op.s.length > 0)?.op;
  if (last?.op !== "text") return null;
  let shift = 0;
  let head = 0;
  for (const [position, del, insert] of last.s) {
    head = position + shift + insert.length;
    shift += insert.length - del;
  }
  return { at: last.at, anchor: head, head, since: seq };
}
