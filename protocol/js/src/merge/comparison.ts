/**
 * The difference of two documents as people read it: members, elements that moved, lines and words. Pure.
 *
 * `diff` gives ops that lead from one document to another; this gives what a person wants to see of it. Elements of keyed
 * arrays are matched by id wherever they stand; the elements that are told to have moved are the fewest that explain the
 * new order. Texts are matched by lines as `textdiff` does, changed blocks by words. There is no deadline: a text larger
 * than `MAX_COMPARED` units or `MAX_LINES` lines, both sides counted, is trimmed at its equal ends and the rest is one
 * block, which says so.
 *
 * The answer is plain JSON, member for member that of `draftwire.rest.diff`; members with their default are left out.
 */

import { escapeToken, parseAddress } from "../document/address.js";
import { Doc } from "../document/document.js";
import { Problem } from "../errors.js";
import { scanElement } from "../document/ids.js";
import type { Homes } from "../document/ids.js";
import type { Json, JsonObject } from "../document/ops.js";
import type { Place, Shape } from "../document/shape.js";
import { codePoints, hunksOf, linesOf, longestAscent, MAX_REFINED, offsetsOf, tokensOf } from "../text/textdiff.js";
import type { Hunk } from "../text/textdiff.js";
import { isArray, isMarker, isObject, memberOf, same } from "../document/values.js";

export const CONTEXT_LINES = 3;
export const MAX_COMPARED = 1 << 20; // units of both sides of one text
export const MAX_LINES = 20_000; // of both sides
const LABELS = ["summary", "label", "title", "name"]; // members that say what an element is
const MAX_LABEL = 60; // code points

/** From, to, in UTF-16 units. */
export type Span = readonly [start: number, end: number];

/** A position in a keyed array, counted from 0, and the element left of it there. */
export interface Spot {
  readonly array: string;
  readonly position: number;
  readonly after?: string;
}

/** One line without its line feed (`ended` false: it has none), numbered from 1 on each side that has it. */
export interface TextLine {
  readonly kind: "same" | "removed" | "added";
  readonly text: string;
  readonly old?: number;
  readonly new?: number;
  /** What of it differs; without it the line is new, or gone, as a whole. */
  readonly words?: readonly Span[];
  readonly ended?: boolean;
}

/** Lines that changed, with those around them; of no lines, `from` is the line before which they would stand. */
export interface TextHunk {
  readonly old_from: number;
  readonly old_lines: number;
  readonly new_from: number;
  readonly new_lines: number;
  readonly lines: readonly TextLine[];
}

/** A change has an address, which holds in both documents where both have the place, and a label for people. */
export type Change = { readonly at: string; readonly label: string } & (
  | { readonly change: "member_added"; readonly new: Json }
  | { readonly change: "member_removed"; readonly old: Json }
  | { readonly change: "member_changed"; readonly old: Json; readonly new: Json }
  | { readonly change: "element_added"; readonly to: Spot; readonly new: Json }
  | { readonly change: "element_removed"; readonly was: Spot; readonly old: Json }
  | { readonly change: "element_moved"; readonly was: Spot; readonly to: Spot }
  | {
      readonly change: "text_changed";
      readonly removed_lines: number;
      readonly added_lines: number;
      readonly hunks: readonly TextHunk[];
      /** Too large to be compared line by line: what lies between equal ends is one block. */
      readonly coarse?: boolean;
    }
);

/** All that differs, in the order of the new document; no changes: the same content. */
export interface Comparison {
  readonly changes: readonly Change[];
}

type Maybe = Json | undefined;

/** What differs, with `context` lines around changed ones. Raises Problem for bad or doubled ids. */
export function compare(before: Json, after: Json, shape: Shape, context = CONTEXT_LINES): Comparison {
  const comparer = new Comparer(Doc.load(before, shape), Doc.load(after, shape), context);
  comparer.members("", shape.root, before as JsonObject, after as JsonObject);
  return { changes: comparer.changes };
}

/** The hunks of two texts, and whether they were too large to be compared line by line. */
export function compareText(before: string, after: string, context = CONTEXT_LINES): { hunks: TextHunk[]; coarse: boolean } {
  const [a, b] = [linesOf(before), linesOf(after)];
  const coarse = before.length + after.length > MAX_COMPARED || a.length + b.length > MAX_LINES;
  const blocks = coarse ? trimmedLines(a, b) : hunksOf(a, b);
  return { hunks: groupsOf(blocks, context).map((group) => hunkOf(a, b, group, context)), coarse };
}

/** One comparison; `both` are the elements that both documents have, where ops could follow them. */
class Comparer {
  readonly changes: Change[] = [];
  private readonly was: ReadonlyMap<string, Spot>;
  private readonly is: ReadonlyMap<string, Spot>;
  private readonly both: ReadonlySet<string>;

  constructor(
    private readonly before: Doc,
    private readonly after: Doc,
    private readonly context: number,
  ) {
    this.was = this.track(before);
    this.is = this.track(after);
    this.both = new Set([...this.is.keys()].filter((id) => this.was.has(id) && this.isAlike(id)));
  }

  // Which elements are known by their ids

  /** Where each element stands that is reached through objects and transparent arrays. */
  private track(side: Doc): Map<string, Spot> {
    const found = new Map<string, Spot>();
    this.trackIn(side.value, "", side.shape.root, found);
    return found;
  }

  private trackIn(value: Json, at: string, place: Place, found: Map<string, Spot>): void {
    if (place.dead) return;
    if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        if (isObject(member) || isArray(member)) {
          this.trackIn(member, `${at}/${escapeToken(name)}`, place.member(name), found);
        }
      }
    } else if (!isArray(value)) {
      return;
    } else if (place.keyed) {
      let left: string | null = null;
      value.forEach((element, position) => {
        const id = idOf(element);
        found.set(id, left === null ? { array: at, position } : { array: at, position, after: left });
        left = id;
        this.trackIn(element, escapeToken(id), place.element(), found);
      });
    } else if (this.isTransparent(at, place)) {
      value.forEach((element, i) => {
        if (isObject(element) || isArray(element)) this.trackIn(element, `${at}/${i}`, place.element(), found);
      });
    }
  }

  /** Say whether a plain array has changed at most inside the keyed arrays in it. */
  private isTransparent(at: string, place: Place): boolean {
    const sides = [this.before.get(at), this.after.get(at)].filter((side) => side !== undefined);
    if (!sides.every((side) => isArray(side))) return false;
    const shown = sides.map((side) => skeleton(side, place));
    return same(shown[0], shown.at(-1));
  }

  /** Say whether the arrays inside an element are keyed alike where it stands in both documents. */
  private isAlike(id: string): boolean {
    const at = escapeToken(id);
    const [was, is] = [this.before.place(at), this.after.place(at)];
    if (was === null || is === null) return false;
    return was === is || [this.before, this.after].every((side) => keyedAlike(side.get(at) as Json, was, is));
  }

  // Members

  /** Compare two objects at one address. */
  members(at: string, place: Place, before: JsonObject, after: JsonObject): void {
    for (const name of Object.keys({ ...before, ...after })) {
      this.member(`${at}/${escapeToken(name)}`, place.member(name), memberOf(before, name), memberOf(after, name));
    }
  }

  private member(at: string, place: Place, before: Maybe, after: Maybe): void {
    if (isObject(before) && isObject(after) && !isMarker(before) && !isMarker(after)) {
      this.members(at, place, before, after);
    } else if (isArray(before) && isArray(after) && place.keyed) {
      this.elements(at, place, before, after);
    } else if (isArray(before) && isArray(after) && this.isTransparent(at, place)) {
      before.forEach((was, i) => this.member(`${at}/${i}`, place.element(), was, after[i]));
    } else if (typeof before === "string" && typeof after === "string" && place.text) {
      if (before !== after) this.text(at, before, after);
    } else if (!same(before, after)) {
      this.value(at, place, before, after);
    }
  }

  private value(at: string, place: Place, before: Maybe, after: Maybe): void {
    const label = this.label(at);
    const was = before === undefined ? null : this.stripped(before, place);
    const is = after === undefined ? null : this.stripped(after, place);
    if (before === undefined) this.changes.push({ change: "member_added", at, label, new: is });
    else if (after === undefined) this.changes.push({ change: "member_removed", at, label, old: was });
    else this.changes.push({ change: "member_changed", at, label, old: was, new: is });
    if (after !== undefined) this.arrivals(at, place, after);
  }

  private text(at: string, before: string, after: string): void {
    const { hunks, coarse } = compareText(before, after, this.context);
    const count = (kind: TextLine["kind"]): number =>
      hunks.reduce((sum, hunk) => sum + hunk.lines.filter((line) => line.kind === kind).length, 0);
    this.changes.push({
      change: "text_changed",
      at,
      label: this.label(at),
      removed_lines: count("removed"),
      added_lines: count("added"),
      hunks,
      ...(coarse ? { coarse } : {}),
    });
  }

  // Elements

  private elements(at: string, place: Place, before: readonly Json[], after: readonly Json[]): void {
    for (const element of before) {
      const id = idOf(element);
      if (this.both.has(id)) continue;
      const old = this.stripped(element, place.element());
      const was = this.was.get(id) as Spot;
      this.changes.push({ change: "element_removed", at: escapeToken(id), label: labelOf(element as JsonObject), was, old });
    }
    const stay = this.staying(at, after);
    for (const element of after) this.element(element as JsonObject, place.element(), stay.has(idOf(element)));
  }

  /** As many elements of an array as can have stayed while the others moved. */
  private staying(at: string, after: readonly Json[]): Set<string> {
    const order = after.map(idOf).filter((id) => this.both.has(id) && this.was.get(id)?.array === at);
    const positions = order.map((id) => (this.was.get(id) as Spot).position);
    return new Set(longestAscent(positions).map((i) => order[i] as string));
  }

  private element(element: JsonObject, place: Place, stays: boolean): void {
    const id = idOf(element);
    const at = escapeToken(id);
    const label = labelOf(element);
    const to = this.is.get(id) as Spot;
    if (!this.both.has(id)) {
      this.changes.push({ change: "element_added", at, label, to, new: this.stripped(element, place) });
      this.arrivals(at, place, element);
      return;
    }
    if (!stays) this.changes.push({ change: "element_moved", at, label, was: this.was.get(id) as Spot, to });
    this.members(at, place, this.before.get(at) as JsonObject, element);
  }

  /** Tell of the elements that have moved into what is new. */
  private arrivals(at: string, place: Place, value: Json): void {
    if (place.dead) return;
    if (isObject(value)) {
      for (const [name, member] of Object.entries(value)) {
        this.arrivals(`${at}/${escapeToken(name)}`, place.member(name), member);
      }
    } else if (isArray(value)) {
      value.forEach((element, i) => {
        if (!place.keyed) this.arrivals(`${at}/${i}`, place.element(), element);
        else if (this.both.has(idOf(element))) this.element(element as JsonObject, place.element(), false);
        else this.arrivals(escapeToken(idOf(element)), place.element(), element);
      });
    }
  }

  // What is shown

  /** A value without the elements that both documents have: those have moved. */
  private stripped(value: Json, place: Place): Json {
    if (place.dead) return value;
    if (isObject(value)) {
      return Object.fromEntries(
        Object.entries(value).map(([name, member]) => [name, this.stripped(member, place.member(name))]),
      );
    }
    if (!isArray(value)) return value;
    const kept = value.filter((element) => !(place.keyed && this.both.has(idOf(element))));
    return kept.map((element) => this.stripped(element, place.element()));
  }

  private label(at: string): string {
    const [element, names] = parseAddress(at);
    if (element === "") return names.join(" › ");
    const owner = escapeToken(element);
    const found = this.after.get(owner) ?? this.before.get(owner);
    return [labelOf(found as JsonObject), ...names].join(" › ");
  }
}

function idOf(element: Json): string {
  return (element as JsonObject)["id"] as string;
}

function labelOf(element: JsonObject): string {
  for (const name of LABELS) {
    const said = memberOf(element, name);
    if (typeof said !== "string" || !/[^ \t\n\r]/.test(said)) continue;
    const line = (said.replace(/^[ \t\n\r]+/, "").split("\n")[0] as string).replace(/[ \t\r]+$/, "");
    const points = [...line];
    return points.length <= MAX_LABEL ? line : points.slice(0, MAX_LABEL - 1).join("") + "…";
  }
  return idOf(element);
}

/** A value with the elements of its keyed arrays left out. */
function skeleton(value: Json, place: Place): Json {
  if (place.dead) return value;
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, skeleton(member, place.member(name))]));
  }
  if (!isArray(value)) return value;
  return place.keyed ? [] : value.map((element) => skeleton(element, place.element()));
}

function keyedAlike(element: Json, one: Place, other: Place): boolean {
  const found: [Homes, Homes] = [new Map(), new Map()];
  try {
    scanElement(element, one, ["", []], found[0]);
    scanElement(element, other, ["", []], found[1]);
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
  return same(Object.fromEntries(found[0]) as unknown as Json, Object.fromEntries(found[1]) as unknown as Json);
}

// ---------------------------------------------------------------- lines and words

/** One block without the lines that are equal at both ends. */
function trimmedLines(a: readonly string[], b: readonly string[]): Hunk[] {
  let [start, a1, b1] = [0, a.length, b.length];
  while (start < a1 && start < b1 && a[start] === b[start]) start++;
  while (a1 > start && b1 > start && a[a1 - 1] === b[b1 - 1]) {
    a1--;
    b1--;
  }
  return start < a1 || start < b1 ? [[start, a1, start, b1]] : [];
}

/** Put blocks together whose lines around them would touch. */
function groupsOf(blocks: readonly Hunk[], context: number): Hunk[][] {
  const groups: Hunk[][] = [];
  for (const block of blocks) {
    const before = groups.at(-1)?.at(-1);
    if (before !== undefined && block[0] - before[1] <= 2 * context) groups.at(-1)?.push(block);
    else groups.push([block]);
  }
  return groups;
}

function hunkOf(a: readonly string[], b: readonly string[], blocks: readonly Hunk[], context: number): TextHunk {
  const lines: TextLine[] = [];
  const [start, , to] = blocks[0] as Hunk;
  const before = Math.min(context, start);
  let [i, j] = [start - before, to - before];
  const first = [i, j] as const;
  const keep = (end: number): void => {
    for (; i < end; i++, j++) lines.push(lineOf("same", a[i] as string, i + 1, j + 1));
  };
  for (const [a0, a1, b0, b1] of blocks) {
    keep(a0);
    lines.push(...blockOf(a.slice(a0, a1), b.slice(b0, b1), a0, b0));
    [i, j] = [a1, b1];
  }
  keep(Math.min(a.length, i + context));
  return { old_from: first[0] + 1, old_lines: i - first[0], new_from: first[1] + 1, new_lines: j - first[1], lines };
}

function blockOf(removed: readonly string[], added: readonly string[], a0: number, b0: number): TextLine[] {
  const words = wordsOf(removed, added);
  return [
    ...removed.map((line, k) => lineOf("removed", line, a0 + k + 1, undefined, words?.[0][k])),
    ...added.map((line, k) => lineOf("added", line, undefined, b0 + k + 1, words?.[1][k])),
  ];
}

function lineOf(kind: TextLine["kind"], line: string, before?: number, after?: number, words?: readonly Span[]): TextLine {
  const ended = line.endsWith("\n");
  return {
    kind,
    text: ended ? line.slice(0, -1) : line,
    ...(before === undefined ? {} : { old: before }),
    ...(after === undefined ? {} : { new: after }),
    ...(words === undefined ? {} : { words }),
    ...(ended ? {} : { ended }),
  };
}

/** For each line of a block the words that differ; null if it has nothing to be compared with. */
function wordsOf(removed: readonly string[], added: readonly string[]): [Span[][], Span[][]] | null {
  const [before, after] = [removed.join(""), added.join("")];
  if (before === "" || after === "" || codePoints(before, after) > MAX_REFINED) return null;
  const [a, b] = [tokensOf(before), tokensOf(after)];
  const [aAt, bAt] = [offsetsOf(a), offsetsOf(b)];
  const changed = hunksOf(a, b);
  const gone = changed.map(([a0, a1]): Span => [aAt[a0] as number, aAt[a1] as number]);
  const come = changed.map(([, , b0, b1]): Span => [bAt[b0] as number, bAt[b1] as number]);
  return [byLine(removed, gone), byLine(added, come)];
}

/** Cut spans of a block at the ends of its lines; a line feed alone is no word. */
function byLine(block: readonly string[], spans: readonly Span[]): Span[][] {
  let start = 0;
  let k = 0;
  return block.map((line) => {
    const next = start + line.length;
    const end = next - (line.endsWith("\n") ? 1 : 0);
    const found: Span[] = [];
    for (let span = spans[k]; span !== undefined && span[0] < next; span = spans[++k]) {
      const [low, high] = [Math.max(span[0], start), Math.min(span[1], end)];
      if (low < high) found.push([low - start, high - start]);
      if (span[1] > next) break;
    }
    start = next;
    return found;
  });
}
