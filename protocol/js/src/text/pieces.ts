/**
 * A long text in pieces, for many splices one after the other: each costs the pieces that it touches, not the whole.
 *
 * `text.ts` makes a new text of an old one; a thousand small ops on a text of a million characters would copy all of it
 * a thousand times. Both give the same results, refusals included.
 */

import { Problem } from "../errors.js";
import { applySplices, checkSplice, splitsPair, validateInsert } from "./text.js";
import type { Splices } from "./text.js";

export const PIECE_UNITS = 8_192;

/** One text; `apply` changes it. */
export class Pieces {
  private parts: string[];
  private length: number;

  constructor(
    text: string,
    private readonly pieceUnits = PIECE_UNITS,
  ) {
    this.parts = cutUp(text, pieceUnits);
    this.length = text.length;
  }

  /** Put it together. */
  text(): string {
    return this.parts.join("");
  }

  /** Raise Problem as `validateSplices` does. */
  validate(splices: Splices): void {
    let low = 0;
    let part = 0;
    let start = 0;
    for (const [position, del, insert] of splices) {
      const end = position + del;
      checkSplice(position, del, low, this.length, insert);
      for (const place of [position, end]) {
        for (let size = this.part(part).length; part < this.parts.length && start + size <= place; size = this.part(part).length) {
          start += size;
          part++;
        }
        if (splitsPair(this.part(part), place - start)) throw new Problem("half_surrogate");
      }
      if (insert) validateInsert(insert);
      low = end + 1;
    }
    if (splices.length === 0) throw new Problem("bad_splice");
  }

  /** Change the text by splices that are valid for it; give the deleted pieces, one for each. */
  apply(splices: Splices): string[] {
    if (splices.length > this.parts.length) {
      // so many that one pass over the whole is cheaper
      const { text, taken } = applySplices(this.text(), splices);
      this.parts = cutUp(text, this.pieceUnits);
      this.length = text.length;
      return taken;
    }
    const found: string[] = [];
    let part = 0;
    let start = 0;
    let shift = 0;
    for (const [position, del, insert] of splices) {
      const at = position + shift;
      for (let size = this.part(part).length; part < this.parts.length - 1 && start + size < at; size = this.part(part).length) {
        start += size;
        part++;
      }
      found.push(this.splice(part, at - start, del, insert));
      shift += insert.length - del;
    }
    this.length += shift;
    return found;
  }

  private part(index: number): string {
    return this.parts[index] ?? "";
  }

  /** Replace units from `at` in one piece, perhaps reaching into the next ones. */
  private splice(part: number, at: number, del: number, insert: string): string {
    let last = part;
    let units = this.part(part).length;
    while (units < at + del) units += this.part(++last).length;
    const old = last === part ? this.part(part) : this.parts.slice(part, last + 1).join("");
    const made = old.slice(0, at) + insert + old.slice(at + del);
    const long = made.length > 2 * this.pieceUnits;
    if (last === part && !long) this.parts[part] = made;
    else this.parts = this.parts.toSpliced(part, last + 1 - part, ...(long ? cutUp(made, this.pieceUnits) : [made]));
    return old.slice(at, at + del);
  }
}

/** No cut goes through a pair, and no valid splice makes one: so each piece may be looked at by itself. */
function cutUp(text: string, pieceUnits: number): string[] {
  const parts: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = start + pieceUnits;
    const cut = splitsPair(text, end) ? end + 1 : end;
    parts.push(text.slice(start, cut));
    start = cut;
  }
  return parts.length > 0 ? parts : [""];
}
