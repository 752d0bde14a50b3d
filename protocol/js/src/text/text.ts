/**
 * Splices of one text leaf: check, apply, transform, compose, invert. Pure; nothing here knows a document.
 *
 * A splice is `[pos, delete, insert]` in UTF-16 units of the text before the op. A list of splices is *canonical*
 * if it ascends, no two touch (`next.pos > pos + delete`) and none is empty. The insert of a splice stands before
 * the range that it deletes; so what is typed by others inside a deleted range comes right of it. All functions
 * take canonical lists and give canonical lists; the empty list changes nothing.
 *
 * TP1 holds for `transform`: `apply(apply(t, a), transform(b, a, true))` equals
 * `apply(apply(t, b), transform(a, b, false))`; a is then the earlier in server order and stays left.
 */

import { Problem } from "../errors.js";

/** `[pos, delete, insert]`, in the coordinates of the state before the op. */
export type Splice = readonly [pos: number, del: number, ins: string];
export type Splices = readonly Splice[];

/** Raise Problem unless the splices are canonical and fit `text`. */
export function validateSplices(splices: Splices, text: string): void {
  let low = 0;
  for (const [position, del, insert] of splices) {
    const end = position + del;
    checkSplice(position, del, low, text.length, insert);
    if (splitsPair(text, position) || splitsPair(text, end)) throw new Problem("half_surrogate");
    if (insert) validateInsert(insert);
    low = end + 1;
  }
  if (splices.length === 0) throw new Problem("bad_splice");
}

/** Raise Problem unless a splice stands at `low` or behind it and ends within a text of `size` units. */
export function checkSplice(position: number, del: number, low: number, size: number, insert: string): void {
  if (position < low || del < 0 || !(del || insert)) {
    throw new Problem(position >= 0 ? "bad_splice" : "out_of_range");
  }
  if (position + del > size) throw new Problem("out_of_range");
}

/** Raise Problem if text that is put in has what no text may have: CR, U+0000, half of a pair. */
export function validateInsert(insert: string): void {
  if (insert.includes("\r") || insert.includes("\0")) throw new Problem("bad_text");
  if (!isWellFormed(insert)) throw new Problem("half_surrogate");
}

/** Say whether every surrogate stands in a pair. */
export function isWellFormed(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (unit > 0xdbff || !isLow(text, i + 1)) return false;
    i++;
  }
  return true;
}

function isLow(text: string, at: number): boolean {
  return (text.charCodeAt(at) & 0xfc00) === 0xdc00; // NaN & … is 0
}

/** Say whether `position` lies between the two halves of a pair. */
export function splitsPair(text: string, position: number): boolean {
  return position > 0 && isLow(text, position) && (text.charCodeAt(position - 1) & 0xfc00) === 0xd800;
}

/** The new text and the deleted pieces, one per splice; the splices must be valid for `text`. */
export function applySplices(text: string, splices: Splices): { text: string; taken: string[] } {
  let out = "";
  let done = 0;
  const taken: string[] = [];
  for (const [position, del, insert] of splices) {
    out += text.slice(done, position) + insert;
    done = position + del;
    taken.push(text.slice(position, done));
  }
  return { text: out + text.slice(done), taken };
}

/** `splices` as they read after `over`, both made for one and the same text; `overFirst`: `over` stays left of mine. */
export function transformSplices(splices: Splices, over: Splices, overFirst: boolean): Splices {
  const out = new Builder();
  const mine = new Reader(splices);
  const theirs = new Reader(over);
  while (mine.live) {
    if (theirs.insert && (overFirst || !mine.insert)) {
      out.retain(theirs.insert.length);
      theirs.insert = "";
    } else if (mine.insert) {
      out.insert(mine.insert);
      mine.insert = "";
    } else {
      const step = Math.min(mine.run, theirs.run);
      if (!theirs.deletes) {
        if (mine.deletes) out.delete(step);
        else out.retain(step);
      }
      mine.advance(step);
      theirs.advance(step);
    }
  }
  return out.done();
}

/** One list that does what `first` and, in the coordinates after it, `then` do. */
export function composeSplices(first: Splices, then: Splices): Splices {
  if (first.length === 0) return then;
  if (then.length === 0) return first;
  const out = new Builder();
  const a = new Reader(first);
  const b = new Reader(then);
  while (a.live || b.live) {
    if (b.insert) {
      out.insert(b.insert);
      b.insert = "";
    } else if (a.insert) {
      // b's run covers (a part of) what a inserted: dropped or kept
      const step = Math.min(a.insert.length, b.run);
      if (!b.deletes) out.insert(a.insert.slice(0, step));
      a.insert = a.insert.slice(step);
      b.advance(step);
    } else if (a.deletes) {
      out.delete(a.run);
      a.advance(a.run);
    } else {
      const step = Math.min(a.run, b.run);
      if (b.deletes) out.delete(step);
      else out.retain(step);
      a.advance(step);
      b.advance(step);
    }
  }
  return out.done();
}

/** What undoes `splices`, in the coordinates after them; `taken` as `applySplices` gave it. */
export function invertSplices(splices: Splices, taken: readonly string[]): Splices {
  let shift = 0;
  return splices.map(([position, del, insert], i): Splice => {
    const splice: Splice = [position + shift, insert.length, taken[i] ?? ""];
    shift += insert.length - del;
    return splice;
  });
}

/** Drop empty splices and join touching ones; the list must ascend without overlap. */
export function canonicalSplices(splices: Splices): Splices {
  const out = new Builder();
  for (const [position, del, insert] of splices) {
    out.retain(position - out.position);
    out.insert(insert);
    out.delete(del);
  }
  return out.done();
}

/**
 * Say whether two different changes made for one text get into each other's way: different text at one point; one
 * inserts strictly inside what the other deletes; deletes share a unit and at least one also inserts.
 */
export function clashes([p, d, i]: Splice, [q, e, j]: Splice): boolean {
  if (i && j && p === q && i !== j) return true;
  if ((i && q < p && p < q + e) || (j && p < q && q < p + d)) return true;
  return Math.max(p, q) < Math.min(p + d, q + e) && Boolean(i || j) && !(p === q && d === e && i === j);
}

/** The smallest single splice that turns `before` into `after`; empty if they are equal. Never cuts a pair. */
export function differenceOf(before: string, after: string): Splices {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (splitsPair(before, start) || splitsPair(after, start)) start--;
  let end = 0;
  while (end < most - start && before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)) {
    end++;
  }
  if (splitsPair(before, before.length - end) || splitsPair(after, after.length - end)) end--;
  return [[start, before.length - end - start, after.slice(start, after.length - end)]];
}

const FOREVER = 2 ** 50;

/** Reads splices as a stream: an insert (if not empty), then a run of units that are kept or deleted. */
class Reader {
  insert = "";
  deletes = false;
  run = 0;
  live = true; // false once only the endless kept tail is left
  private next = 0;
  private at = 0; // coordinate up to which runs were handed out

  constructor(private readonly splices: Splices) {
    this.load();
  }

  advance(step: number): void {
    this.run -= step;
    if (this.run === 0) this.load();
    else if (this.run > FOREVER / 2) this.live = this.insert !== "";
  }

  /** Take the next run; a splice begins with the kept run before it. */
  private load(): void {
    const splice = this.splices[this.next];
    if (splice === undefined) {
      this.live = false;
      this.deletes = false;
      this.run = FOREVER;
      return;
    }
    const [position, del, insert] = splice;
    if (this.at < position) {
      this.deletes = false;
      this.run = position - this.at;
      this.at = position;
      return;
    }
    this.next++;
    this.insert = insert;
    const follow = this.splices[this.next];
    if (del) {
      this.deletes = true;
      this.run = del;
      this.at = position + del;
    } else if (follow !== undefined) {
      this.deletes = false;
      this.run = follow[0] - position;
      this.at = follow[0];
    } else {
      this.deletes = false;
      this.run = FOREVER;
    }
  }
}

/** Collects a canonical list; whatever no kept unit separates becomes one splice. */
class Builder {
  position = 0;
  private readonly out: Splice[] = [];
  private start = 0;
  private del = 0;
  private ins = "";

  retain(count: number): void {
    if (count) {
      this.flush();
      this.position += count;
      this.start = this.position;
    }
  }

  insert(text: string): void {
    this.ins += text;
  }

  delete(count: number): void {
    this.del += count;
    this.position += count;
  }

  private flush(): void {
    if (this.del || this.ins) {
      this.out.push([this.start, this.del, this.ins]);
      this.del = 0;
      this.ins = "";
    }
  }

  done(): Splices {
    this.flush();
    return this.out;
  }
}

/** Move both ends of a span; where the biases would cross the ends of an empty one, both are its end. */
export function carrySpan(
  start: number,
  end: number,
  splices: Splices,
  startAfter: boolean,
  endAfter: boolean,
): [start: number, end: number] {
  const to = carryPoint(end, splices, endAfter);
  return [Math.min(carryPoint(start, splices, startAfter), to), to];
}

/** Move one point; `after` decides for an insert exactly at it. */
export function carryPoint(point: number, splices: Splices, after: boolean): number {
  let shift = 0;
  for (const [position, del, insert] of splices) {
    if (point < position || (point === position && !after)) break;
    if (point <= position + del) return position + shift + insert.length;
    shift += insert.length - del;
  }
  return point + shift;
}
